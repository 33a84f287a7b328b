/** Numbers of include/uapi/linux/fanotify.h and fcntl.h that are used here. */

export const group = {
  cloexec: 0x1,
  nonblock: 0x2,
  classContent: 0x4,
  unlimitedQueue: 0x10,
  unlimitedMarks: 0x20,
  reportTid: 0x100,
  reportFid: 0x200,
} as const;

export const mark = { add: 0x1, remove: 0x2, dontFollow: 0x4, onlyDir: 0x8 } as const;

export const event = {
  access: 0x1,
  modify: 0x2,
  attrib: 0x4,
  open: 0x20,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  openExec: 0x1000,
  overflow: 0x4000,
  openPerm: 0x1_0000,
  accessPerm: 0x2_0000,
  openExecPerm: 0x4_0000,
  onDir: 0x4000_0000,
} as const;

export const response = { allow: 1, deny: 2 } as const;

/** `O_PATH` and `AT_*` as every architecture of `supportedArchitectures` has them; Node names neither. */
export const pathOnly = 0o1000_0000;
export const closeOnExec = 0o200_0000;
export const nonBlocking = 0o4000;
export const currentFolder = -100;
export const emptyPath = 0x1000;
/** `AT_HANDLE_FID`, Linux 6.5: a handle that only identifies, such as overlayfs gives. */
export const handleForIdentity = 0x200;

/** 64 bits, little-endian, generic flag values: those for which the layouts here hold. */
export const supportedArchitectures: readonly string[] = ['x64', 'arm64', 'riscv64', 'loong64'];

const changes = event.modify | event.attrib | event.deleteSelf | event.moveSelf;

/** What is asked of a mark, by mode of the group and kind of the inode. */
export const masks = {
  /** Every touch. */
  file: event.open | event.access | event.openExec | changes,
  /** What a permission group cannot tell, or not always (reads of descriptors opened earlier). */
  fileUnheld: event.access | changes,
  // Reading a folder's entries is an access of it; opening it for `stat` of what lies in it is not.
  folder: event.access | event.deleteSelf | event.moveSelf | event.onDir,
  held: event.openPerm | event.accessPerm | event.openExecPerm,
} as const;
