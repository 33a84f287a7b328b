import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Slices lie in slices; systemd's own are three deep at most. */
const mostDeep = 6;

/** Finds the control groups of units where root alone makes them (see `trustedUnit`). */
export class UnitFolders {
  readonly #root: string | undefined;

  /** `root` is where cgroup2 is mounted. */
  constructor(root = cgroup2Mount()) {
    this.#root = root;
  }

  /**
   * Whether a unit has this control group, by the kernel's number of it (`kernfs_node.id`, which is the
   * inode number of its folder and is given to no other one). Serves for a process that is gone.
   */
  has(unit: string, cgroupId: bigint): boolean {
    return this.#root !== undefined && search(this.#root, unit, cgroupId, 0);
  }
}

function search(folder: string, unit: string, cgroupId: bigint, depth: number): boolean {
  for (const name of [unit, `_${unit}`])
    if (statSync(join(folder, name), { bigint: true, throwIfNoEntry: false })?.ino === cgroupId) return true;
  if (depth >= mostDeep) return false;
  return entries(folder).some(
    (entry) =>
      entry.isDirectory() &&
      entry.name.endsWith('.slice') &&
      !(depth === 0 && entry.name === 'user.slice') &&
      search(join(folder, entry.name), unit, cgroupId, depth + 1),
  );
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function cgroup2Mount(): string | undefined {
  try {
    const line = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .find((one) => one.includes(' - cgroup2 '));
    return line?.split(' ')[4];
  } catch {
    return undefined;
  }
}
