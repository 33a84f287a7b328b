import { SensorUnavailable } from '../../core/ports/sensor.js';
import type { TouchOp } from '../../core/touch.js';
import { type FollowHooks, followTracepoints, planFollowing } from './follow/follow-hooks.js';
import type { KernelOffer } from './kernel-offer.js';

/** Sets of hooks that the configuration may ask for by name; `auto` takes the best that works. */
export const hookSets = ['auto', 'page-cache', 'kprobes', 'syscalls', 'light'] as const;
export type HookSet = (typeof hookSets)[number];

interface Hook {
  readonly name: string;
  readonly op: TouchOp;
}

/** A system call that copies from a descriptor to one, as expressions of the script. */
export interface CopyHook {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly condition?: string;
}

/** Which kernel hooks a script uses: only those that the running kernel offers. */
export interface HookPlan {
  readonly set: Exclude<HookSet, 'auto'>;
  /** Name of the field that tells a lock from its removal. */
  readonly lockType: 'fl_type' | 'type';
  /** Syscall exit tracepoints that return a descriptor, where no kernel function tells of opens. */
  readonly open: readonly string[];
  /** Page cache tracepoints, Linux 6.12 and later. */
  readonly filemap: readonly Hook[];
  /** O_DIRECT through iomap (ext4, xfs). */
  readonly directIo: boolean;
  /** Kernel functions that get the file as an argument, where kprobes are built in. */
  readonly kprobe: readonly Hook[];
  readonly copy: readonly CopyHook[];
  /** Programs that are traps. */
  readonly exec: boolean;
  /** Opens that the mode of the file refused: a tracepoint of Linux 6.14, or the function before it. */
  readonly denied: 'tracepoint' | 'kretprobe' | undefined;
  /** Where a process is asked whether fanotify has news of it, each group with one body. */
  readonly card: readonly (readonly string[])[];
  /** Where it is seen what followed processes do. */
  readonly follow: FollowHooks;
}

const openProbes = ['sys_exit_open', 'sys_exit_openat', 'sys_exit_openat2', 'sys_exit_open_by_handle_at'];
const filemapProbes: readonly Hook[] = [
  { name: 'mm_filemap_get_pages', op: 'read' },
  { name: 'mm_filemap_map_pages', op: 'mmap' },
  { name: 'mm_filemap_fault', op: 'mmap' },
];
/**
 * The security hooks lie on every route to a file: io_uring, 32-bit calls and the file below an
 * overlay as well, on every file system.
 */
const fileFunctions: readonly Hook[] = [
  { name: 'security_file_open', op: 'open' },
  { name: 'security_file_permission', op: 'read' },
  { name: 'security_mmap_file', op: 'mmap' },
];
/** `FICLONE` and `FICLONERANGE` of include/uapi/linux/fs.h; the latter's argument starts with the source. */
const copyProbes: readonly CopyHook[] = [
  { name: 'sys_enter_copy_file_range', from: 'args->fd_in', to: 'args->fd_out' },
  { name: 'sys_enter_sendfile64', from: 'args->in_fd', to: 'args->out_fd' },
  { name: 'sys_enter_ioctl', condition: `args->cmd == ${0x4004_9409}`, from: 'args->arg', to: 'args->fd' },
];
/** Calls that change a trap by its name or its descriptor, and are rare. */
const changingCalls = (
  'rename renameat renameat2 unlink unlinkat link linkat chmod fchmod fchmodat fchmodat2 chown lchown ' +
  'fchown fchownat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr ' +
  'truncate ftruncate'
)
  .split(' ')
  .map((call) => `sys_exit_${call}`);

/** Every tracepoint that a plan may use: category and name. */
export const usedTracepoints: readonly (readonly [category: string, name: string])[] = [
  ['filelock', 'posix_lock_inode'],
  ['iomap', 'iomap_dio_rw_begin'],
  ['capability', 'cap_capable'],
  ['sched', 'sched_process_exec'],
  ['sched', 'sched_process_exit'],
  ...filemapProbes.map(({ name }) => ['filemap', name] as const),
  ...[...openProbes, ...copyProbes.map(({ name }) => name), ...changingCalls].map(
    (name) => ['syscalls', name] as const,
  ),
  ...followTracepoints,
];

/**
 * The plans worth trying for a set, best first: a kernel may list a function and still refuse a
 * kprobe there (lockdown, a blacklist).
 * @throws SensorUnavailable when the kernel lacks what the set, or registering traps, needs
 */
export function planHooks(offer: KernelOffer, set: HookSet = 'auto'): readonly HookPlan[] {
  const has = (category: string, name: string, ...needed: string[]) => {
    const fields = offer.fields(category, name);
    return fields !== undefined && needed.every((field) => fields.has(field));
  };
  // Its name until Linux 6.8, and since.
  const lockType = (['fl_type', 'type'] as const).find((type) =>
    has('filelock', 'posix_lock_inode', 'fl_start', 's_dev', 'i_ino', type),
  );
  if (lockType === undefined)
    throw new SensorUnavailable('the kernel has no tracepoint for file locks (CONFIG_FILE_LOCKING)');
  const syscall = (name: string) => has('syscalls', name);
  const open = openProbes.filter(syscall);
  const filemap = filemapProbes.filter(({ name }) => has('filemap', name, 'i_ino', 's_dev'));
  const kprobe = fileFunctions.filter(({ name }) => offer.kernelFunctions.has(name));
  const opens = kprobe.some(({ op }) => op === 'open');
  const exits = has('sched', 'sched_process_exit') ? [['sched:sched_process_exit']] : [];
  const changes = changingCalls.filter(syscall).map((name) => `syscalls:${name}`);
  const following = planFollowing(has);
  const light: HookPlan = {
    set: 'light',
    lockType,
    open: [],
    filemap: [],
    directIo: false,
    kprobe: [],
    copy: [],
    exec: has('sched', 'sched_process_exec'),
    denied: has('capability', 'cap_capable', 'cap', 'ret')
      ? 'tracepoint'
      : offer.kernelFunctions.has('cap_capable')
        ? 'kretprobe'
        : undefined,
    card: exits,
    follow: following.light,
  };
  const syscalls: HookPlan = {
    ...light,
    set: 'syscalls',
    open,
    copy: copyProbes.filter(({ name }) => syscall(name)),
    card: changes.length > 0 ? [changes, ...exits] : exits,
    follow: following.full,
  };
  const directIo = has('iomap', 'iomap_dio_rw_begin', 'ino', 'dev');
  const plans: readonly HookPlan[] = [
    ...(filemap.length > 0 ? [{ ...syscalls, set: 'page-cache' as const, filemap, directIo }] : []),
    ...(kprobe.length > 0
      ? [
          {
            ...syscalls,
            set: 'kprobes' as const,
            open: opens ? [] : open,
            kprobe,
            follow: opens
              ? { ...following.full, open: [], openFunction: ['kprobe:security_file_open'] }
              : following.full,
          },
        ]
      : []),
    syscalls,
    light,
  ].filter((plan) => plan.set === 'light' || plan.kprobe.length > 0 || plan.open.length > 0);
  const wanted = set === 'auto' ? plans.slice(0, -1) : plans.filter((plan) => plan.set === set);
  if (wanted.length === 0)
    throw new SensorUnavailable(`the kernel does not offer what the hook set ${set} needs`);
  return wanted;
}
