import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateMemory, ownPieces, parseMaps } from '../../../../src/process/evidence/memory-map.js';

const present = 1n << 63n;
const ofFile = 1n << 61n;
const swapped = 1n << 62n;

function pagemap(...entries: bigint[]): Buffer {
  const buffer = Buffer.alloc(entries.length * 8);
  for (const [index, entry] of entries.entries()) buffer.writeBigUInt64LE(entry, index * 8);
  return buffer;
}

describe('the memory of a process', () => {
  it('is read as the kernel lists it, with names that hold spaces', () => {
    const maps = parseMaps(
      Buffer.from(
        '55d0c0a00000-55d0c0a02000 r--p 00001000 fe:00 260131                     /usr/bin/my cat\n' +
          '7ffd1c5d2000-7ffd1c5f3000 rw-p 00000000 00:00 0                          [stack]\n' +
          '7f0000000000-7f0000001000 rw-s 00000000 00:00 0 \nnonsense\n',
      ),
    );
    expect(maps).toEqual([
      { from: 0x55d0c0a00000, to: 0x55d0c0a02000, mode: 'r--p', offset: 4096, name: '/usr/bin/my cat' },
      { from: 0x7ffd1c5d2000, to: 0x7ffd1c5f3000, mode: 'rw-p', offset: 0, name: '[stack]' },
      { from: 0x7f0000000000, to: 0x7f0000001000, mode: 'rw-s', offset: 0, name: '' },
    ]);
    expect(maps.map(isPrivateMemory)).toEqual([false, true, false]);
  });

  it('never breaks the reader, whatever stands there', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => Array.isArray(parseMaps(Buffer.from(bytes)))));
  });

  it('is taken only where the process has pages of its own, near ones in one piece', () => {
    const far = Array.from({ length: 5 }, () => 0n);
    expect(ownPieces(0x1000, pagemap(present, 0n, swapped, ...far, present, present | ofFile), 4096)).toEqual(
      [
        { from: 0x1000, to: 0x4000 },
        { from: 0x9000, to: 0xa000 },
      ],
    );
  });

  it('has every page of its own in one piece, and pieces in order that do not meet', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0n, present, swapped, present | ofFile)), (entries) => {
        const pieces = ownPieces(0, pagemap(...entries), 4096);
        const own = entries.flatMap((entry, index) =>
          entry === present || entry === swapped ? [index * 4096] : [],
        );
        for (const at of own) expect(pieces.some(({ from, to }) => from <= at && at + 4096 <= to)).toBe(true);
        for (const [index, { from, to }] of pieces.entries()) {
          expect(to).toBeGreaterThan(from);
          if (index > 0) expect(from).toBeGreaterThan(pieces[index - 1]?.to ?? 0);
        }
      }),
    );
  });
});
