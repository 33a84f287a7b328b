import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ansibleVault } from '../../../../src/factory/forms/ansible-vault.js';
import { apacheMd5 } from '../../../../src/factory/forms/apache-md5.js';
import { yescryptHash } from '../../../../src/factory/forms/yescrypt.js';

test('the hash of Apache agrees with that of openssl passwd -apr1', () => {
  expect(apacheMd5('myPassword', 'r31.....')).toBe('$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/');
});

test('a yescrypt hash has the salt and hash of whole bytes, and never repeats', () => {
  const hashes = Array.from({ length: 200 }, yescryptHash);
  // The last characters hold 2 and 4 bits.
  for (const hash of hashes)
    expect(hash).toMatch(/^\$y\$j9T\$[./0-9A-Za-z]{21}[./01]\$[./0-9A-Za-z]{42}[./0-9A-D]$/);
  expect(new Set(hashes).size).toBe(hashes.length);
});

describe('a vault of Ansible', () => {
  test('is opened by its password, and its proof is right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), fc.string({ minLength: 1 }), async (text, password) => {
        const [head, ...lines] = (await ansibleVault(text, password)).trimEnd().split('\n');
        expect(head).toBe('$ANSIBLE_VAULT;1.1;AES256');
        for (const line of lines.slice(0, -1)) expect(line).toHaveLength(80);
        const inner = Buffer.from(lines.join(''), 'hex').toString().split('\n');
        const [salt, proof, sealed] = inner.map((part) => Buffer.from(part, 'hex')) as [
          Buffer,
          Buffer,
          Buffer,
        ];
        const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
        expect(createHmac('sha256', keys.subarray(32, 64)).update(sealed).digest()).toEqual(proof);
        const cipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64));
        const padded = cipher.update(sealed);
        expect(padded.subarray(0, padded.length - (padded.at(-1) ?? 0)).toString()).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});
