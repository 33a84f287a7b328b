import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameReader } from '../../../../src/decoy/link/frame.js';

const limits = { maxPayload: 1000, types: new Set([1, 2, 3]) };
const frames = fc.array(
  fc.record({
    type: fc.constantFrom(1, 2, 3),
    visit: fc.nat(0xffff_ffff),
    guest: fc.nat(0xffff_ffff),
    payload: fc.uint8Array({ maxLength: 1000 }),
  }),
  { maxLength: 10 },
);

function read(pieces: readonly Uint8Array[]): { heard: Frame[]; reader: FrameReader } {
  const heard: Frame[] = [];
  const reader = new FrameReader(limits, (frame) =>
    heard.push({ ...frame, payload: Uint8Array.from(frame.payload) }),
  );
  for (const piece of pieces) reader.push(piece);
  return { heard, reader };
}

function cutInto(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
}

describe('frames of the link', () => {
  it('come out as they went in, however the pipe cuts them', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 })), (sent, sizes) => {
        const { heard, reader } = read(cutInto(Buffer.concat(sent.map(encodeFrame)), sizes));
        expect(heard).toEqual(sent);
        expect(reader.failure).toBeUndefined();
      }),
    );
  });

  it('never throw for garbage, and hold no more than one message of it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (pieces) => {
        const { heard, reader } = read(pieces);
        for (const { type, payload } of heard) {
          expect(limits.types.has(type)).toBe(true);
          expect(payload.length).toBeLessThanOrEqual(limits.maxPayload);
        }
        reader.end();
        expect(reader.failure).toBeDefined();
      }),
    );
  });

  it('say where they were cut off', () => {
    const whole = encodeFrame({ type: 1, visit: 1, guest: 0, payload: Buffer.from('abc') });
    const cut = read([whole.subarray(0, whole.length - 1)]);
    expect(cut.heard).toEqual([]);
    cut.reader.end();
    expect(cut.reader.failure).toBe('the pipe ended within a message');
    const { reader } = read([whole]);
    reader.end();
    expect(reader.failure).toBe('the pipe ended');
  });

  it('of an unknown type or too long break the reader for good, before their payload is awaited', () => {
    const good = encodeFrame({ type: 1, visit: 0, guest: 0, payload: Buffer.alloc(0) });
    const long = Buffer.alloc(13);
    long.writeUInt32BE(1001, 0);
    long.writeUInt8(1, 4);
    const unknown = Buffer.alloc(13).fill(9, 4, 5);
    for (const [bad, why] of [
      [long, 'a message of 1001 bytes'],
      [unknown, 'a message of the unknown type 9'],
    ] as const) {
      const { heard, reader } = read([good, bad, good]);
      expect(heard).toHaveLength(1);
      expect(reader.failure).toBe(why);
    }
  });
});
