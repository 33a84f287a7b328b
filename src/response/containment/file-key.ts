import { lstatSync, readFileSync, realpathSync } from 'node:fs';

/**
 * The kernel's own device and inode of an open file, told by /proc alone: stat(2) through another
 * process's descriptor asks the file system, and one of a user's (FUSE) can let it wait for ever. On
 * btrfs it is also another device than stat's. `place` is the folder of /proc that tells of the process.
 */
export function openFileKey(place: string, descriptor: string): string | undefined {
  try {
    const facts = readFileSync(`${place}/fdinfo/${descriptor}`, 'latin1');
    // The inode is there since Linux 5.14.
    const [inode, mount] = [/^ino:\s*(\d+)$/m.exec(facts)?.[1], /^mnt_id:\s*(\d+)$/m.exec(facts)?.[1]];
    const device = mount === undefined ? undefined : deviceOfMount(place, mount);
    return inode === undefined || device === undefined ? undefined : `${device} ${inode}`;
  } catch {
    return undefined;
  }
}

/** Inode number alone, for a first look. */
export function openFileInode(place: string, descriptor: string): string | undefined {
  try {
    return /^ino:\s*(\d+)$/m.exec(readFileSync(`${place}/fdinfo/${descriptor}`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * The same of the file that has this path now; undefined when there is none. It is not opened, not even
 * with O_PATH: the script of a sensor that outlives its daemon for a moment would stop this process too.
 */
export function fileKey(path: Uint8Array): string | undefined {
  try {
    const name = Buffer.from(path);
    const { ino } = lstatSync(name, { bigint: true });
    const slash = name.lastIndexOf('/');
    const folder = realpathSync(name.subarray(0, Math.max(slash, 1)), { encoding: 'buffer' });
    const device = deviceOfPlace(Buffer.concat([folder, name.subarray(slash)]).toString('latin1'));
    return device === undefined ? undefined : `${device} ${ino}`;
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
function deviceOfMount(place: string, mount: string): string | undefined {
  const mounts = readFileSync(`${place}/mountinfo`, 'latin1').split('\n');
  return mounts.find((line) => line.startsWith(`${mount} `))?.split(' ', 3)[2];
}

/** `major:minor` of what is mounted at the place; the latest of several mounts over each other is on top. */
function deviceOfPlace(path: string): string | undefined {
  let best: { readonly point: string; readonly device: string | undefined } | undefined;
  for (const line of readFileSync('/proc/self/mountinfo', 'latin1').split('\n')) {
    const [, , device, , escaped] = line.split(' ', 5);
    // Blanks and backslashes stand there as \\040 and the like.
    const point = escaped?.replace(/\\([0-7]{3})/g, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    if (point === undefined) continue;
    const isAbove = point === '/' || path === point || path.startsWith(`${point}/`);
    if (isAbove && point.length >= (best?.point.length ?? 0)) best = { point, device };
  }
  return best?.device;
}
