import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Inode number of the cgroup folder a process is in, in the hierarchy of the pids controller, which is the one that
 * the sensor follows by; undefined where it has none of its own.
 */
export async function cgroupIdOf(pid: number, containerId: string): Promise<bigint | undefined> {
  const cgroups = await cgroupsOf(pid);
  const legacy = /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:(\/.*)$/mu.exec(cgroups)?.[1];
  const path = legacy ?? /^0::(\/.*)$/mu.exec(cgroups)?.[1];
  // Where everybody is in the root of it, its number would name the host too.
  if (path === undefined || !path.includes(containerId)) return undefined;
  const mount = await cgroupMount(legacy !== undefined);
  if (mount === undefined) return undefined;
  const facts = await stat(join(mount, path), { bigint: true }).catch(() => undefined);
  return facts?.ino;
}

/** Whether a process is in the container's cgroups, told by the engine's identifier in their names. */
export async function isInContainer(pid: number, containerId: string): Promise<boolean> {
  return containerId.length >= 64 && (await cgroupsOf(pid)).includes(containerId);
}

/** The number of a process in its innermost name space; 0 when it is not known. */
export async function pidInside(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^NSpid:.*\s(\d+)$/mu.exec(status)?.[1] ?? 0);
}

/** Whether the engine maps root inside to somebody else outside. */
export async function mapsUsers(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/uid_map`, 'utf8').catch(() => '');
  return !/^\s*0\s+0\s/u.test(text);
}

async function cgroupsOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
}

/** Where the hierarchy of the pids controller is mounted: a version 1 one, or the unified one. */
async function cgroupMount(isLegacy: boolean): Promise<string | undefined> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const wanted = isLegacy ? / - cgroup \S+ (?:\S*,)?pids(?:,|$)/u : / - cgroup2 /u;
  const line = mounts.split('\n').find((mount) => wanted.test(mount));
  return line?.split(' ')[4];
}
