import { type ProcProcess, readProcess, runsHostFile } from './proc-process.js';

/** Container engines: with them stopped no sandbox starts, and the containers of the host hang. */
const engines = [
  'dockerd',
  'docker-init',
  'docker-proxy',
  'containerd',
  'containerd-shim',
  'containerd-shim-runc-v1',
  'containerd-shim-runc-v2',
  'runc',
  'crun',
];
const enginePaths = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec/docker',
].flatMap((folder) => engines.map((name) => `${folder}/${name}`));

/** Whoever hides deeper below the daemon than this is none of its own. */
const deepestChild = 16;

/** PID 1, threads of the kernel, the daemon with its children, and the container engines. */
export function isNeverStopped(pid: number, process: ProcProcess): boolean {
  return pid <= 1 || process.isKernelThread || isOwn(pid, process) || runsHostFile(pid, enginePaths);
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
