import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { BroughtFile } from '../../core/ports/sandbox.js';
import { toPrintable } from '../../core/printable.js';
import type { Piece } from '../look/piece.js';
import { type FoundFile, walkGuestTree } from './guest-tree.js';

const limits = { entries: 20_000, depth: 24 };
const mostMs = 20_000;
// No file in a sandbox can be larger than 16 MiB, unless a runtime takes no ulimits.
const largestRead = 64 * 1024 * 1024;
const chunkBytes = 256 * 1024;

export interface BroughtFrom {
  /** `/proc/PID/root` of the container. */
  readonly root: string;
  /** Writable folders inside. */
  readonly folders: readonly string[];
  /** What lay there from the start. */
  readonly furniture: readonly Piece[];
  readonly mostBytes: number;
  readonly isKnown: (sha256: string) => boolean;
}

/** Regular files in a sandbox that were not there from the start, or have another content since. */
export async function* readBroughtFiles(from: BroughtFrom): AsyncGenerator<BroughtFile> {
  const until = performance.now() + mostMs;
  const known = new Map<string, string>();
  for (const { path, content } of from.furniture)
    if (content !== undefined) known.set(`/${path}`, sha256(content));
  for await (const found of walkGuestTree(from.root, from.folders, { ...limits, until })) {
    const file = await readFound(found, from).catch(() => undefined);
    if (file === undefined || known.get(found.path.toString('latin1')) === file.sha256) continue;
    yield file;
  }
}

async function readFound({ path, handle }: FoundFile, from: BroughtFrom): Promise<BroughtFile> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(handle)) {
    hash.update(chunk);
    size += chunk.length;
    if (size <= from.mostBytes) kept.push(chunk);
  }
  const digest = hash.digest('hex');
  const file = { path: toPrintable(path), sha256: digest, size };
  if (size > from.mostBytes || from.isKnown(digest)) return file;
  return { ...file, content: Buffer.concat(kept) };
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; at < largestRead; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
