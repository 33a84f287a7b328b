import { containerEngines, engineUser } from '../../core/container-engines.js';
import { type ProcProcess, readProcess, realUserOf, runsHostFile } from './proc-process.js';

/** Whoever hides deeper below the daemon than this is none of its own. */
const deepestChild = 16;

/** PID 1, threads of the kernel, the daemon with its children, and the container engines of root. */
export function isNeverStopped(pid: number, process: ProcProcess, engines = containerEngines): boolean {
  return pid <= 1 || process.isKernelThread || isOwn(pid, process) || isEngine(pid, process, engines);
}

/**
 * Another user makes such a program do anything: by LD_PRELOAD, by ptrace(2). The user is asked first:
 * who is not root may have put a file system that never answers in the place of the program.
 */
function isEngine(pid: number, process: ProcProcess, engines: readonly string[]): boolean {
  return realUserOf(pid) === engineUser && runsHostFile(process, engines);
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
