import { describe, expect, it } from 'vitest';
import { fewAtATime } from '../../../src/process/few-at-a-time.js';
import { settled } from '../../support/fake-clock.js';

describe('fewAtATime', () => {
  it('runs as many as it may, and the next when one has ended in any way', async () => {
    const few = fewAtATime(2);
    const ends: ((failed: boolean) => void)[] = [];
    const work = () =>
      few(
        () =>
          new Promise<void>((resolve, reject) => {
            ends.push((failed) => (failed ? reject(new Error('no')) : resolve()));
          }),
      );
    const all = [work(), work(), work(), work()].map((one) => one.catch(() => 'failed'));
    await settled();
    expect(ends).toHaveLength(2);
    ends[0]?.(true);
    await settled();
    expect(ends).toHaveLength(3);
    ends[1]?.(false);
    ends[2]?.(false);
    await settled();
    ends[3]?.(false);
    expect(await Promise.all(all)).toEqual(['failed', undefined, undefined, undefined]);
  });
});
