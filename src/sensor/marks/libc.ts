import { constants } from 'node:os';
import { SensorUnavailable } from '../../core/ports/sensor.js';
import { printableText } from '../../core/printable.js';
import { supportedArchitectures } from './fanotify-abi.js';

/** Calls of the C library that Node has not. Each gives -1 on failure; `error` then names why. */
export interface Libc {
  fanotify_init(flags: number, eventFlags: number): number;
  fanotify_mark(group: number, flags: number, mask: number, folder: number, path: Buffer): number;
  name_to_handle_at(folder: number, path: Buffer, handle: Buffer, mountId: Buffer, flags: number): number;
  open_by_handle_at(mountFd: number, handle: Buffer, flags: number): number;
  fstatfs(fd: number, facts: Buffer): number;
  eventfd(initial: number, flags: number): number;
  poll(descriptors: Buffer, count: number, timeoutMs: number): number;
  read(fd: number, buffer: Buffer, size: number): number;
  write(fd: number, buffer: Buffer, size: number): number;
  close(fd: number): number;
  dup3(from: number, to: number, flags: number): number;
  pidfd_open(pid: number, flags: number): number;
  pidfd_send_signal(pidfd: number, signal: number): number;
  /** Name of the last call's error, such as `EPERM`. */
  error(): string;
}

const signatures = {
  fanotify_init: 'int fanotify_init(unsigned int flags, unsigned int event_flags)',
  fanotify_mark: 'int fanotify_mark(int fd, unsigned int flags, uint64_t mask, int dirfd, const void *path)',
  name_to_handle_at:
    'int name_to_handle_at(int dirfd, const void *path, void *handle, void *mount_id, int flags)',
  open_by_handle_at: 'int open_by_handle_at(int mount_fd, void *handle, int flags)',
  fstatfs: 'int fstatfs(int fd, void *facts)',
  eventfd: 'int eventfd(unsigned int initial, int flags)',
  poll: 'int poll(void *fds, unsigned long count, int timeout)',
  read: 'long read(int fd, void *buffer, size_t size)',
  write: 'long write(int fd, const void *buffer, size_t size)',
  close: 'int close(int fd)',
  dup3: 'int dup3(int from, int to, int flags)',
} as const;

type SystemCall = (number: number, ...argumentsByType: unknown[]) => number;

// Backwards: of two names of one number (EAGAIN, EWOULDBLOCK) the first is the usual one.
const errorNames = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/**
 * Binds them in this thread.
 * @throws SensorUnavailable when there is no koffi for this host or the C library lacks one of them
 */
export async function loadLibc(): Promise<Libc> {
  if (!supportedArchitectures.includes(process.arch))
    throw new SensorUnavailable(`fanotify is not supported on the architecture ${process.arch}`);
  try {
    // Only here: a host for which koffi brings no binary must still run the other sensors.
    const { default: koffi } = await import('koffi');
    // The program itself, which has the C library loaded whatever its file is called.
    const library = koffi.load(null);
    const functions = Object.entries(signatures).map(([name, signature]) => [name, library.func(signature)]);
    const error = () => errorNames.get(koffi.errno()) ?? `error ${koffi.errno()}`;
    // glibc before 2.36 has no functions for these; the numbers are the same on all architectures.
    const syscall = library.func('long syscall(long number, ...)') as SystemCall;
    const pidfd = {
      pidfd_open: (pid: number, flags: number) => syscall(434, 'int', pid, 'unsigned int', flags),
      pidfd_send_signal: (descriptor: number, signal: number) =>
        syscall(424, 'int', descriptor, 'int', signal, 'void *', null, 'unsigned int', 0),
    };
    return { ...Object.fromEntries(functions), ...pidfd, error } as Libc;
  } catch (error) {
    const [reason] =
      printableText((error as Error).message.split('\n', 1)[0] ?? '').match(/^.{0,300}/u) ?? [];
    throw new SensorUnavailable(`the C library cannot be called: ${reason}`);
  }
}
