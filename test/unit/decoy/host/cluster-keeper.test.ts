import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DecoyStory } from '../../../../src/core/decoy/decoy-story.js';
import { ClusterKeeper } from '../../../../src/decoy/host/cluster-keeper.js';
import { FakeDiagnostics } from '../../../support/core-fakes.js';
import { FakeClock } from '../../../support/fake-clock.js';

let folder: string;
const at = (path: string) => join(folder, path);
const mark = () => existsSync(at('files/postgres.cluster.coming'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-'));
  const engine = 'files/dist/decoy/services/postgres';
  const packages = ['@electric-sql/pglite', '@faker-js/faker'].map((name) => `files/node_modules/${name}`);
  for (const path of ['kept', 'built/decoy/host', `${engine}/engine`, `${engine}/content`, ...packages])
    await mkdir(at(path), { recursive: true });
  for (const path of packages) await writeFile(at(`${path}/package.json`), '{}');
  await writeFile(at('built/package.json'), '{"type":"module"}');
  // In the place of the builder: one that never ends.
  const begun = JSON.stringify(at('begun'));
  const launch = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${begun}, '');\nsetInterval(() => {}, 1000);\n`;
  await writeFile(at('built/decoy/host/launch.js'), launch);
});
afterEach(() => rm(folder, { recursive: true }));

function house() {
  const [clock, diagnostics] = [new FakeClock(), new FakeDiagnostics()];
  const keeper = new ClusterKeeper({
    folder: at('kept'),
    files: { folder: at('files'), program: at('files/main.js') },
    story: {} as DecoyStory,
    memoryMb: 512,
    built: at('built'),
    clock,
    diagnostics,
  });
  return { clock, diagnostics, keeper };
}

it('lets nobody wait for ever for a builder that does not end', async () => {
  const { clock, keeper } = house();
  await keeper.offer(0);
  await clock.advance(0);
  await expect.poll(() => existsSync(at('begun')), { timeout: 10_000 }).toBe(true);
  expect(mark()).toBe(true);
  await clock.advance(10 * 60_000);
  await expect.poll(mark, { timeout: 10_000 }).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});

it('starts no builder once it is closed', async () => {
  const { clock, keeper, diagnostics } = house();
  await keeper.offer(0);
  const begins = clock.advance(0);
  while (clock.pendingTimers > 0) await new Promise((resolve) => setImmediate(resolve));
  await keeper.close();
  await begins;
  await expect.poll(mark, { timeout: 10_000 }).toBe(false);
  expect(existsSync(at('begun'))).toBe(false);
  expect(diagnostics.lines).toEqual([]);
});
