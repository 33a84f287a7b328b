import { readdir, readFile } from 'node:fs/promises';
import type { ContainedProcess } from '../../core/ports/containment.js';
import { fromPrintable, toPrintable } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import { fileKey, mappedFileKey, openFileInode, openFileKey } from './file-key.js';
import { isNeverStopped } from './never-stopped.js';
import { listed, nsPerTick, readProcess } from './proc-process.js';

export type Stranded = ContainedProcess & { readonly name: string };

/** Descriptors of one process that are looked at, the latest first: the trap was opened just now. */
const mostDescriptors = 4096;
/** Processes and descriptors between which the event loop gets its turn. */
const atATime = 64;

/** Processes that stand still by a stop signal with one of the traps open or mapped. */
export async function findStranded(traps: readonly Trap[]): Promise<readonly Stranded[]> {
  const stranded: Stranded[] = [];
  const stopped: { readonly place: string; readonly process: Stranded }[] = [];
  const pids = (await readdir('/proc')).filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  for (const [index, pid] of pids.entries()) {
    if (index % atATime === 0) await nextTurn();
    const found = readProcess(pid);
    if (found === undefined || found.state !== 'T' || isNeverStopped(pid, found)) continue;
    const name = toPrintable(Buffer.from(found.name, 'latin1'));
    stopped.push({
      place: found.place,
      process: { pid, startedAtNs: found.startTicks * nsPerTick, name },
    });
  }
  // Hardly ever does anybody stand still: only then are the traps worth a look.
  if (stopped.length === 0) return stranded;
  const files = new Set(traps.map(({ path }) => fileKey(fromPrintable(path))));
  files.delete(undefined);
  for (const { place, process } of stopped)
    if ((await hasOpen(place, files)) || (await hasMapped(place, files))) stranded.push(process);
  return stranded;
}

async function hasOpen(place: string, files: ReadonlySet<string | undefined>): Promise<boolean> {
  const inodes = new Set([...files].map((file) => file?.split(' ')[1]));
  const descriptors = listed(`${place}/fd`).reverse().slice(0, mostDescriptors);
  for (const [index, descriptor] of descriptors.entries()) {
    if (index % atATime === atATime - 1) await nextTurn();
    if (!inodes.has(openFileInode(place, descriptor))) continue;
    if (files.has(openFileKey(place, descriptor))) return true;
  }
  return false;
}

async function hasMapped(place: string, files: ReadonlySet<string | undefined>): Promise<boolean> {
  const maps = await readFile(`${place}/maps`, 'latin1').catch(() => '');
  return maps.split('\n').some((line) => {
    const file = mappedFileKey(line);
    return file !== undefined && files.has(file);
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
