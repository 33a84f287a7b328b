import type { MarkEvent } from '../marks/mark-event.js';
import { RecentMap } from '../marks/recent-map.js';
import type { ThreadOwner } from '../marks/thread-owner.js';

const mostRemembered = 4096;
/** A thread that ended so long ago may have given its id to another. */
const rememberedNs = 5_000_000_000n;

/**
 * What the permission group told is used to understand what the other one tells: whose thread it was
 * that has ended since, and which reads were told already.
 *
 * Reads are asked of both, for the kernel asks no permission for reads of descriptors that were
 * opened before the first permission mark on the file system (fs/notify/fsnotify.c,
 * file_set_fsnotify_mode_from_watchers, Linux 6.14).
 */
export class HeldThreads {
  readonly #owners = new RecentMap<{ owner: ThreadOwner; atNs: bigint }>(mostRemembered);
  readonly #readers = new RecentMap<true>(mostRemembered);

  /** An event of the permission group. */
  note(event: MarkEvent): void {
    const { id, owner, ops } = event;
    if (owner === undefined) return;
    this.#remember(event);
    if (ops.includes('read')) this.#readers.set(readerKey(id, owner), true);
  }

  /** An event of the other group with what it lacks, without what was told; undefined when nothing is left. */
  rest(event: MarkEvent): MarkEvent | undefined {
    const isOwnerGuessed = event.owner === undefined;
    const owner = event.owner ?? this.#recentOwner(event);
    this.#remember(event);
    const isTold = owner !== undefined && this.#readers.get(readerKey(event.id, owner)) === true;
    const ops = isTold ? event.ops.filter((op) => op !== 'read') : event.ops;
    if (ops.length === 0) return undefined;
    return { ...event, owner, ops, ...(isOwnerGuessed && owner !== undefined && { isOwnerGuessed }) };
  }

  #remember({ threadId, owner, atNs }: MarkEvent): void {
    if (owner !== undefined) this.#owners.set(`${threadId}`, { owner, atNs });
  }

  /** Nothing tells when a thread ended: it may be the next of its number that did this. */
  #recentOwner({ threadId, atNs }: MarkEvent): ThreadOwner | undefined {
    const known = this.#owners.get(`${threadId}`);
    return known !== undefined && atNs - known.atNs < rememberedNs ? known.owner : undefined;
  }
}

function readerKey(id: number, { processId, startedAtNs }: ThreadOwner): string {
  return `${id} ${processId} ${startedAtNs}`;
}
