import { readFileSync } from 'node:fs';
import { release } from 'node:os';

/** Where the cgroups of containers are: version 2, or a controller of version 1 by its place in the kernel. */
export type GroupHierarchy = 'cgroup2' | { readonly controller: number };

/** `kernfs_node.id` is a plain number since Linux 5.5. */
const firstKernel = [5, 5] as const;

/**
 * The hierarchy of the pids controller, where engines put containers: also on a host that has mounted
 * both versions.
 */
export function containerHierarchy(
  controllers = read('/proc/cgroups'),
  kernelRelease = release(),
): GroupHierarchy {
  // The kernel lists them in the order of `enum cgroup_subsys_id` (cgroup_v1.c, proc_cgroupstats_show).
  const names = controllers
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
  const place = names.findIndex(([name]) => name === 'pids');
  const isFirst = place === -1 || names[place]?.[1] === '0';
  return isFirst || !isNewEnough(kernelRelease) ? 'cgroup2' : { controller: place };
}

/** Expression of the script for the id of the current process's cgroup. */
export function groupExpression(hierarchy: GroupHierarchy): string {
  if (hierarchy === 'cgroup2') return 'cgroup';
  return `curtask->cgroups->subsys[${hierarchy.controller}]->cgroup->kn->id`;
}

function isNewEnough(kernelRelease: string): boolean {
  const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
  return major > firstKernel[0] || (major === firstKernel[0] && minor >= firstKernel[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
