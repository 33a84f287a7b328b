import type { TouchOp } from '../../core/touch.js';
import type { RawEvent } from './event-buffer.js';
import { event } from './fanotify-abi.js';
import type { Libc } from './libc.js';
import type { MarkEvent } from './mark-event.js';
import { attributeOps, type FileFacts, fileOps, folderOps } from './mark-ops.js';
import { lookAt } from './marked-inode.js';
import type { MarkedInode, WorkerSettings } from './messages.js';
import { type ThreadOwner, ThreadOwners } from './thread-owner.js';
import { WallClock } from './wall-clock.js';

/** One that is marked, and what was last seen of it. */
interface Known {
  readonly inode: MarkedInode;
  facts: FileFacts;
  removed: boolean;
}

/** The worker's side of a group that only tells. */
export class NotifyGroup {
  readonly #libc: Libc;
  readonly #settings: WorkerSettings;
  readonly #byId = new Map<number, Known>();
  readonly #byFile = new Map<string, Known>();
  readonly #owners = new ThreadOwners();
  readonly #clock = new WallClock();

  constructor(libc: Libc, settings: WorkerSettings) {
    this.#libc = libc;
    this.#settings = settings;
  }

  add(inode: MarkedInode): void {
    const known = { inode, facts: inode.facts, removed: false };
    this.#byId.set(inode.id, known);
    if (inode.fileId !== undefined) this.#byFile.set(inode.fileId, known);
  }

  remove(id: number): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#forget(known);
  }

  /** Gives what is to be told, in the order in which the kernel put it. */
  take(raws: readonly RawEvent[]): MarkEvent[] {
    const atNs = this.#clock.nowNs();
    // First of all: who did it may be about to end.
    const owners = this.#ownersOf(raws);
    const told = new Map<string, MarkEvent>();
    for (const { fileId, threadId, mask } of raws) {
      const known = fileId === undefined ? undefined : this.#byFile.get(fileId);
      if (known === undefined) continue;
      const { id } = known.inode;
      const ops = this.#opsOf(known, mask);
      const owner = owners.get(threadId);
      const isOwn = owner?.processId === this.#settings.daemonId;
      if (ops.length === 0 || (isOwn && id !== this.#settings.probe)) continue;
      const key = `${id} ${threadId} ${mask} ${ops.join()}`;
      const count = (told.get(key)?.count ?? 0) + 1;
      told.set(key, { id, threadId, owner, mask, ops, count, atNs, held: undefined, denied: false });
    }
    return [...told.values()];
  }

  #ownersOf(raws: readonly RawEvent[]): ReadonlyMap<number, ThreadOwner | undefined> {
    const threads = new Set(raws.map(({ threadId }) => threadId));
    return new Map([...threads].map((thread) => [thread, this.#owners.of(thread)]));
  }

  #opsOf(known: Known, mask: number): TouchOp[] {
    const removal = (mask & event.deleteSelf) !== 0;
    if (removal) this.#forget(known);
    if (known.inode.kind === 'folder') return folderOps(mask);
    const ops = fileOps(mask);
    if (mask & event.attrib) ops.push(...this.#attributeOps(known));
    // The last name goes first, the inode when its last reader closes it: one removal, two events.
    if (removal && !known.removed && !ops.includes('unlink')) ops.push('unlink');
    return ops;
  }

  #attributeOps(known: Known): TouchOp[] {
    if (known.removed) return [];
    const now = lookAt(this.#libc, known.inode);
    const ops = attributeOps(known.facts, now);
    if (now === undefined) known.removed = true;
    else known.facts = now;
    return ops;
  }

  #forget({ inode }: Known): void {
    if (this.#byId.get(inode.id)?.inode === inode) this.#byId.delete(inode.id);
    if (inode.fileId !== undefined && this.#byFile.get(inode.fileId)?.inode === inode)
      this.#byFile.delete(inode.fileId);
  }
}
