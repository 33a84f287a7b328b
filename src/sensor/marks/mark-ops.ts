import type { TouchOp } from '../../core/touch.js';
import { event } from './fanotify-abi.js';

const ofFile: readonly (readonly [number, TouchOp])[] = [
  [event.openExec | event.openExecPerm, 'exec'],
  [event.open | event.openPerm, 'open'],
  [event.access | event.accessPerm, 'read'],
  [event.modify, 'write'],
  [event.moveSelf, 'rename'],
];

const tampering: ReadonlySet<TouchOp> = new Set(['write', 'rename', 'unlink', 'link', 'chmod']);

/** Whether this changes a trap, its names or its mode. */
export function isTampering(op: TouchOp): boolean {
  return tampering.has(op);
}

/** What is known of a file for telling apart what the kernel reports as one `FAN_ATTRIB`. */
export interface FileFacts {
  readonly links: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What a file's mask means, in the order in which it happens, but for `FAN_ATTRIB` and removal. */
export function fileOps(mask: number): TouchOp[] {
  return ofFile.filter(([bits]) => (mask & bits) !== 0).map(([, op]) => op);
}

/** What a folder's mask means: its entries were read, it was moved away, it was removed. */
export function folderOps(mask: number): TouchOp[] {
  const ops: TouchOp[] = [];
  if (mask & (event.access | event.accessPerm)) ops.push('list');
  if (mask & event.moveSelf) ops.push('rename');
  if (mask & event.deleteSelf) ops.push('unlink');
  return ops;
}

/**
 * What a change of attributes was: new and removed names, too, arrive as one (fs/namei.c,
 * fsnotify_link_count). `now` is undefined when the file is nowhere to be found.
 */
export function attributeOps(before: FileFacts, now: FileFacts | undefined): TouchOp[] {
  if (now === undefined) return ['unlink'];
  const ops: TouchOp[] = [];
  if (now.links > before.links) ops.push('link');
  if (now.links < before.links) ops.push('unlink');
  const changed = now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid;
  // Extended attributes and times are in no fact that is compared.
  if (changed || ops.length === 0) ops.push('chmod');
  return ops;
}
