/** Links in `/proc/PID/ns` that are of the process itself. */
export const namespaceNames = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;

/** Inode number of a link such as `pid:[4026531836]`. */
export function parseNamespace(link = ''): number | undefined {
  const inode = /^[a-z]+:\[(\d{1,10})\]$/.exec(link)?.[1];
  return inode === undefined ? undefined : Number(inode);
}
