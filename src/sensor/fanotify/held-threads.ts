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
  note({ id, threadId, owner, atNs, ops }: MarkEvent): void {
    if (owner === undefined) return;
    this.#owners.set(`${id} ${threadId}`, { owner, atNs });
    if (ops.includes('read')) this.#readers.set(readerKey(id, owner), true);
  }

  /** An event of the other group with what it lacks, without what was told; undefined when nothing is left. */
  rest(event: MarkEvent): MarkEvent | undefined {
    const owner = event.owner ?? this.#recentOwner(event);
    const isTold = owner !== undefined && this.#readers.get(readerKey(event.id, owner)) === true;
    const ops = isTold ? event.ops.filter((op) => op !== 'read') : event.ops;
    return ops.length === 0 ? undefined : { ...event, owner, ops };
  }

  #recentOwner({ id, threadId, atNs }: MarkEvent): ThreadOwner | undefined {
    const known = this.#owners.get(`${id} ${threadId}`);
    return known !== undefined && atNs - known.atNs < rememberedNs ? known.owner : undefined;
  }
}

function readerKey(id: number, { processId, startedAtNs }: ThreadOwner): string {
  return `${id} ${processId} ${startedAtNs}`;
}
