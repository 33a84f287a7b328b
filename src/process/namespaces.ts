/** Links in `/proc/PID/ns` that are of the process itself. */
export const namespaceNames = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;

/** Inode number of a link such as `pid:[4026531836]`. */
export function parseNamespace(link = ''): number | undefined {
  const inode = /^[a-z]+:\[(\d{1,10})\]$/.exec(link)?.[1];
  return inode === undefined ? undefined : Number(inode);
}

/** Names of those that differ; what only one of both has does not count. */
export function foreignNamespaces(
  own: Readonly<Record<string, number>>,
  home: Readonly<Record<string, number>>,
): string[] {
  return Object.keys(own).filter((name) => home[name] !== undefined && home[name] !== own[name]);
}
