import { statfs } from 'node:fs/promises';
import type { TouchOp } from '../../core/touch.js';
import type { HookPlan } from './hook-plan.js';

/** Operations that the hooks of a plan see themselves. */
export function hookedOps(plan: HookPlan): ReadonlySet<TouchOp> {
  const ops = new Set<TouchOp>([...plan.filemap, ...plan.kprobe].map(({ op }) => op));
  if (plan.open.length > 0) ops.add('open');
  if (plan.copy.length > 0) ops.add('copy');
  if (plan.exec) ops.add('exec');
  if (plan.denied) ops.add('denied');
  return ops;
}

/** What the daemon's own probe file, in a folder, must be seen to suffer before the hooks count as proven. */
export async function provableOps(plan: HookPlan, folder: string): Promise<readonly TouchOp[]> {
  const ops = hookedOps(plan);
  // Reads of a file system in memory pass the page cache's tracepoints by.
  const passedBy = plan.filemap.length > 0 && (await isInMemory(folder));
  return (['open', 'read'] as const).filter((op) => ops.has(op) && !(op === 'read' && passedBy));
}

/** `TMPFS_MAGIC` and `RAMFS_MAGIC` of include/uapi/linux/magic.h. */
async function isInMemory(folder: string): Promise<boolean> {
  return [0x0102_1994, 0x8584_58f6].includes((await statfs(folder)).type);
}
