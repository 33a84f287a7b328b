import type { KernelOffer } from '../../src/sensor/ebpf/kernel-offer.js';

/** A kernel that has these tracepoints, with their fields, and these functions for kprobes. */
export function kernel(
  tracepoints: Readonly<Record<string, readonly string[]>>,
  functions: readonly string[] = [],
): KernelOffer {
  return {
    fields: (category, name) => {
      const fields = tracepoints[`${category}:${name}`];
      return fields && new Set(fields);
    },
    kernelFunctions: new Set(functions),
  };
}

export const locks = { 'filelock:posix_lock_inode': ['fl_start', 'fl_end', 's_dev', 'i_ino', 'type'] };

export const pages = {
  'filemap:mm_filemap_get_pages': ['i_ino', 's_dev'],
  'filemap:mm_filemap_map_pages': ['i_ino', 's_dev'],
  'filemap:mm_filemap_fault': ['i_ino', 's_dev'],
  'iomap:iomap_dio_rw_begin': ['dev', 'ino'],
};

export const systemCalls = {
  'syscalls:sys_exit_open': [],
  'syscalls:sys_exit_openat': [],
  'syscalls:sys_exit_openat2': [],
  'syscalls:sys_exit_open_by_handle_at': [],
  'syscalls:sys_enter_copy_file_range': [],
  'syscalls:sys_enter_sendfile64': [],
  'syscalls:sys_enter_ioctl': [],
  'syscalls:sys_exit_renameat2': [],
  'syscalls:sys_exit_unlinkat': [],
};

export const others = {
  'sched:sched_process_exec': ['filename'],
  'sched:sched_process_exit': [],
  'capability:cap_capable': ['cap', 'ret'],
};

export const functions = ['security_file_open', 'security_file_permission', 'security_mmap_file'];

export const followed = {
  'task:task_newtask': ['pid', 'clone_flags'],
  'sock:inet_sock_set_state': ['newstate', 'sport', 'dport', 'saddr_v6', 'daddr_v6'],
  'syscalls:sys_exit_creat': [],
  'syscalls:sys_enter_connect': ['uservaddr', 'addrlen'],
  'syscalls:sys_enter_bind': ['umyaddr', 'addrlen'],
  'syscalls:sys_enter_sendto': ['addr'],
  'syscalls:sys_enter_sendmsg': ['msg'],
  'syscalls:sys_enter_sendmmsg': ['mmsg'],
  'syscalls:sys_enter_unlinkat': ['pathname'],
  'syscalls:sys_enter_renameat2': ['oldname', 'newname'],
  'syscalls:sys_enter_fchmodat': ['filename', 'mode'],
  'syscalls:sys_enter_fchmod': ['fd', 'mode'],
  'syscalls:sys_exit_setuid': [],
};

/** As Linux 6.18 offers it, with kprobes. */
export const everything = { ...locks, ...pages, ...systemCalls, ...others, ...followed };
