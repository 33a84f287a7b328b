import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import { TouchCheck } from '../../../../src/sensor/ebpf/touch-check.js';
import type { Slot } from '../../../../src/sensor/ebpf/trap-slots.js';
import { actor, passwords, touch } from '../../../support/touches.js';

const slot: Slot = { number: 2, kind: 'file', trap: passwords, path: passwords.path };

describe('a touch that the hooks tell of', () => {
  let isThere: boolean;
  let check: TouchCheck;
  beforeEach(() => {
    isThere = true;
    check = new TouchCheck({ isOurs: () => isThere }, () => 0n);
  });

  it('is sure while the file of the trap is there, and not when it is gone', () => {
    expect(check.isSure(slot, touch())).toBe(true);
    isThere = false;
    expect(check.isSure(slot, touch())).toBe(false);
  });

  it('goes for more touches of the same process, and of no other', () => {
    const other: Actor = { ...actor(), process: { pid: 99, startedAtNs: 5n } };
    expect(check.isSure(slot, touch({ actor: other }))).toBe(true);
    isThere = false;
    expect(check.isSure(slot, touch())).toBe(false);
    expect(check.isSure(slot, touch({ count: 3 }))).toBe(false);
    expect(check.isSure(slot, touch({ count: 3, actor: other }))).toBe(true);
    expect(check.isSure({ ...slot, number: 3 }, touch({ count: 3 }))).toBe(true);
  });
});
