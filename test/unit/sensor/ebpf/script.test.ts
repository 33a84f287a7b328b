import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HookPlan } from '../../../../src/sensor/ebpf/hook-plan.js';
import { registerPrefix } from '../../../../src/sensor/ebpf/registration.js';
import { renderScript } from '../../../../src/sensor/ebpf/script.js';

const openOnly: HookPlan = { open: ['sys_exit_openat'], filemap: [], directIo: false, kprobe: [] };
const render = (plan: Partial<HookPlan> = {}, nonce = 7n) =>
  renderScript(resolve('bpf'), { ...openOnly, ...plan }, nonce);

describe('generated script', () => {
  it('attaches only to the hooks of its plan', () => {
    const probes = render().match(/^(tracepoint|kprobe|profile|interval):\S+/gm);
    expect(probes).toEqual([
      'tracepoint:syscalls:sys_enter_pread64',
      'tracepoint:syscalls:sys_exit_openat',
      'profile:hz:1',
    ]);
  });

  it('adds the page cache, direct I/O and kernel functions where they are planned', () => {
    const text = render({
      filemap: [{ name: 'mm_filemap_get_pages', op: 'read' }],
      directIo: true,
      kprobe: [{ name: 'security_file_permission', op: 'read' }],
    });
    for (const probe of [
      'tracepoint:filemap:mm_filemap_get_pages',
      'tracepoint:iomap:iomap_dio_rw_begin',
      'kprobe:security_file_permission',
    ])
      expect(text).toContain(probe);
  });

  it('asks no kernel function about writes, nor about mappings without a file', () => {
    const text = render({
      open: [],
      kprobe: [
        { name: 'security_file_open', op: 'open' },
        { name: 'security_file_permission', op: 'read' },
        { name: 'security_mmap_file', op: 'mmap' },
      ],
    });
    expect(text).not.toContain('tracepoint:syscalls:sys_exit');
    expect(text).toMatch(/^kprobe:security_file_open$/m);
    expect(text).toMatch(/^kprobe:security_file_permission\n\/ \(arg1 & 4\) == 4 \/$/m);
    expect(text).toMatch(/^kprobe:security_mmap_file\n\/ arg0 != 0 \/$/m);
  });

  it('lets only the run with its own nonce register traps', () => {
    expect(render({}, 7n)).toContain(registerPrefix(7n).toString());
    expect(render({}, 7n)).not.toContain(registerPrefix(8n).toString());
  });

  it('uses no construct that one of the supported versions lacks', () => {
    const text = render({ filemap: [{ name: 'mm_filemap_fault', op: 'mmap' }] });
    expect(text).not.toMatch(/\blet\b|^config\b|delete\(|^begin\b|^end\b/m);
    expect(text).not.toMatch(/args\.\w/);
  });
});
