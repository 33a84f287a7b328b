import fc from 'fast-check';
import tar from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { tarEntries } from '../../../../../src/decoy/services/postgres/engine/tar-entries.js';

async function packed(files: readonly { path: string; bytes: Uint8Array }[]): Promise<Uint8Array> {
  const pack = tar.pack();
  pack.entry({ name: 'base', type: 'directory' });
  for (const { path, bytes } of files) pack.entry({ name: `/base/${path}` }, Buffer.from(bytes));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('entries of an archive', () => {
  it('are the files that were packed, byte for byte and without a copy', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_.]{1,80}$/), { maxLength: 6 });
    const files = names.chain((all) =>
      fc.tuple(...all.map((path) => fc.record({ path: fc.constant(path), bytes: fc.uint8Array() }))),
    );
    await fc.assert(
      fc.asyncProperty(files, async (wanted) => {
        const archive = await packed(wanted);
        const found = [...tarEntries(archive)];
        expect(found[0]).toMatchObject({ path: 'base', isFolder: true });
        expect(found.slice(1).map(({ path, bytes }) => [path, Buffer.from(bytes)])).toEqual(
          wanted.map(({ path, bytes }) => [`base/${path}`, Buffer.from(bytes)]),
        );
        for (const { bytes } of found) expect(bytes.buffer).toBe(archive.buffer);
      }),
      { numRuns: 50 },
    );
  });

  it('of one that is cut off are refused, and garbage is no endless work', async () => {
    const archive = await packed([{ path: 'a', bytes: Buffer.alloc(2000, 1) }]);
    expect(() => [...tarEntries(archive.subarray(0, 2048))]).toThrow('cut off');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        try {
          expect([...tarEntries(bytes)].length).toBeLessThan(10);
        } catch (error) {
          expect((error as Error).message).toMatch(/cut off|another kind/);
        }
      }),
    );
  });
});
