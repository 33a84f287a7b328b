import { closeSync, constants, openSync, readFileSync } from 'node:fs';

// O_PATH in include/uapi/asm-generic/fcntl.h: nothing is opened, so no sensor takes it for a touch.
const pathOnly = 0o10000000;

/**
 * The kernel's own device and inode of an open file, told by /proc alone: stat(2) through another
 * process's descriptor asks the file system, and one of a user's (FUSE) can let it wait for ever. On
 * btrfs it is also another device than stat's.
 */
export function openFileKey(process: number | 'self', descriptor: string | number): string | undefined {
  try {
    const facts = readFileSync(`/proc/${process}/fdinfo/${descriptor}`, 'latin1');
    // The inode is there since Linux 5.14.
    const [inode, mount] = [/^ino:\s*(\d+)$/m.exec(facts)?.[1], /^mnt_id:\s*(\d+)$/m.exec(facts)?.[1]];
    const device = mount === undefined ? undefined : deviceOfMount(process, mount);
    return inode === undefined || device === undefined ? undefined : `${device} ${inode}`;
  } catch {
    return undefined;
  }
}

/** Inode number alone, for a first look. */
export function openFileInode(process: number, descriptor: string): string | undefined {
  try {
    return /^ino:\s*(\d+)$/m.exec(readFileSync(`/proc/${process}/fdinfo/${descriptor}`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/** The same of the file that has this path now; undefined when there is none. */
export function fileKey(path: Uint8Array): string | undefined {
  try {
    const descriptor = openSync(Buffer.from(path), pathOnly | constants.O_NOFOLLOW);
    try {
      return openFileKey('self', descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** The same of a line of /proc/PID/maps (proc_pid_maps(5)); undefined where no file is mapped. */
export function mappedFileKey(line: string): string | undefined {
  const [, , , device = '', inode] = line.split(' ', 5);
  if (inode === undefined || inode === '0') return undefined;
  const [major, minor] = device.split(':').map((part) => Number.parseInt(part, 16));
  return `${major}:${minor} ${inode}`;
}

/** `major:minor` of a mount in a process's own view (proc_pid_mountinfo(5)). */
function deviceOfMount(process: number | 'self', mount: string): string | undefined {
  const mounts = readFileSync(`/proc/${process}/mountinfo`, 'latin1').split('\n');
  return mounts.find((line) => line.startsWith(`${mount} `))?.split(' ', 3)[2];
}
