import { describe, expect, it } from 'vitest';
import { delayCells, delays, type Followed } from '../../bench/line/stations.js';

const arrived = (afterMs: number): Followed => ({
  op: 'open',
  calledAt: 1_000_000n,
  stamps: { sensed: 1_000_000n, onDisk: 1_000_000n + BigInt(afterMs * 1e6) },
});
const lost: Followed = { op: 'open', calledAt: 1_000_000n, stamps: undefined };

describe('the delay of a touch', () => {
  it('counts from the system call', () => {
    expect(delays([arrived(3)], 'onDisk')).toEqual([3]);
  });

  it('is endless for a touch that never came, so that no quantile gets better by a loss', () => {
    const values = delays([...Array.from({ length: 98 }, () => arrived(2)), lost, lost], 'onDisk');
    expect(delayCells(values)).toEqual(['100', '2.00', '2.00', 'never', '2.00', 'never']);
  });

  it('is endless for a touch that was sensed and not written', () => {
    const sensed: Followed = { op: 'read', calledAt: 0n, stamps: { sensed: 5n } };
    expect(delays([sensed], 'onDisk')).toEqual([Number.POSITIVE_INFINITY]);
  });
});
