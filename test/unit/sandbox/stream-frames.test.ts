import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StreamFrames } from '../../../src/sandbox/docker/stream-frames.js';

function frame(stream: 'stdout' | 'stderr', bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === 'stderr' ? 2 : 1;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

it('gives each stream its bytes in order, however the pieces are cut', () => {
  const part = fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    bytes: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (parts, cuts) => {
        const wire = Buffer.concat(parts.map(({ stream, bytes }) => frame(stream, bytes)));
        const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
        const frames = new StreamFrames();
        for (let at = 0, turn = 0; at < wire.length; turn += 1) {
          const length = cuts[turn % Math.max(1, cuts.length)] ?? wire.length;
          frames.push(wire.subarray(at, at + length), (stream, bytes) =>
            got[stream].push(Buffer.from(bytes)),
          );
          at += length;
        }
        for (const stream of ['stdout', 'stderr'] as const) {
          const sent = parts.filter((one) => one.stream === stream).map(({ bytes }) => bytes);
          expect(Buffer.concat(got[stream]).equals(Buffer.concat(sent))).toBe(true);
        }
      },
    ),
  );
});
