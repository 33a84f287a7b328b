import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { EvidenceRefused } from '../../../src/response/evidence-name.js';

const run = promisify(execFile);
const kibibyte = 1024;
let stateDir: string;
let removed: [id: string, bytes: number][];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'bounds-'));
  removed = [];
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const store = (incidentKb: number, totalKb: number) =>
  new EvidenceFolder({
    stateDir,
    incidentBytes: incidentKb * kibibyte,
    totalBytes: totalKb * kibibyte,
    removed: (id, bytes) => removed.push([id, bytes]),
  });
const incidents = async () => (await readdir(join(stateDir, 'incidents'))).sort();
const kb = (count: number) => new Uint8Array(count * kibibyte);
const text = (...parts: string[]) => readFile(join(stateDir, 'incidents', ...parts), 'utf8');

function large(bytes: number, given = bytes) {
  let asked = 0;
  return {
    bytes,
    get asked() {
      return asked;
    },
    async *chunks() {
      for (let left = given; left > 0; left -= 64 * kibibyte) {
        asked += 1;
        yield new Uint8Array(Math.min(left, 64 * kibibyte)).fill(7);
      }
    },
  };
}

/** Bytes that all files below a folder have. */
async function sizeBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

async function expectWithin(incidentKb: number, totalKb: number): Promise<void> {
  expect(await sizeBelow(join(stateDir, 'incidents'))).toBeLessThanOrEqual(totalKb * kibibyte);
  for (const one of await incidents())
    expect(await sizeBelow(join(stateDir, 'incidents', one))).toBeLessThanOrEqual(incidentKb * kibibyte);
}

describe('a file too large for its incident', () => {
  it('is left out and noted once, and small facts still find room', async () => {
    const evidence = store(1024, 8192);
    await evidence.save('inc-1', 'core', large(700 * kibibyte));
    await evidence.save('inc-1', 'second', large(300 * kibibyte));
    await evidence.save('inc-1', 'second', large(300 * kibibyte));
    await evidence.save('inc-1', 'facts.json', kb(200));
    expect((await readdir(join(stateDir, 'incidents/inc-1'))).sort()).toEqual(
      ['OMITTED', 'SHA256SUMS', 'core', 'facts.json'].sort(),
    );
    expect(await text('inc-1', 'OMITTED')).toBe(`${300 * kibibyte}  second  bound of one incident\n`);
    await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: join(stateDir, 'incidents/inc-1') });
  });

  it('is not even read', async () => {
    const evidence = store(1024, 8192);
    const content = large(2048 * kibibyte);
    await evidence.save('inc-1', 'core', content);
    expect(content.asked).toBe(0);
  });

  it('is refused without a trace when it has more than was told', async () => {
    const evidence = store(4096, 8192);
    const saved = evidence.save('inc-1', 'core', large(300 * kibibyte, 400 * kibibyte));
    await expect(saved).rejects.toThrow(EvidenceRefused);
    expect(await readdir(join(stateDir, 'incidents/inc-1'))).toEqual([]);
  });

  it('leaves a list that ends before it is large itself', async () => {
    const evidence = store(64, 8192);
    await evidence.save('inc-1', 'a', kb(40));
    for (let count = 0; count < 300; count += 1)
      await evidence.save('inc-1', `${'n'.repeat(150)}${count}`, kb(100));
    expect((await text('inc-1', 'OMITTED')).length).toBeLessThanOrEqual(16 * kibibyte);
  });
});

describe('all evidence together', () => {
  it('gives way wholly and oldest first, and who asks is told', async () => {
    const evidence = store(256, 512);
    for (const id of ['3', '1', '2']) await evidence.save(id, 'a', kb(120));
    await evidence.save('4', 'a', kb(120));
    expect(await incidents()).toEqual(['2', '3', '4']);
    expect(removed).toEqual([['1', 124 * kibibyte]]);
  });

  it('never gives up an open incident, not even for another open one', async () => {
    const evidence = store(256, 512);
    for (const id of ['1', '2', '3']) {
      evidence.opened(id);
      await evidence.save(id, 'a', kb(120));
    }
    evidence.opened('4');
    await evidence.save('4', 'a', kb(120));
    expect(removed).toEqual([]);
    expect(await readdir(join(stateDir, 'incidents/4'))).toEqual(['OMITTED']);
    evidence.closed('2');
    await evidence.save('4', 'a', kb(120));
    expect(await incidents()).toEqual(['1', '3', '4']);
  });

  it('counts what earlier runs left, of which nothing is open', async () => {
    const before = store(256, 512);
    before.opened('1');
    for (const id of ['1', '2', '3']) await before.save(id, 'a', kb(120));
    await store(256, 512).save('4', 'a', kb(120));
    expect(await incidents()).toEqual(['2', '3', '4']);
  });

  it('finishes a removal that a crash cut off, and what it was writing', async () => {
    await store(256, 512).save('1', 'a', kb(120));
    await rename(join(stateDir, 'incidents/1'), join(stateDir, 'incidents/.removed-1'));
    await mkdir(join(stateDir, 'incidents/2'));
    await writeFile(join(stateDir, 'incidents/2/.0123456789abcdef01234567'), kb(100));
    await store(256, 512).prepare();
    expect(await incidents()).toEqual(['2']);
    expect(await readdir(join(stateDir, 'incidents/2'))).toEqual([]);
    expect(removed).toEqual([['1', 124 * kibibyte]]);
  });

  it('stays within its bounds on disk, whatever is saved in whatever order', async () => {
    const step = fc.record({
      id: fc.constantFrom('1', '2', '3', '4'),
      name: fc.constantFrom('a', 'b', 'deep/c', 'd'),
      size: fc.integer({ min: 0, max: 150 }),
      open: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (all) => {
        await rm(join(stateDir, 'incidents'), { recursive: true, force: true });
        removed = [];
        const open = new Set<string>();
        const evidence = store(256, 512);
        for (const { id, name, size, open: opens } of all) {
          evidence[opens ? 'opened' : 'closed'](id);
          open[opens ? 'add' : 'delete'](id);
          const seen = removed.length;
          await evidence.save(id, name, kb(size));
          expect(removed.slice(seen).filter(([gone]) => gone === id || open.has(gone))).toEqual([]);
          await expectWithin(256, 512);
        }
      }),
      { numRuns: 5 },
    );
  });
});
