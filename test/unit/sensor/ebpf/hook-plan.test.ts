import { describe, expect, it } from 'vitest';
import {
  fieldNames,
  type KernelOffer,
  planAlternatives,
  planHooks,
} from '../../../../src/sensor/ebpf/hook-plan.js';

function kernel(tracepoints: Record<string, string[]>, functions: string[] = []): KernelOffer {
  return {
    fields: (category, name) => {
      const fields = tracepoints[`${category}:${name}`];
      return fields && new Set(fields);
    },
    kernelFunctions: new Set(functions),
  };
}

const syscalls = {
  'syscalls:sys_enter_pread64': ['fd', 'buf', 'count', 'pos'],
  'syscalls:sys_exit_openat': ['ret'],
};

describe('hook plan', () => {
  it('reads pages by tracepoint where the kernel has them', () => {
    const plan = planHooks(
      kernel(
        {
          ...syscalls,
          'filemap:mm_filemap_get_pages': ['i_ino', 's_dev'],
          'filemap:mm_filemap_fault': ['i_ino', 's_dev'],
          'iomap:iomap_dio_rw_begin': ['dev', 'ino'],
        },
        ['security_file_permission'],
      ),
    );
    expect(plan.filemap.map(({ name }) => name)).toEqual(['mm_filemap_get_pages', 'mm_filemap_fault']);
    expect(plan).toMatchObject({ directIo: true, kprobe: [] });
  });

  it('takes kernel functions for reads and mappings on kernels before those tracepoints', () => {
    const plan = planHooks(kernel(syscalls, ['security_file_permission', 'security_mmap_file', 'vfs_read']));
    expect(plan).toMatchObject({ filemap: [], directIo: false });
    expect(plan.kprobe).toEqual([
      { name: 'security_file_permission', op: 'read' },
      { name: 'security_mmap_file', op: 'mmap' },
    ]);
  });

  it('prefers the function for opens to the exits of the open calls, which miss some', () => {
    const plan = planHooks(kernel(syscalls, ['security_file_open']));
    expect(plan).toMatchObject({ open: [], kprobe: [{ name: 'security_file_open', op: 'open' }] });
  });

  it('takes the page cache tracepoints for reads also where the functions are', () => {
    const plan = planHooks(
      kernel({ ...syscalls, 'filemap:mm_filemap_get_pages': ['i_ino', 's_dev'] }, [
        'security_file_open',
        'security_file_permission',
        'security_mmap_file',
      ]),
    );
    expect(plan.kprobe.map(({ op }) => op)).toEqual(['open']);
  });

  it('uses no tracepoint that lacks a field it needs', () => {
    const plan = planHooks(kernel({ ...syscalls, 'filemap:mm_filemap_get_pages': ['ino'] }));
    expect(plan.filemap).toEqual([]);
  });

  it('uses only the open calls that the kernel has', () => {
    expect(planHooks(kernel(syscalls)).open).toEqual(['sys_exit_openat']);
  });

  it('says what is missing where it cannot work', () => {
    expect(() => planHooks(kernel({}))).toThrow('CONFIG_FTRACE_SYSCALLS');
    expect(() => planHooks(kernel({ 'syscalls:sys_enter_pread64': ['fd', 'pos'] }))).toThrow('open');
  });

  it('has a second plan without kernel functions, in case the kernel refuses them', () => {
    const [best, second, ...more] = planAlternatives(kernel(syscalls, ['security_file_open']));
    expect(best?.kprobe).toHaveLength(1);
    expect(second).toMatchObject({ kprobe: [], open: ['sys_exit_openat'] });
    expect(more).toEqual([]);
    expect(planAlternatives(kernel(syscalls))).toHaveLength(1);
  });

  it('finds the field names of a format file', () => {
    const format =
      '\tfield:unsigned long i_ino;\toffset:8;\n\tfield:dev_t s_dev;\toffset:16;\n\tfield:char comm[16];\n';
    expect(fieldNames(format)).toEqual(new Set(['i_ino', 's_dev', 'comm']));
  });
});
