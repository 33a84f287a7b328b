import { constants } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/** How far a walk goes. */
export interface WalkLimits {
  /** Names that are looked at. */
  readonly entries: number;
  /** Folders below each other. */
  readonly depth: number;
  /** When it ends at the latest, as `performance.now()`. */
  readonly until: number;
}

/** A regular file, open for reading, until the walk goes on. */
export interface FoundFile {
  /** From the root inside; any bytes. */
  readonly path: Buffer;
  readonly handle: FileHandle;
}

interface Folder {
  readonly path: Buffer;
  readonly handle: FileHandle;
  readonly depth: number;
}

/**
 * Walks folders of somebody who may swap any name for a link at any moment. Each name is opened below the folder
 * that is held open (/proc/self/fd/N/name), never following a link, and what was opened is looked at afterwards: so
 * nothing outside, on another file system, or other than a regular file is ever read.
 */
export async function* walkGuestTree(
  root: string,
  folders: readonly string[],
  limits: WalkLimits,
): AsyncGenerator<FoundFile> {
  const budget = { left: limits.entries };
  const top = await openIn(Buffer.from(root), O_RDONLY | O_DIRECTORY).catch(() => undefined);
  if (top === undefined) return;
  try {
    for (const path of folders) {
      const folder = await descend(top, path);
      if (folder !== undefined) yield* walk(folder, limits, budget);
    }
  } finally {
    await top.close();
  }
}

async function* walk(start: Folder, limits: WalkLimits, budget: { left: number }): AsyncGenerator<FoundFile> {
  const waiting: Folder[] = [start];
  const { dev } = await start.handle.stat();
  try {
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      try {
        for await (const name of namesIn(folder.handle, limits, budget)) {
          const found = await look(folder, name, dev);
          if (found?.kind === 'file') yield* closing(found);
          else if (found !== undefined && found.depth < limits.depth && waiting.length < mostOpen)
            waiting.push(found);
          else await found?.handle.close();
        }
      } finally {
        await folder.handle.close();
      }
    }
  } finally {
    await Promise.all(waiting.map(({ handle }) => handle.close().catch(() => {})));
  }
}

/** Opens a name in a folder; undefined for what is neither folder nor regular file of the same file system. */
async function look(folder: Folder, name: Buffer, dev: number): Promise<Seen | undefined> {
  const handle = await child(folder.handle, name);
  if (handle === undefined) return undefined;
  const facts = await handle.stat();
  const seen = { path: Buffer.concat([folder.path, slash, name]), handle, depth: folder.depth + 1 };
  if (facts.dev === dev && facts.isDirectory()) return { kind: 'folder', ...seen };
  if (facts.dev === dev && facts.isFile()) return { kind: 'file', ...seen };
  await handle.close();
  return undefined;
}

interface Seen extends Folder {
  readonly kind: 'folder' | 'file';
}

async function* closing(file: FoundFile): AsyncGenerator<FoundFile> {
  try {
    yield { path: file.path, handle: file.handle };
  } finally {
    await file.handle.close();
  }
}

async function* namesIn(
  folder: FileHandle,
  limits: WalkLimits,
  budget: { left: number },
): AsyncGenerator<Buffer> {
  // opendir(3) of the descriptor's own name reads the folder that is open, whatever became of its path.
  const entries = await opendir(`/proc/self/fd/${folder.fd}`, { encoding: 'buffer' as BufferEncoding });
  for await (const { name } of entries) {
    if (budget.left <= 0 || performance.now() > limits.until) return;
    budget.left -= 1;
    yield name as unknown as Buffer;
  }
}

async function descend(top: FileHandle, path: string): Promise<Folder | undefined> {
  let handle: FileHandle | undefined;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = await child(handle ?? top, Buffer.from(name), O_DIRECTORY);
    await handle?.close();
    if (next === undefined) return undefined;
    handle = next;
  }
  return handle && { path: Buffer.from(path), handle, depth: 0 };
}

/** Undefined for links, and for what is gone, not ours to open, or a socket. */
async function child(folder: FileHandle, name: Buffer, more = 0): Promise<FileHandle | undefined> {
  const path = Buffer.concat([Buffer.from(`/proc/self/fd/${folder.fd}/`), name]);
  // O_NONBLOCK: opening a pipe would wait for a writer.
  return openIn(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | more).catch(() => undefined);
}

function openIn(path: Buffer, flags: number): Promise<FileHandle> {
  return open(path, flags);
}

const slash = Buffer.from('/');
// Folders that wait are open.
const mostOpen = 200;
