import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readKeptCluster } from '../../../../../src/decoy/services/postgres/engine/kept-cluster.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('reads what is kept, and takes what is damaged for none', async () => {
  const place = join(folder, 'cluster');
  expect(await readKeptCluster(place)).toBeUndefined();
  const packed = gzipSync('files of a database');
  await writeFile(place, packed);
  expect(Buffer.from((await readKeptCluster(place)) as SharedArrayBuffer).toString()).toBe(
    'files of a database',
  );
  await writeFile(place, packed.fill(0, 15, 17));
  expect(await readKeptCluster(place)).toBeUndefined();
});
