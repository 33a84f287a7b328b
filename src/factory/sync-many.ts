import { explaining } from './errors.js';
import { syncFileSystem } from './system-calls.js';
import type { TrapFolder } from './trap-folder.js';

/** A disk takes milliseconds for each file that is synced by itself, and no longer for a whole file system. */
export function isMany(count: number): boolean {
  return count > 32;
}

/** Makes durable what was done in these folders, whole file systems at a time. @throws PlantingFailed */
export async function syncAll(folders: readonly TrapFolder[]): Promise<void> {
  const ofDevices = new Map(folders.map((folder) => [folder.device, folder]));
  for (const { path, handle } of ofDevices.values()) await explaining(path, () => syncFileSystem(handle.fd));
}
