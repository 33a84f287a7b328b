import { describe, expect, it } from 'vitest';
import { bpftraceEnvironment } from '../../../../src/sensor/ebpf/bpftrace-environment.js';

describe('the buffers of bpftrace', () => {
  it.each([
    [1, 1024],
    [2, 1024],
    [24, 512],
    [64, 256],
    [4096, 64],
  ])('for %i processors are %i pages each, a power of two as perf_event_open wants it', (processors, pages) => {
    expect(bpftraceEnvironment(processors).BPFTRACE_PERF_RB_PAGES).toBe(String(pages));
  });
});
