import { oneLine } from './docker-failure.js';

const frameHeader = 8;

/**
 * The last line a container without a terminal wrote, printable; empty when it wrote nothing.
 * `log` is the engine's stream of frames: 1 byte stream, 3 zero, 4 length (big endian), then text.
 */
export function lastLogLine(log: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + frameHeader <= log.length; ) {
    const length = log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + frameHeader, at + frameHeader + length));
    at += frameHeader + length;
  }
  return oneLine(Buffer.concat(pieces).toString('utf8').trim().split('\n').at(-1) ?? '');
}
