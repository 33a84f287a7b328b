import { describe, expect, it } from 'vitest';
import {
  type HookPlan,
  type HookSet,
  planHooks,
  usedTracepoints,
} from '../../../../src/sensor/ebpf/hook-plan.js';
import type { KernelOffer } from '../../../../src/sensor/ebpf/kernel-offer.js';
import {
  everything,
  functions,
  kernel,
  locks,
  others,
  pages,
  systemCalls,
} from '../../../support/kernel-offer.js';

const setsOf = (offer: KernelOffer, set?: HookSet) => planHooks(offer, set).map((plan) => plan.set);
const first = (offer: KernelOffer, set?: HookSet) => planHooks(offer, set)[0] as HookPlan;

describe('hook plan', () => {
  it('tries what tells most first, and leaves the light hooks to who asks for them', () => {
    expect(setsOf(kernel(everything, functions))).toEqual(['page-cache', 'kprobes', 'syscalls']);
    expect(setsOf(kernel({ ...locks, ...systemCalls, ...others }, functions))).toEqual([
      'kprobes',
      'syscalls',
    ]);
    expect(setsOf(kernel({ ...locks, ...systemCalls }))).toEqual(['syscalls']);
  });

  it.each([
    'page-cache',
    'kprobes',
    'syscalls',
    'light',
  ] as const)('gives %s alone when asked for it', (set) => {
    expect(setsOf(kernel(everything, functions), set)).toEqual([set]);
  });

  it('reads pages, mappings and direct I/O by tracepoint where the kernel has them', () => {
    const plan = first(kernel(everything, functions));
    expect(plan.filemap.map(({ op }) => op)).toEqual(['read', 'mmap', 'mmap']);
    expect(plan).toMatchObject({ directIo: true, kprobe: [] });
  });

  it('asks no system call about opens where a kernel function tells of them', () => {
    const plan = first(kernel({ ...locks, ...systemCalls }, functions));
    expect(plan.kprobe.map(({ op }) => op)).toEqual(['open', 'read', 'mmap']);
    expect(plan.open).toEqual([]);
    const partial = first(kernel({ ...locks, ...systemCalls }, ['security_file_permission', 'vfs_read']));
    expect(partial.kprobe.map(({ name }) => name)).toEqual(['security_file_permission']);
    expect(partial.open).toHaveLength(4);
  });

  it('hooks no system call and no page in the light set', () => {
    const plan = first(kernel(everything, functions), 'light');
    expect(plan).toMatchObject({ open: [], filemap: [], directIo: false, kprobe: [], copy: [] });
    expect(plan).toMatchObject({ exec: true, denied: 'tracepoint', card: [['sched:sched_process_exit']] });
  });

  it('lets who changes a trap, and who ends, leave a card', () => {
    expect(first(kernel(everything)).card).toEqual([
      ['syscalls:sys_exit_renameat2', 'syscalls:sys_exit_unlinkat'],
      ['sched:sched_process_exit'],
    ]);
    expect(first(kernel({ ...locks, 'syscalls:sys_exit_openat': [] })).card).toEqual([]);
  });

  it('uses no tracepoint that lacks a field it needs', () => {
    const plan = first(
      kernel({
        ...everything,
        'filemap:mm_filemap_get_pages': ['ino'],
        'iomap:iomap_dio_rw_begin': ['ino'],
        'capability:cap_capable': ['cap'],
      }),
    );
    expect(plan.filemap.map(({ op }) => op)).toEqual(['mmap', 'mmap']);
    expect(plan).toMatchObject({ directIo: false, denied: undefined });
  });

  it('uses only the calls that the kernel has', () => {
    const plan = first(kernel({ ...locks, 'syscalls:sys_exit_openat': [], 'syscalls:sys_enter_ioctl': [] }));
    expect(plan.open).toEqual(['sys_exit_openat']);
    expect(plan.copy.map(({ name }) => name)).toEqual(['sys_enter_ioctl']);
  });

  it('looks for every tracepoint that a plan can use', () => {
    const known = new Set(usedTracepoints.map(([category, name]) => `${category}:${name}`));
    const all = Object.fromEntries(
      usedTracepoints.map(([category, name]) => [
        `${category}:${name}`,
        ['fl_start', 's_dev', 'i_ino', 'type', 'dev', 'ino', 'cap', 'ret'],
      ]),
    );
    for (const set of ['page-cache', 'kprobes', 'syscalls', 'light'] as const) {
      const plan = first(kernel(all, functions), set);
      const used = [
        ...[...plan.open, ...plan.copy.map(({ name }) => name)].map((name) => `syscalls:${name}`),
        ...plan.filemap.map(({ name }) => `filemap:${name}`),
        ...plan.card.flat(),
      ];
      expect(used.length).toBeGreaterThan(0);
      for (const name of used) expect(known, name).toContain(name);
    }
  });

  it('says what is missing where it cannot work', () => {
    expect(() => planHooks(kernel({ ...pages, ...systemCalls }))).toThrow('CONFIG_FILE_LOCKING');
    expect(() => planHooks(kernel({ 'filelock:posix_lock_inode': ['i_ino', 's_dev'] }))).toThrow(
      'file locks',
    );
    expect(() => planHooks(kernel(locks))).toThrow('hook set auto');
    expect(() => planHooks(kernel(everything), 'kprobes')).toThrow('hook set kprobes');
    expect(() => planHooks(kernel({ ...locks, ...systemCalls }, functions), 'page-cache')).toThrow(
      'page-cache',
    );
  });
});
