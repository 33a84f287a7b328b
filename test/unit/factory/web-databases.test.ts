import { pbkdf2Sync, scryptSync } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { expect, test } from 'vitest';
import { storyteller } from '../../../src/factory/storyteller.js';
import { alembic } from '../../../src/factory/web-databases/alembic.js';
import { django } from '../../../src/factory/web-databases/django.js';
import { laravel } from '../../../src/factory/web-databases/laravel.js';
import { prisma } from '../../../src/factory/web-databases/prisma.js';
import { rails } from '../../../src/factory/web-databases/rails.js';

// As the frameworks themselves compare: werkzeug.security, django.contrib.auth.hashers, and bcrypt.
async function opens(password: string, sealed: string): Promise<boolean> {
  const [method = '', salt = '', hash = '', last = ''] = sealed.split('$');
  if (method.startsWith('scrypt:')) {
    const [, N = 0, r = 0, p = 0] = method.split(':').map(Number);
    return scryptSync(password, salt, 64, { N, r, p, maxmem: 2 ** 27 }).toString('hex') === hash;
  }
  if (method === 'pbkdf2_sha256')
    return pbkdf2Sync(password, hash, Number(salt), 32, 'sha256').toString('base64') === last;
  return bcrypt.compare(password, sealed);
}

test.each([
  ['Alembic', alembic],
  ['Django', django],
  ['Laravel', laravel],
  ['Prisma', prisma],
  ['Rails', rails],
])('a password that %s keeps opens, and one that nobody knows looks the same', async (_, framework) => {
  for (const seed of [1, 2, 3]) {
    const { seal, unknown } = framework(storyteller(seed, 'framework'));
    const sealed = await seal('Harbor-Kestrel-41');
    expect(await opens('Harbor-Kestrel-41', sealed)).toBe(true);
    expect(await opens('Harbor-Kestrel-42', sealed)).toBe(false);
    // Method and cost, then the lengths of salt and digest.
    const form = (text: string) => text.split('$').map((part) => (part.length > 11 ? part.length : part));
    const plain = (text: string) => (text.startsWith('pbkdf2') ? text.slice(0, 21) : form(text).slice(0, 3));
    expect(plain(unknown())).toEqual(plain(sealed));
    expect(unknown()).toHaveLength(sealed.length);
  }
});
