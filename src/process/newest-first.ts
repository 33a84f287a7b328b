import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Process ids in the order of their birth, the newest first. */
export async function newestFirst(root: string): Promise<number[]> {
  const pids = (await readdir(root)).filter((name) => /^\d+$/.test(name)).map(Number);
  const last = await lastPid(root);
  // Ids are given out upwards and begin again at the bottom: those above the last one are older.
  const age = (pid: number) => (pid <= last ? last - pid : Number.MAX_SAFE_INTEGER - pid);
  return pids.sort((one, other) => age(one) - age(other));
}

/** The id given out last (proc_loadavg(5), fifth field). */
async function lastPid(root: string): Promise<number> {
  try {
    const last = Number((await readFile(join(root, 'loadavg'), 'latin1')).trim().split(' ')[4]);
    return Number.isSafeInteger(last) ? last : Number.MAX_SAFE_INTEGER;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}
