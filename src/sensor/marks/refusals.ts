const ofGroup: Readonly<Record<string, string>> = {
  EPERM: 'the daemon may not use fanotify (needs CAP_SYS_ADMIN)',
  ENOSYS: 'the kernel has no fanotify (CONFIG_FANOTIFY)',
  EINVAL: 'the kernel is too old for these events of fanotify (Linux 5.1 has them)',
  EMFILE: 'there are too many fanotify groups',
};

const ofMark: Readonly<Record<string, string>> = {
  EINVAL: 'the kernel has no such events (CONFIG_FANOTIFY_ACCESS_PERMISSIONS, Linux 5.1)',
  ENODEV: 'its file system has no identity that events could bring (fsid)',
  EOPNOTSUPP: 'its file system has no file handles',
  EXDEV: 'its file system has several identities, which this kernel cannot tell (a btrfs subvolume?)',
  ENOENT: 'it is not there',
  ELOOP: 'it is a symbolic link',
  ENOTDIR: 'it is no folder',
};

/** Why there is no group, by the name of the error. */
export function groupRefusal(error: string): string {
  return ofGroup[error] ?? `fanotify cannot be used: ${error}`;
}

/** Why something cannot be marked, by the name of the error. */
export function markRefusal(error: string): string {
  return ofMark[error] ?? `it cannot be marked: ${error}`;
}
