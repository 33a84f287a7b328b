import { describe, expect, it } from 'vitest';
import { FollowedGroups, GroupRegistrations } from '../../../../../src/sensor/ebpf/follow/followed-groups.js';

describe('followed groups', () => {
  it('are as many as wanted, but never the whole host, nor without end', () => {
    const groups = new FollowedGroups();
    expect([0n, 1n, -5n, 1n << 64n].map((id) => groups.add(id))).toEqual([false, false, false, false]);
    for (let id = 2n; id < 1026n; id += 1n) expect(groups.add(id)).toBe(true);
    expect(groups.add(5000n)).toBe(false);
    expect(groups.add(2n)).toBe(true);
    expect(groups.remove(2n)).toBe(true);
    expect(groups.remove(2n)).toBe(false);
    expect(groups.add(5000n)).toBe(true);
    expect(groups.all).toHaveLength(1024);
  });

  it('are told again until the script has heard, in the last way that was wanted', () => {
    const told: unknown[] = [];
    const registrations = new GroupRegistrations({ followGroup: (...all) => told.push(all) });
    registrations.want(7n, true);
    registrations.tell(3);
    registrations.tell(3);
    registrations.want(7n, false);
    registrations.acknowledged(7n, true);
    expect(registrations.isComplete).toBe(false);
    registrations.tell(3);
    registrations.acknowledged(7n, false);
    registrations.tell(3);
    expect(registrations.isComplete).toBe(true);
    expect(told).toEqual([
      [3, 7n, true],
      [3, 7n, true],
      [3, 7n, false],
    ]);
  });
});
