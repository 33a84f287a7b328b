import { describe, expect, it } from 'vitest';
import { RecentTouches } from '../../../../src/sensor/ebpf/recent-touches.js';

describe('recent touches', () => {
  let now = 0;
  const touches = () => {
    now = 0;
    return new RecentTouches(() => now);
  };

  it('knows who was told to have done what to which trap', () => {
    const recent = touches();
    recent.told(2, [812, 813], 'open');
    expect(recent.has(2, 812, 'open')).toBe(true);
    expect(recent.has(2, 813, 'open')).toBe(true);
    expect(recent.has(3, 812, 'open')).toBe(false);
    expect(recent.has(2, 812, 'read')).toBe(false);
    expect(recent.has(2, 814, 'open')).toBe(false);
  });

  it('remembers longer than the script stays silent about it, and no longer than a while', () => {
    const recent = touches();
    recent.told(2, [812], 'open');
    now = 10_500;
    expect(recent.has(2, 812, 'open')).toBe(true);
    now = 15_000;
    expect(recent.has(2, 812, 'open')).toBe(false);
  });

  it('counts the time from the last telling', () => {
    const recent = touches();
    recent.told(2, [812], 'open');
    now = 14_000;
    recent.told(2, [812], 'open');
    now = 28_000;
    expect(recent.has(2, 812, 'open')).toBe(true);
  });

  it('does not take a later process with the number for it', () => {
    const recent = touches();
    recent.told(2, [812], 'open', 5_000_000_001n);
    expect(recent.has(2, 812, 'open', { startedAtNs: 5_000_000_000n })).toBe(true);
    expect(recent.has(2, 812, 'open', { startedAtNs: 6_000_000_000n })).toBe(false);
  });

  it('knows what was told of a number since a time, for who is gone', () => {
    const recent = touches();
    recent.told(2, [812], 'open');
    expect(recent.has(2, 812, 'open', { sinceMs: 0 })).toBe(true);
    expect(recent.has(2, 812, 'open', { sinceMs: 1 })).toBe(false);
  });

  it('knows what the script told of anybody since a time', () => {
    const recent = touches();
    recent.told(2, [812], 'open');
    expect(recent.hasCounted(2, 'open', 0)).toBe(false);
    recent.countedByScript(2, 'open');
    expect(recent.hasCounted(2, 'open', 0)).toBe(true);
    expect(recent.hasCounted(2, 'open', 1)).toBe(false);
    expect(recent.hasCounted(2, 'read', 0)).toBe(false);
    expect(recent.hasCounted(3, 'open', 0)).toBe(false);
  });

  it('remembers the latest of a flood', () => {
    const recent = touches();
    for (let id = 1; id <= 30_000; id += 1) recent.told(2, [id], 'open');
    expect(recent.has(2, 1, 'open')).toBe(false);
    expect(recent.has(2, 30_000, 'open')).toBe(true);
    expect(recent.has(2, 15_000, 'open')).toBe(true);
  });
});
