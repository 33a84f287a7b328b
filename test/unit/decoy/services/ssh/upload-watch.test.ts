import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UploadWatch } from '../../../../../src/decoy/services/ssh/upload-watch.js';

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function request(kind: number, ...fields: Uint8Array[]): Buffer {
  const body = Buffer.concat([Uint8Array.of(kind), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
}

const open = (path: string, flags: number) =>
  request(3, uint32(1), uint32(Buffer.byteLength(path)), Buffer.from(path), uint32(flags), uint32(0));

/** What is told of a stream that comes in pieces of these lengths. */
function told(stream: Buffer, pieces: readonly number[]): string[] {
  const paths: string[] = [];
  const watch = new UploadWatch((path) => paths.push(path));
  let rest = stream;
  for (const length of pieces) {
    watch.look(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  watch.look(rest);
  return paths;
}

describe('the watch for uploads by sftp', () => {
  it('tells the paths that are opened for writing, however the stream is cut', () => {
    const item = fc.oneof(
      fc.record({
        path: fc.string({ unit: 'grapheme', maxLength: 300 }),
        flags: fc.constantFrom(1, 0x1a, 0x0e, 0x02),
      }),
      fc.record({ kind: fc.integer({ min: 4, max: 255 }), body: fc.uint8Array({ maxLength: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), fc.array(fc.nat(700)), (items, pieces) => {
        const stream = Buffer.concat(
          items.map((one) => ('path' in one ? open(one.path, one.flags) : request(one.kind, one.body))),
        );
        const written = items.flatMap((one) => ('path' in one && one.flags !== 1 ? [one.path] : []));
        expect(told(stream, pieces)).toEqual(written);
      }),
    );
  });

  it('is not disturbed by anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), fc.array(fc.nat(9000)), (bytes, pieces) => {
        for (const path of told(Buffer.from(bytes), pieces)) expect(path.length).toBeLessThanOrEqual(4096);
      }),
    );
  });

  it('passes over an open request whose path is longer than any', () => {
    const stream = Buffer.concat([open('x'.repeat(9000), 2), open('/tmp/after', 2)]);
    expect(told(stream, [1, 4000])).toEqual(['/tmp/after']);
  });

  it('gives up on lengths that the server does not take either', () => {
    expect(told(Buffer.concat([uint32(0x7fff_ffff), Buffer.from([3]), open('/tmp/x', 2)]), [])).toEqual([]);
    expect(told(Buffer.concat([uint32(0), open('/tmp/x', 2)]), [])).toEqual([]);
  });
});
