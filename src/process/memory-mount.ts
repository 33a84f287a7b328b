import { closeSync, readFileSync } from 'node:fs';
import { parseOpenFile } from '../core/mount-table.js';

/** `MFD_CLOEXEC` of memfd_create(2). */
const closeOnExec = 1;

let known: Promise<string | undefined> | undefined;

/**
 * Number of the mount on which memfd_create(2) puts files (`shm_mnt` in mm/shmem.c); no table of mounts
 * has it, and it is there as long as the kernel is. Undefined where koffi has no binary for this host.
 */
export function memoryMount(): Promise<string | undefined> {
  known ??= find().catch(() => undefined);
  return known;
}

async function find(): Promise<string | undefined> {
  const { default: koffi } = await import('koffi');
  const create = koffi.load(null).func('int memfd_create(const char *name, unsigned int flags)');
  const descriptor = create('mount', closeOnExec) as number;
  if (descriptor < 0) return undefined;
  try {
    const { mount } = parseOpenFile(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
    return mount === '' ? undefined : mount;
  } finally {
    closeSync(descriptor);
  }
}
