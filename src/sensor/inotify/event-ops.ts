import type { TouchOp } from '../../core/touch.js';

/** Events asked of inotifywait; it prints an overflow only when asked for it (src/inotifywait.cpp). */
export const watchedEvents = 'open,access,modify,close_write,attrib,move_self,delete_self,unmount,q_overflow';

const ops: ReadonlyMap<string, TouchOp> = new Map([
  ['OPEN', 'open'],
  ['ACCESS', 'read'],
  ['MODIFY', 'write'],
  ['CLOSE_WRITE', 'write'],
  ['ATTRIB', 'chmod'],
  ['MOVE_SELF', 'rename'],
  ['DELETE_SELF', 'unlink'],
]);

/** What events of a trap's own watch mean; several events of one record may mean the same. */
export function fileOps(events: ReadonlySet<string>): TouchOp[] {
  return [...new Set([...events].flatMap((event) => ops.get(event) ?? []))];
}

/** What events of a trap folder itself mean: it was listed, or moved away with what is in it. */
export function folderOps(events: ReadonlySet<string>): TouchOp[] {
  if (events.has('MOVE_SELF')) return ['rename'];
  return events.has('OPEN') && events.has('ISDIR') ? ['list'] : [];
}

/** What is known of a trap's file for telling apart what the kernel reports as one `ATTRIB`. */
export interface FileState {
  readonly inode: bigint;
  readonly links: bigint;
}

/** A new or removed name, too, arrives as `ATTRIB` (fs/namei.c, fsnotify_link_count). */
export function attributeOp(before: FileState, now: FileState | undefined): TouchOp {
  if (now === undefined || now.inode !== before.inode) return 'unlink';
  return now.links > before.links ? 'link' : 'chmod';
}
