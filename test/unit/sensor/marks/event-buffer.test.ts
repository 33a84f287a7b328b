import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileIdOf, parseEvents, type RawEvent } from '../../../../src/sensor/marks/event-buffer.js';

interface Written {
  mask: number;
  fd: number;
  threadId: number;
  fileSystem: Uint8Array;
  handleType: number;
  handle: Uint8Array;
}

const written: fc.Arbitrary<Written> = fc.record({
  mask: fc.nat(0x7fff_ffff),
  fd: fc.integer({ min: -1, max: 5000 }),
  threadId: fc.nat(4_194_304),
  fileSystem: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  handleType: fc.integer({ min: 1, max: 255 }),
  handle: fc.uint8Array({ minLength: 1, maxLength: 128 }),
});

/** As copy_event_to_user of fs/notify/fanotify/fanotify_user.c writes it: records padded to 4 bytes. */
function bytesOf({ mask, fd, threadId, fileSystem, handleType, handle }: Written): Buffer {
  const info = fd >= 0 ? 0 : Math.ceil((20 + handle.length) / 4) * 4;
  const bytes = Buffer.alloc(24 + info);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes[4] = 3;
  bytes.writeUInt16LE(24, 6);
  bytes.writeUInt32LE(mask, 8);
  bytes.writeInt32LE(fd, 16);
  bytes.writeInt32LE(threadId, 20);
  if (info === 0) return bytes;
  bytes[24] = 1;
  bytes.writeUInt16LE(info, 26);
  bytes.set(fileSystem, 28);
  bytes.writeUInt32LE(handle.length, 36);
  bytes.writeInt32LE(handleType, 40);
  bytes.set(handle, 44);
  return bytes;
}

const rawOf = ({ mask, fd, threadId, fileSystem, handleType, handle }: Written): RawEvent => ({
  mask,
  fd,
  threadId,
  fileId: fd >= 0 ? undefined : fileIdOf(fileSystem, handleType, handle),
});

it('gives every event that the kernel wrote, in order', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 20 }), (events) => {
      const parsed = parseEvents(Buffer.concat(events.map(bytesOf)));
      expect(parsed).toEqual({ events: events.map(rawOf), malformed: false });
    }),
  );
});

it('finds the identity behind records of other types', () => {
  const event = {
    mask: 1,
    fd: -1,
    threadId: 2,
    fileSystem: new Uint8Array(8),
    handleType: 1,
    handle: Uint8Array.of(9),
  };
  const plain = bytesOf(event);
  const other = Buffer.from([4, 0, 8, 0, 1, 2, 3, 4]);
  const bytes = Buffer.concat([plain.subarray(0, 24), other, plain.subarray(24)]);
  bytes.writeUInt32LE(bytes.length, 0);
  expect(parseEvents(bytes).events).toEqual([rawOf(event)]);
});

const mutation = fc.record({ at: fc.nat(4000), value: fc.nat(255) });

it('never throws, loops or looks outside the buffer, whatever is in it', () => {
  const events = fc.array(written, { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(events, fc.array(mutation, { maxLength: 8 }), fc.nat(4000), (made, mutations, cut) => {
      const whole = Buffer.concat(made.map(bytesOf));
      for (const { at, value } of mutations) whole[at % whole.length] = value;
      const inside = whole.subarray(0, cut % (whole.length + 1));
      const parsed = parseEvents(inside);
      // The same bytes with other neighbours: what lies outside must change nothing.
      const surrounded = Buffer.concat([Buffer.alloc(64, 0xff), inside, Buffer.alloc(64, 0xff)]);
      expect(parseEvents(surrounded.subarray(64, 64 + inside.length))).toEqual(parsed);
      expect(parsed.events.length).toBeLessThanOrEqual(Math.floor(inside.length / 24));
      for (const { fileId } of parsed.events) expect((fileId?.length ?? 0) / 2).toBeLessThan(inside.length);
    }),
    { numRuns: 5000 },
  );
});

it('gives no event of a truncated one, and says so', () => {
  fc.assert(
    fc.property(written, fc.nat(), (event, cut) => {
      const bytes = bytesOf(event);
      const length = cut % bytes.length;
      expect(parseEvents(bytes.subarray(0, length))).toEqual({ events: [], malformed: length > 0 });
    }),
  );
});

it('survives random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(parseEvents(Buffer.from(bytes)).events.length).toBeLessThanOrEqual(8);
    }),
  );
});
