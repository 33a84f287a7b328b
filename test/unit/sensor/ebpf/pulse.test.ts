import { describe, expect, it } from 'vitest';
import { Pulse } from '../../../../src/sensor/ebpf/pulse.js';

const second = 1_000_000_000n;

describe('pulse', () => {
  it('counts silence from the last line', () => {
    let now = 0;
    const pulse = new Pulse(() => now);
    now = 1500;
    expect(pulse.silentMs).toBe(1500);
    pulse.line();
    expect(pulse.silentMs).toBe(0);
  });

  it('is complete only up to the processor that is furthest behind', () => {
    const pulse = new Pulse();
    expect(pulse.completeUntilNs).toBeUndefined();
    pulse.heartbeat(0, 5n * second);
    pulse.heartbeat(1, 3n * second);
    expect(pulse.completeUntilNs).toBe(3n * second);
    pulse.heartbeat(1, 6n * second);
    expect(pulse.completeUntilNs).toBe(5n * second);
  });

  it('is complete up to nothing as long as a processor that printed has sent no heartbeat', () => {
    const pulse = new Pulse();
    pulse.printed(1);
    pulse.heartbeat(0, 60n * second);
    expect(pulse.completeUntilNs).toBeUndefined();
    pulse.heartbeat(1, 59n * second);
    pulse.printed(1);
    expect(pulse.completeUntilNs).toBe(59n * second);
  });

  it('does not wait for a processor that was switched off', () => {
    const pulse = new Pulse();
    pulse.heartbeat(0, 1n * second);
    pulse.heartbeat(1, 60n * second);
    expect(pulse.completeUntilNs).toBe(60n * second);
  });
});
