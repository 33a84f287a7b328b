import { containerEngines } from '../../core/container-engines.js';
import { type ProcProcess, readProcess, runsHostFile } from './proc-process.js';

/** Whoever hides deeper below the daemon than this is none of its own. */
const deepestChild = 16;

/** PID 1, threads of the kernel, the daemon with its children, and the container engines. */
export function isNeverStopped(pid: number, process: ProcProcess): boolean {
  return pid <= 1 || process.isKernelThread || isOwn(pid, process) || runsHostFile(process, containerEngines);
}

function isOwn(pid: number, { parent }: ProcProcess): boolean {
  if (pid === process.pid) return true;
  let elder = parent;
  for (let depth = 0; depth < deepestChild && elder > 1; depth += 1) {
    if (elder === process.pid) return true;
    elder = readProcess(elder)?.parent ?? 0;
  }
  return false;
}
