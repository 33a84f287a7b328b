import type { LargeContent } from '../../core/ports/evidence-store.js';
import type { ProcReader } from '../proc-reader.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { Sitter } from '../sitter.js';
import { CoreCopy, pageBytes } from './core-copy.js';
import { parseThreadPlace, type ThreadPlace } from './core-notes.js';
import { parseMaps } from './memory-map.js';

const mostBytes = 4096;
const mostThreads = 64;

export interface CoreOptions {
  readonly reader: ProcReader;
  readonly identity: ProcessIdentity;
  readonly sitter: Sitter;
  readonly coreBytes?: number;
  readonly scratchDir: string;
  readonly coreMs?: number;
}

export interface SeizedCore {
  /** What is in it and what is not, or why there is none. */
  readonly index: object;
  readonly content?: LargeContent;
  close(): Promise<void>;
}

/** The memory of the process while it stands still; undefined where none is wanted. */
export async function seizeCore(
  maps: Buffer | undefined,
  { reader, identity, sitter, coreBytes, scratchDir, coreMs = 1000 }: CoreOptions,
): Promise<SeizedCore | undefined> {
  if (coreBytes === undefined) return undefined;
  if (maps === undefined) return { index: { refused: 'the maps of the memory did not come in time' }, close };
  const mappings = parseMaps(maps);
  const until = performance.now() + coreMs;
  try {
    const copy = await CoreCopy.take(reader, sitter.seat, mappings, {
      maxBytes: coreBytes,
      scratchDir,
      until,
    });
    const { uid = 0, gid = 0 } = reader.credentials(sitter.seat) ?? {};
    const auxiliary = await reader.fromMemory(sitter.seat, 'auxv', mostBytes);
    const content = copy.content({
      pid: identity.pid,
      parent: sitter.stat.parent,
      uid,
      gid,
      name: reader.contentNow(sitter.seat, 'comm', 64)?.toString('latin1').trimEnd() ?? '',
      args:
        (await reader.fromMemory(sitter.seat, 'cmdline', 128))?.toString('latin1').replaceAll('\0', ' ') ??
        '',
      threads: await threadPlaces(reader, identity.pid, sitter.seat),
      ...(auxiliary && { auxiliary }),
      mappings,
      pageBytes,
    });
    return { index: copy.index(), content, close: () => copy.close() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { index: { refused: code ?? message }, close };
  }
}

async function close(): Promise<void> {}

/** The one that touched first. */
async function threadPlaces(reader: ProcReader, pid: number, seat: Sitter['seat']): Promise<ThreadPlace[]> {
  const first = Number(String(seat).split('/').at(-1));
  const others = reader.threads(pid).filter((id) => id !== first);
  const found: ThreadPlace[] = [];
  for (const id of [first, ...others].slice(0, mostThreads)) {
    const place = parseThreadPlace(id, await reader.fromMemory(`${pid}/task/${id}`, 'syscall', mostBytes));
    if (place !== undefined) found.push(place);
  }
  return found;
}
