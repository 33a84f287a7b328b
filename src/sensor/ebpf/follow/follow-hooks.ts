import type { TrailKind } from '../../../core/trail.js';

/** System calls that take names of files: which of their fields are those names. */
export interface NamingCalls {
  readonly names: readonly string[];
  readonly kind: TrailKind;
  readonly paths: readonly string[];
  /** Expression of the script for the number that the event tells. */
  readonly value: string;
}

export interface AddressCall {
  readonly name: string;
  readonly kind: TrailKind;
  readonly address: string;
}

/** System calls that send a datagram to an address: where that is (an expression of the script), if at all. */
export interface SendingCall {
  readonly name: string;
  readonly condition: string;
  readonly address: string;
}

/** Where a script sees what followed processes do, beside exec, exit and the hooks on opens. */
export interface FollowHooks {
  /** Whether processes can be followed at all: without news of new ones it ends with the first. */
  readonly possible: boolean;
  /** TCP, whichever way a connection was asked for. */
  readonly tcp: boolean;
  /** The script can be told of cgroups: their ids are longer than a position has room for. */
  readonly groups: boolean;
  /** Probes at the end of the calls that return a descriptor; or of the kernel function on all those ways. */
  readonly open: readonly string[];
  readonly openFunction: readonly string[];
  readonly address: readonly AddressCall[];
  readonly sends: readonly SendingCall[];
  readonly paths: readonly NamingCalls[];
  readonly fchmod: boolean;
  /** Ends of the calls that change the user. */
  readonly privilege: readonly string[];
}

type Has = (category: string, name: string, ...fields: string[]) => boolean;

const addressCalls: readonly AddressCall[] = [
  { name: 'sys_enter_connect', kind: 'connect', address: 'uservaddr' },
  { name: 'sys_enter_bind', kind: 'bind', address: 'umyaddr' },
];
/** `msg_name` is the first of `struct user_msghdr`, which is the first of `struct mmsghdr` (include/linux/socket.h). */
const firstName = (message: string) => `*(uint64 *)uptr(${message})`;
const sendingCalls: readonly (SendingCall & { readonly field: string })[] = [
  { name: 'sys_enter_sendto', field: 'addr', condition: '(uint64)args->addr != 0', address: 'args->addr' },
  {
    name: 'sys_enter_sendmsg',
    field: 'msg',
    condition: '(uint64)args->msg != 0',
    address: firstName('args->msg'),
  },
  {
    name: 'sys_enter_sendmmsg',
    field: 'mmsg',
    condition: '(uint64)args->mmsg != 0',
    address: firstName('args->mmsg'),
  },
];
const namingCalls: readonly NamingCalls[] = [
  { names: ['sys_enter_unlink', 'sys_enter_unlinkat'], kind: 'unlink', paths: ['pathname'], value: '0' },
  {
    names: ['sys_enter_rename', 'sys_enter_renameat', 'sys_enter_renameat2'],
    kind: 'rename',
    paths: ['oldname', 'newname'],
    value: '0',
  },
  {
    names: ['sys_enter_chmod', 'sys_enter_fchmodat', 'sys_enter_fchmodat2'],
    kind: 'chmod',
    paths: ['filename'],
    value: 'args->mode',
  },
];
const openCalls = ['sys_exit_open', 'sys_exit_openat', 'sys_exit_openat2', 'sys_exit_creat'];
const privilegeCalls = ['sys_exit_setuid', 'sys_exit_setreuid', 'sys_exit_setresuid'];

const socketStates = ['inet_sock_set_state', 'newstate', 'sport', 'dport', 'saddr_v6', 'daddr_v6'] as const;

/** Every tracepoint that following may use: category and name. */
export const followTracepoints: readonly (readonly [category: string, name: string])[] = [
  ['task', 'task_newtask'],
  ['sched', 'sched_process_exec'],
  ['sched', 'sched_process_exit'],
  ['sock', 'inet_sock_set_state'],
  ...[
    ...addressCalls.map(({ name }) => name),
    ...sendingCalls.map(({ name }) => name),
    ...namingCalls.flatMap(({ names }) => names),
    'sys_enter_fchmod',
    ...openCalls,
    ...privilegeCalls,
  ].map((name) => ['syscalls', name] as const),
];

/** What can be followed by system calls, and without any: a hook on one slows down every call of the host. */
export function planFollowing(has: Has): { readonly light: FollowHooks; readonly full: FollowHooks } {
  const light: FollowHooks = {
    possible:
      has('task', 'task_newtask', 'pid', 'clone_flags') &&
      has('sched', 'sched_process_exec', 'filename') &&
      has('sched', 'sched_process_exit'),
    tcp: has('sock', ...socketStates),
    groups: has('filelock', 'posix_lock_inode', 'fl_end'),
    open: [],
    openFunction: [],
    address: [],
    sends: [],
    paths: [],
    fchmod: false,
    privilege: [],
  };
  const calls = (names: readonly string[], ...fields: string[]) =>
    names.filter((name) => has('syscalls', name, ...fields));
  return {
    light,
    full: {
      ...light,
      open: calls(openCalls).map((name) => `tracepoint:syscalls:${name}`),
      address: addressCalls.filter(({ name, address }) => has('syscalls', name, address, 'addrlen')),
      sends: sendingCalls.filter(({ name, field }) => has('syscalls', name, field)),
      paths: namingCalls
        .map((one) => ({ ...one, names: calls(one.names, ...one.paths) }))
        .filter(({ names }) => names.length > 0),
      fchmod: has('syscalls', 'sys_enter_fchmod', 'fd', 'mode'),
      privilege: calls(privilegeCalls),
    },
  };
}
