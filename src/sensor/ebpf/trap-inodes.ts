import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromPrintable } from '../../core/printable.js';
import { closeOnExec, pathOnly } from '../marks/fanotify-abi.js';
import { type Libc, loadLibc } from '../marks/libc.js';
import { type HeldInode, handleOf, holdInode } from '../marks/marked-inode.js';
import type { Slot } from './trap-slots.js';

interface KnownInode {
  readonly identity: string;
  readonly handle: Buffer | undefined;
  /** Up to this time, in ns since the epoch, the inode number is known to be that of the trap. */
  oursUntilNs: bigint;
}

/** The clock of touches is set by probes, and may be that wrong, in ns. */
const marginNs = 5_000_000n;

/**
 * Which inode each slot was given for. A path may lead to another file later, and an inode number is
 * given again as soon as it is free; the handle of a file (name_to_handle_at(2)) has its generation too.
 */
export class TrapInodes {
  readonly #libc: Libc | undefined;
  readonly #known = new Map<number, KnownInode>();

  constructor(libc?: Libc) {
    this.#libc = libc;
  }

  /** Where the C library cannot be called, files are known by their number and time of birth. */
  static async open(): Promise<TrapInodes> {
    return new TrapInodes(await loadLibc().catch(() => undefined));
  }

  /** What lies at the paths of these now is what they are for. */
  learn(slots: readonly Slot[]): void {
    for (const slot of slots) {
      try {
        closeSync(this.hold(slot).fd);
      } catch {
        // Whoever registers it meets the same, and tells.
      }
    }
  }

  /**
   * The inode of a slot, wherever it is now; for the caller to close.
   * @throws NodeJS.ErrnoException as open(2) does; Error when another file has its place
   */
  hold(slot: Slot): HeldInode {
    const known = this.#known.get(slot.number);
    let failure: unknown;
    try {
      const found = holdInode(fromPrintable(slot.nowAt ?? slot.path), slot.kind);
      const now = this.#identify(found);
      if (known === undefined) this.#known.set(slot.number, { ...now, oursUntilNs: 0n });
      if (known === undefined || known.identity === now.identity) return found;
      closeSync(found.fd);
      failure = new Error('another file has its place');
    } catch (error) {
      failure = error;
    }
    const moved = known && this.#byHandle(known, slot);
    if (moved === undefined) throw failure;
    return moved;
  }

  /**
   * Whether a touch at `atNs` was one of the slot's own file: that file is still there, so nobody else
   * can have had its number. False when that cannot be told any more.
   */
  isOurs(slot: Slot, atNs: bigint, nowNs: bigint): boolean {
    const known = this.#known.get(slot.number);
    if (known === undefined || atNs < known.oursUntilNs) return true;
    try {
      closeSync(this.hold(slot).fd);
    } catch {
      return false;
    }
    known.oursUntilNs = nowNs - marginNs;
    return true;
  }

  forget(slots: readonly Slot[]): void {
    for (const { number } of slots) this.#known.delete(number);
  }

  #identify(inode: HeldInode): { identity: string; handle: Buffer | undefined } {
    const handle = this.#libc === undefined ? '' : handleOf(this.#libc, inode);
    if (typeof handle === 'string') return { identity: bornAs(inode.facts), handle: undefined };
    return { identity: `${inode.facts.ino} ${handle.fileId}`, handle: handle.handle };
  }

  /** From any folder above it that lies on its file system: something may be mounted over the nearest. */
  #byHandle({ identity, handle }: KnownInode, { path }: Slot): HeldInode | undefined {
    if (handle === undefined) return undefined;
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const found = this.#openHandle(handle, folder);
      if (found !== undefined && this.#identify(found).identity === identity) return found;
      if (found !== undefined) closeSync(found.fd);
      if (folder === dirname(folder)) return undefined;
    }
  }

  #openHandle(handle: Buffer, folder: string): HeldInode | undefined {
    let mounted: number | undefined;
    try {
      // open_by_handle_at(2) wants any open descriptor of the file system; O_PATH is none.
      mounted = openSync(Buffer.from(fromPrintable(folder)), constants.O_DIRECTORY);
      const fd = this.#libc?.open_by_handle_at(mounted, Buffer.from(handle), pathOnly | closeOnExec) ?? -1;
      return fd < 0 ? undefined : { fd, facts: fstatSync(fd, { bigint: true }) };
    } catch {
      return undefined;
    } finally {
      if (mounted !== undefined) closeSync(mounted);
    }
  }
}

function bornAs({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino} ${birthtimeNs}`;
}
