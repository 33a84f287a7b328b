import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { fileIdOf } from './event-buffer.js';
import { closeOnExec, currentFolder, emptyPath, handleForIdentity, mark, pathOnly } from './fanotify-abi.js';
import type { Libc } from './libc.js';
import type { FileFacts } from './mark-ops.js';

const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** MAX_HANDLE_SZ of fcntl.h, behind handle_bytes and handle_type. */
const mostHandleBytes = 128;
const noPath = Buffer.from('\0');

/** An inode held by a descriptor that opens nothing (O_PATH), so that no event arises from looking at it. */
export interface HeldInode {
  readonly fd: number;
  readonly facts: BigIntStats;
}

/** The inode itself at a path of bytes; a symbolic link is never followed. Throws as open(2) does. */
export function holdInode(path: Uint8Array, kind: 'file' | 'folder'): HeldInode {
  const fd = openSync(Buffer.from(path), pathOnly | O_NOFOLLOW | (kind === 'folder' ? O_DIRECTORY : 0));
  try {
    return { fd, facts: fstatSync(fd, { bigint: true }) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Identity by device and inode number, as fstat(2) of an event's descriptor gives it. */
export function inodeIdOf({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** `struct file_handle` of an inode and its identity in events. */
export interface FileHandle {
  readonly fileId: string;
  readonly handle: Buffer;
}

/** Handle of a held inode; the name of the error where its file system has none. */
export function handleOf(libc: Libc, { fd }: HeldInode): FileHandle | string {
  const handle = Buffer.alloc(8 + mostHandleBytes);
  const ask = (flags: number) => {
    handle.writeUInt32LE(mostHandleBytes, 0);
    return libc.name_to_handle_at(fd, noPath, handle, Buffer.alloc(4), emptyPath | flags);
  };
  // As the kernel makes it for events (exportfs_encode_fid); kernels before 6.5 know no such flag.
  if (ask(handleForIdentity) < 0 && ask(0) < 0) return libc.error();
  const fileSystemId = fileSystemIdOf(libc, fd);
  if (fileSystemId === undefined) return libc.error();
  const bytes = handle.subarray(0, 8 + handle.readUInt32LE(0));
  return { fileId: fileIdOf(fileSystemId, bytes.readInt32LE(4), bytes.subarray(8)), handle: bytes };
}

/** `f_fsid` of struct statfs, which lies behind seven 8-byte fields on 64-bit machines. */
function fileSystemIdOf(libc: Libc, fd: number): Buffer | undefined {
  const facts = Buffer.alloc(256);
  return libc.fstatfs(fd, facts) < 0 ? undefined : facts.subarray(56, 64);
}

/** Sets or takes away a mark on a held inode; the name of the error when the kernel refuses. */
export function changeMark(
  libc: Libc,
  change: { readonly group: number; readonly action: 'add' | 'remove'; readonly mask: number },
  inode: HeldInode,
): string | undefined {
  // fanotify_mark(2) takes no O_PATH descriptor, but the link in /proc leads to exactly that inode.
  const path = Buffer.from(`/proc/self/fd/${inode.fd}\0`);
  const flags = mark[change.action];
  return libc.fanotify_mark(change.group, flags, change.mask, currentFolder, path) < 0
    ? libc.error()
    : undefined;
}

/** What is known of an inode for finding it again. */
export interface Wanted {
  readonly kind: 'file' | 'folder';
  readonly path: Uint8Array;
  readonly inodeId: string;
  readonly handle: Uint8Array | undefined;
}

/** The same inode again: at its path, else wherever it went on its file system; undefined when gone. */
export function findInode(libc: Libc, wanted: Wanted): HeldInode | undefined {
  try {
    const inode = holdInode(wanted.path, wanted.kind);
    if (inodeIdOf(inode.facts) === wanted.inodeId) return inode;
    closeSync(inode.fd);
  } catch {
    // Nothing is there any more.
  }
  return findByHandle(libc, wanted);
}

/** Facts of a marked file now; undefined when it has no name any more. */
export function lookAt(libc: Libc, wanted: Wanted): FileFacts | undefined {
  const inode = findInode(libc, wanted);
  if (inode === undefined) return undefined;
  closeSync(inode.fd);
  return inode.facts.nlink === 0n ? undefined : fileFactsOf(inode.facts);
}

export function fileFactsOf({ nlink, mode, uid, gid }: BigIntStats): FileFacts {
  return { links: Number(nlink), mode: Number(mode), uid: Number(uid), gid: Number(gid) };
}

function findByHandle(libc: Libc, { path, inodeId, handle }: Wanted): HeldInode | undefined {
  if (handle === undefined) return undefined;
  let folder: number | undefined;
  let fd = -1;
  try {
    // open_by_handle_at(2) wants any open descriptor of the file system; O_PATH is none.
    folder = openSync(folderOf(path), O_DIRECTORY | O_NOFOLLOW);
    fd = libc.open_by_handle_at(folder, Buffer.from(handle), pathOnly | closeOnExec);
    if (fd < 0) return undefined;
    const facts = fstatSync(fd, { bigint: true });
    if (inodeIdOf(facts) === inodeId) return { fd, facts };
  } catch {
    // The folder is gone too.
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
  if (fd >= 0) closeSync(fd);
  return undefined;
}

function folderOf(path: Uint8Array): Buffer {
  const end = path.lastIndexOf(0x2f);
  return Buffer.from(path.subarray(0, Math.max(end, 1)));
}
