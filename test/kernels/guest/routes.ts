import type { TouchOp } from '../../../src/core/touch.js';
import type { HookPlan } from '../../../src/sensor/ebpf/hook-plan.js';

/** `overlay` reads the trap of an ext4 folder through an overlay on it, as a container does. */
export type FileSystem = 'tmpfs' | 'ext4' | 'overlay';

/** One way to get at a file. */
export interface Route {
  readonly name: string;
  readonly command: (path: string) => readonly [program: string, ...args: string[]];
  /** What it does, whether or not the kernel's hooks show it. */
  readonly ops: readonly TouchOp[];
  readonly only?: readonly FileSystem[];
  readonly onTerminal?: true;
}

/** Perl's `syscall` reaches the calls that no program of a minimal Debian makes; numbers of x86-64. */
const perl = (calls: string) => (path: string) =>
  ['perl', '-e', `open F, "<", $ARGV[0] or die; ${calls}`, path] as const;

export const routes: readonly Route[] = [
  { name: 'open', command: perl(''), ops: ['open'] },
  { name: 'read', command: (path) => ['cat', path], ops: ['open', 'read'] },
  { name: 'cp', command: (path) => ['cp', path, '/root/copy'], ops: ['open', 'read'] },
  {
    name: 'pread',
    command: perl('$b = " " x 9; syscall(17, fileno F, $b, 4, 0) > 0 or die'),
    ops: ['open', 'read'],
  },
  {
    name: 'sendfile',
    command: perl('open O, ">", "/dev/null"; syscall(40, fileno O, fileno F, 0, 4) > 0 or die'),
    ops: ['open', 'read'],
  },
  {
    name: 'splice',
    command: perl('pipe R, W; syscall(275, fileno F, 0, fileno W, 0, 4, 0) > 0 or die'),
    ops: ['open', 'read'],
  },
  {
    name: 'mmap',
    command: perl(
      '$a = syscall(9, 0, 4096, 1, 2, fileno F, 0); unpack("P4", pack("Q", $a)) eq "trap" or die',
    ),
    ops: ['open', 'mmap'],
  },
  {
    name: 'O_DIRECT',
    command: (path) => ['dd', `if=${path}`, 'of=/dev/null', 'iflag=direct', 'status=none'],
    ops: ['open', 'read'],
    only: ['ext4', 'overlay'],
  },
  {
    name: 'terminal',
    command: (path) => ['script', '-qec', `cat ${path}`, '/dev/null'],
    ops: ['open', 'read'],
    onTerminal: true,
  },
];

/**
 * What of a route these hooks can show: page cache tracepoints do not know reads of tmpfs, the exit of
 * an open knows only the file of the overlay, and the mapping of an overlay's file is asked about only
 * there.
 */
export function visibleOps(route: Route, fileSystem: FileSystem, hooks: HookPlan): readonly TouchOp[] {
  const byFunction = new Set(hooks.kprobe.map(({ op }) => op));
  const byPages = hooks.filemap.length > 0;
  const visible: Partial<Record<TouchOp, boolean>> = {
    open: byFunction.has('open') || fileSystem !== 'overlay',
    read: byFunction.has('read') || (byPages && fileSystem !== 'tmpfs'),
    mmap: (byFunction.has('mmap') && fileSystem !== 'overlay') || byPages,
  };
  return route.ops.filter((op) => visible[op]);
}
