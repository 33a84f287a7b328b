/** A mount as proc_pid_mountinfo(5) has it. */
export interface Mount {
  /** `MAJOR:MINOR` of the file system's superblock; stat(2) may tell another one. */
  readonly device: string;
  readonly type: string;
}

/** What the kernel tells of an open file (proc_pid_fdinfo(5)), without that its file system is asked. */
export interface OpenFile {
  /** Absent before Linux 5.14. */
  readonly inode?: bigint;
  /** Number of its mount; of no mount when empty. */
  readonly mount: string;
}

/**
 * File systems served by somebody who may never answer, the intruder among them: asked for anything,
 * they could hold a thread of the daemon for ever.
 */
const served = /^(?:fuse|9p|nfs|cifs|smb|afs|ceph|autofs|virtiofs)/;

/** They ask file systems below them, which mountinfo does not name: whoever mounted it chose them. */
const stacked = /^(?:overlay|ecryptfs|aufs|unionfs|shiftfs)/;

/**
 * Whether a file on this mount is better not asked for anything. A stacked file system is believed
 * when it is mounted in the daemon's own mount namespace too: any user mounts one in another.
 */
export function mayNotAnswer({ device, type }: Mount, ownTable: string): boolean {
  if (served.test(type)) return true;
  return stacked.test(type) && !mountsOf(ownTable).some((own) => own.device === device);
}

/** The mount of this number in a table; undefined when it has none. Numbers are used again. */
export function findMount(table: string, id: string): Mount | undefined {
  if (id === '') return undefined;
  const line = linesOf(table).find((one) => one.startsWith(`${id} `));
  return line === undefined ? undefined : parseMount(line);
}

/** Parses the text of `/proc/self/fdinfo/FD`. */
export function parseOpenFile(fdinfo: string): OpenFile {
  const inode = /^ino:\t(\d+)$/m.exec(fdinfo)?.[1];
  const mount = /^mnt_id:\t(\d+)$/m.exec(fdinfo)?.[1] ?? '';
  return { mount, ...(inode !== undefined && { inode: BigInt(inode) }) };
}

function mountsOf(table: string): Mount[] {
  return linesOf(table).flatMap((line) => parseMount(line) ?? []);
}

/** Whole ones: of a table that was cut off, the end of the last would be anything. */
function linesOf(table: string): string[] {
  return table.split('\n').slice(0, -1);
}

function parseMount(line: string): Mount | undefined {
  const device = /^\d+ \d+ (\d+:\d+) /.exec(line)?.[1];
  // Optional fields end with a lone dash, then comes the type; blanks in paths are written as \040.
  const type = line.split(' - ')[1]?.split(' ')[0];
  return device === undefined || type === undefined ? undefined : { device, type };
}
