import type { FileHandle } from 'node:fs/promises';

export interface LogEnds {
  /** The first line, without its line feed. */
  readonly firstLine?: string;
  /** The last whole line, without its line feed. */
  readonly lastLine?: string;
  /** Bytes behind the last line feed: a record that was never finished. */
  readonly fragmentBytes: number;
  /** Length of the file without the fragment. */
  readonly soundBytes: number;
}

const chunkBytes = 64 * 1024;

/** Reads the first line of a log, and from its end until its last whole line is known. */
export async function readEnds(file: FileHandle): Promise<LogEnds> {
  const { size } = await file.stat();
  let bytes = Buffer.alloc(0);
  let start = size;
  while (start > 0 && lineFeeds(bytes) < 2) {
    const length = Math.min(chunkBytes, start);
    start -= length;
    const chunk = Buffer.alloc(length);
    await file.read(chunk, 0, length, start);
    bytes = Buffer.concat([chunk, bytes]);
  }
  const end = bytes.lastIndexOf(0x0a);
  const soundBytes = end === -1 ? 0 : start + end + 1;
  if (end === -1) return { fragmentBytes: size, soundBytes };
  const begin = bytes.lastIndexOf(0x0a, end - 1) + 1;
  const lastLine = end === 0 ? '' : bytes.toString('utf8', begin, end);
  return { firstLine: await readFirstLine(file), lastLine, fragmentBytes: size - soundBytes, soundBytes };
}

function lineFeeds(bytes: Buffer): number {
  const last = bytes.lastIndexOf(0x0a);
  if (last === -1) return 0;
  return last > 0 && bytes.lastIndexOf(0x0a, last - 1) !== -1 ? 2 : 1;
}

async function readFirstLine(file: FileHandle): Promise<string> {
  const pieces: Buffer[] = [];
  for (let position = 0; ; position += chunkBytes) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
    const end = buffer.subarray(0, bytesRead).indexOf(0x0a);
    pieces.push(buffer.subarray(0, end === -1 ? bytesRead : end));
    if (end !== -1 || bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
  }
}
