import { randomBytes } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { LargeContent } from '../../core/ports/evidence-store.js';
import { toPrintable } from '../../core/printable.js';
import { inTime } from '../in-time.js';
import type { ProcReader, Seat } from '../proc-reader.js';
import { coreHeader, type Segment } from './core-header.js';
import { type CoreFacts, coreNotes } from './core-notes.js';
import { isPrivateMemory, type Mapping, ownPieces } from './memory-map.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

const chunkBytes = 1024 * 1024;
/** An ELF file has at most 65,534 of them, and each costs time. */
const mostSegments = 8192;

export interface CoreLimits {
  readonly maxBytes: number;
  /** A folder of root's alone; the copy has no name in it, and is gone with its descriptor. */
  readonly scratchDir: string;
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

/** Size of a page by the auxiliary vector of this process (AT_PAGESZ); 4,096 where it is not told. */
export const pageBytes = pageBytesBy(selfAuxiliary());

/**
 * The memory of a process while it stands still, in a file without a name. What is beyond the bounds,
 * or did not come in time, is left out, and `index` says so.
 */
export class CoreCopy {
  readonly #scratch: FileHandle;
  readonly #segments: Segment[] = [];
  readonly #kept = new Map<Mapping, number>();
  #bytes = 0;
  #unreadable = 0;
  #complete = true;

  private constructor(scratch: FileHandle) {
    this.#scratch = scratch;
  }

  /** Rejects with the system's error where there is nothing to read or no room. */
  static async take(
    reader: ProcReader,
    seat: Seat,
    mappings: readonly Mapping[],
    limits: CoreLimits,
  ): Promise<CoreCopy> {
    const path = join(limits.scratchDir, `.core-${randomBytes(12).toString('hex')}`);
    const scratch = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    const copy = new CoreCopy(scratch);
    try {
      await unlink(path);
      await copy.#take(reader, seat, mappings, limits);
      return copy;
    } catch (error) {
      await copy.close();
      throw error;
    }
  }

  content(facts: CoreFacts): LargeContent {
    const header = coreHeader(this.#segments, coreNotes(facts, process.arch), facts.pageBytes, process.arch);
    const scratch = this.#scratch;
    const bytes = this.#bytes;
    return {
      bytes: header.length + bytes,
      async *chunks() {
        yield header;
        for (let at = 0; at < bytes; ) {
          const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
          const { bytesRead } = await scratch.read(chunk, 0, chunk.length, at);
          if (bytesRead === 0) throw new Error('the copy of the memory ends early');
          at += bytesRead;
          yield chunk.subarray(0, bytesRead);
        }
      },
    };
  }

  /** What is in the core and what is not. */
  index() {
    return {
      complete: this.#complete,
      bytes: this.#bytes,
      unreadableBytes: this.#unreadable,
      registers: 'instruction and stack pointer, and arguments of the system call; others are 0',
      mappings: [...this.#kept].map(([{ from, to, mode, name }, bytes]) => ({
        from: from.toString(16),
        to: to.toString(16),
        mode,
        name: toPrintable(Buffer.from(name, 'latin1')),
        bytes,
      })),
    };
  }

  async close(): Promise<void> {
    await this.#scratch.close();
  }

  async #take(reader: ProcReader, seat: Seat, mappings: readonly Mapping[], limits: CoreLimits) {
    const memory = await open(reader.path(seat, 'mem'), 'r');
    const pagemap = await open(reader.path(seat, 'pagemap'), 'r');
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <Result>(work: Promise<Result>) => {
      last = work;
      return inTime(work, limits.until - performance.now());
    };
    try {
      for (const mapping of byWorth(mappings.filter(isPrivateMemory))) {
        this.#kept.set(mapping, 0);
        for await (const piece of piecesOf(mapping, pagemap, inTurn)) {
          if (!(await this.#copy(memory, mapping, piece, limits, inTurn))) {
            this.#complete = false;
            return;
          }
        }
      }
      if (performance.now() >= limits.until) this.#complete = false;
    } finally {
      // A read that is late may still be under way.
      void last.catch(() => undefined).finally(() => Promise.allSettled([memory.close(), pagemap.close()]));
    }
  }

  /** False when there is neither room nor time for more. */
  async #copy(
    memory: FileHandle,
    mapping: Mapping,
    { from, to }: { from: number; to: number },
    { maxBytes }: CoreLimits,
    inTurn: InTurn,
  ): Promise<boolean> {
    if (this.#segments.length >= mostSegments) return false;
    const start = this.#bytes;
    let at = from;
    while (at < to && this.#bytes + pageBytes <= maxBytes) {
      const wanted = Math.min(
        to - at,
        chunkBytes,
        Math.floor((maxBytes - this.#bytes) / pageBytes) * pageBytes,
      );
      const chunk = Buffer.alloc(wanted);
      const read = await inTurn(memory.read(chunk, 0, wanted, at).catch(() => ({ bytesRead: 0 })));
      if (read === undefined) break;
      this.#unreadable += wanted - read.bytesRead;
      await this.#scratch.write(chunk, 0, wanted, this.#bytes);
      this.#bytes += wanted;
      at += wanted;
    }
    if (at > from) this.#segments.push({ from, to: at, at: start });
    this.#kept.set(mapping, (this.#kept.get(mapping) ?? 0) + at - from);
    return at === to;
  }
}

type InTurn = <Result>(work: Promise<Result>) => Promise<Result | undefined>;

async function* piecesOf(mapping: Mapping, pagemap: FileHandle, inTurn: InTurn) {
  const step = 64 * 1024;
  for (let from = mapping.from; from < mapping.to; from += step * pageBytes) {
    const pages = Math.min(step, (mapping.to - from) / pageBytes);
    const entries = Buffer.allocUnsafe(pages * 8);
    const read = await inTurn(pagemap.read(entries, 0, entries.length, (from / pageBytes) * 8));
    if (read === undefined) return;
    yield* ownPieces(from, entries.subarray(0, read.bytesRead), pageBytes);
  }
}

/** The stacks and the heap first: of a core that is cut off they tell most. */
function byWorth(mappings: readonly Mapping[]): Mapping[] {
  const worth = ({ name }: Mapping) => (name === '[stack]' ? 0 : name === '[heap]' ? 1 : 2);
  return [...mappings].sort((one, other) => worth(one) - worth(other) || one.from - other.from);
}

function selfAuxiliary(): Buffer | undefined {
  try {
    return readFileSync('/proc/self/auxv');
  } catch {
    return undefined;
  }
}

function pageBytesBy(auxiliary: Buffer | undefined): number {
  const pageSizeKey = 6n;
  for (let at = 0; auxiliary !== undefined && at + 16 <= auxiliary.length; at += 16)
    if (auxiliary.readBigUInt64LE(at) === pageSizeKey) return Number(auxiliary.readBigUInt64LE(at + 8));
  return 4096;
}
