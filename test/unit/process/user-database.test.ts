import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePasswd, UserDatabase } from '../../../src/process/user-database.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'users-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('UserDatabase', () => {
  it('knows names, and learns of a change', async () => {
    const path = join(folder, 'passwd');
    await writeFile(path, 'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/sh\n');
    const users = new UserDatabase(path);
    expect(await users.nameOf(1000)).toBe('alice');
    expect(await users.nameOf(1001)).toBeUndefined();
    // usermod(8) writes a new file and renames it, as here.
    await writeFile(`${path}-`, 'root:x:0:0:root:/root:/bin/bash\nmarie:x:1000:1000::/home/alice:/bin/sh\n');
    await rename(`${path}-`, path);
    expect(await users.nameOf(1000)).toBe('marie');
  });

  it('knows nobody while the file is missing, and everybody once it is there', async () => {
    const path = join(folder, 'passwd');
    const users = new UserDatabase(path);
    expect(await users.nameOf(0)).toBeUndefined();
    await writeFile(path, 'root:x:0:0::/:/bin/sh\n');
    expect(await users.nameOf(0)).toBe('root');
  });
});

describe('parsePasswd', () => {
  it('takes the first name of an id, skips broken lines and makes names printable', () => {
    const content = 'root:x:0:0::/:\ntoor:x:0:0::/:\n\n:x:5:5::/:\nbroken\nx:y:-1:\nev\x1bil\xff:x:7:7::/:\n';
    expect([...parsePasswd(Buffer.from(content, 'latin1'))]).toEqual([
      [0, 'root'],
      [7, 'ev\\x1bil\\xff'],
    ]);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.uint8Array(), (content) => void parsePasswd(Buffer.from(content))));
  });
});
