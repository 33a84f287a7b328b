import { describe, expect, it } from 'vitest';
import type { TouchOp } from '../../../../src/core/touch.js';
import { WaitingEvents } from '../../../../src/sensor/ebpf/waiting-events.js';

describe('events of fanotify that wait for the script', () => {
  const event = (op: TouchOp, threadId: number, processId?: number) => ({
    op,
    event: { id: 1, threadId, ...(processId !== undefined && { owner: { processId } }) },
  });

  it('are found by their process, or by their thread where the process is not known', () => {
    const waiting = new WaitingEvents();
    const [ofThread, ofProcess, other] = [event('open', 7), event('open', 8, 5), event('read', 7)];
    for (const one of [ofThread, ofProcess, other]) waiting.add(one);
    expect(waiting.of(1, [7], 'open')).toEqual([ofThread]);
    expect(waiting.of(1, [5, 8], 'open')).toEqual([ofProcess]);
    expect(waiting.of(1, [8], 'open')).toEqual([]);
    expect(waiting.of(2, [7], 'open')).toEqual([]);
    expect([...waiting]).toEqual([ofThread, ofProcess, other]);
  });

  it('of one actor are told apart, and are gone when they are taken out', () => {
    const waiting = new WaitingEvents();
    const [first, second] = [event('open', 7), event('open', 7)];
    waiting.add(first);
    waiting.add(second);
    expect(waiting.of(1, [7, 7], 'open')).toEqual([first, second]);
    expect(waiting.delete(first)).toBe(true);
    expect(waiting.delete(first)).toBe(false);
    expect(waiting.of(1, [7], 'open')).toEqual([second]);
    expect(waiting.size).toBe(1);
    expect(waiting.has(first)).toBe(false);
  });
});
