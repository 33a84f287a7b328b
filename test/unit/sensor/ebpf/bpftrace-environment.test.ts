import { describe, expect, it } from 'vitest';
import { bpftraceEnvironment, roomFor } from '../../../../src/sensor/ebpf/bpftrace-environment.js';

describe('the buffers of bpftrace', () => {
  it.each([
    [1, 1024],
    [2, 1024],
    [24, 512],
    [64, 256],
    [4096, 64],
  ])('for %i processors are %i pages each, a power of two as perf_event_open wants it', (processors, pages) => {
    expect(bpftraceEnvironment(0, processors).BPFTRACE_PERF_RB_PAGES).toBe(String(pages));
  });
});

describe('the maps of bpftrace', () => {
  it.each([
    [0, '16384'],
    [16_000, '16384'],
    [16_001, '65536'],
    [50_000, '65536'],
  ])('for %i slots have %s keys, under both names of the setting', (slot, keys) => {
    const { BPFTRACE_MAP_KEYS_MAX, BPFTRACE_MAX_MAP_KEYS } = bpftraceEnvironment(slot);
    expect([BPFTRACE_MAP_KEYS_MAX, BPFTRACE_MAX_MAP_KEYS]).toEqual([keys, keys]);
    expect(roomFor(slot)).toBeGreaterThanOrEqual(slot);
    expect(roomFor(slot)).toBeLessThan(Number(keys));
  });
});
