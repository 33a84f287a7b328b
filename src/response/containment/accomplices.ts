import { readdirSync, statSync } from 'node:fs';
import type { Accomplice, Suspect } from '../../core/ports/containment.js';
import { toPrintable } from '../../core/printable.js';
import { nsPerTick, readProcess } from './proc-process.js';

/**
 * Processes of the suspect's session that run the same program, in its process group or next of kin. A
 * login shell is in a group of its own, so that it does not count as a shell that it started.
 */
export function findAccomplices(suspect: Suspect): Accomplice[] {
  const { pid, parent, posixSession } = suspect;
  const itself = readProcess(pid);
  // The leader of a group gave it its number; of another that is gone only the kin is known.
  const isStill = itself?.startTicks === suspect.startedAtNs / nsPerTick;
  const group = isStill ? itself.group : pid;
  const found: Accomplice[] = [];
  for (const name of readdirSync('/proc')) {
    const number = Number(name);
    if (!Number.isInteger(number) || number <= 1 || number === pid) continue;
    const one = readProcess(number);
    if (one === undefined || one.session !== posixSession || 'ZX'.includes(one.state)) continue;
    const isSibling = parent !== undefined && parent > 1 && one.parent === parent;
    const isKin = one.group === group || one.parent === pid || number === parent || isSibling;
    if (!isKin || !runs(one.place, suspect.executableFile.inode)) continue;
    found.push({
      pid: number,
      startedAtNs: one.startTicks * nsPerTick,
      name: toPrintable(Buffer.from(one.name, 'latin1')),
    });
  }
  return found;
}

/** By inode alone: on btrfs and overlayfs stat(2) tells another device than the kernel. */
function runs(place: string, inode: bigint): boolean {
  try {
    return statSync(`${place}/exe`, { bigint: true }).ino === inode;
  } catch {
    return false;
  }
}
