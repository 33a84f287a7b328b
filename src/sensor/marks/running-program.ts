import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { findMount, mayNotAnswer, parseOpenFile } from '../../core/mount-table.js';
import type { ProcFiles } from './proc-files.js';

/** open(2): a descriptor that only stands for the file; its file system is not asked for anything. */
export const onlyPath = 0o10_000_000;

/** A namespace has up to 100,000 mounts (fs.mount-max), and its owner may fill it: more is not searched. */
const mostBytesOfMounts = 2 * 1024 * 1024;

/** Which file a program is: what two descriptors of it tell alike. */
export interface ProgramKey {
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * The program that a process runs, when `isWanted` says so of its inode number. Undefined as well where
 * the file system may not answer, which is then not asked: the thread that asks would wait for ever,
 * and with it everybody who opens a trap.
 */
export function runningProgram(
  proc: ProcFiles,
  processId: number,
  isWanted: (inode: bigint) => boolean,
): ProgramKey | undefined {
  try {
    const descriptor = openSync(`${proc.root}/${processId}/exe`, onlyPath);
    try {
      return programKey(descriptor, proc, processId, isWanted);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/**
 * Which file an open one is. Its mount is looked for where the daemon sees it, then where the process
 * does. Undefined where it is better not asked.
 * @throws the system's error
 */
export function programKey(
  descriptor: number,
  proc: ProcFiles,
  processId?: number,
  isWanted: (inode: bigint) => boolean = () => true,
): ProgramKey | undefined {
  const file = parseOpenFile(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
  if (file.inode !== undefined && !isWanted(file.inode)) return undefined;
  const own = proc.readWhole('self/mountinfo', mostBytesOfMounts);
  const others = () => proc.readWhole(`${processId}/mountinfo`, mostBytesOfMounts);
  const mount = findMount(own, file.mount) ?? (processId && findMount(others(), file.mount));
  if (!mount || mayNotAnswer(mount, own)) return undefined;
  const { dev: device, ino } = fstatSync(descriptor, { bigint: true });
  return { device, inode: file.inode ?? ino };
}
