import { crc32, deflateRawSync } from 'node:zlib';

/**
 * What gzip(1) makes of a file: the name of the original and its time of change, in seconds, stand in the
 * header (RFC 1952), which the library leaves empty.
 */
export function gzipped(content: Uint8Array, name: string, modifiedAt: Date): Uint8Array {
  const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
  header.writeUInt32LE(Math.floor(modifiedAt.getTime() / 1000), 4);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([
    header,
    Buffer.from(`${name}\0`, 'latin1'),
    deflateRawSync(content, { level: 6 }),
    trailer,
  ]);
}
