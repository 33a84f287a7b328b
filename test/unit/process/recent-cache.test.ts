import { beforeEach, describe, expect, it } from 'vitest';
import { RecentCache } from '../../../src/process/recent-cache.js';

describe('RecentCache', () => {
  let now: number;
  let asked: string[];
  let cache: RecentCache<Promise<string>>;
  beforeEach(() => {
    now = 0;
    asked = [];
    cache = new RecentCache({ maxEntries: 2, maxAgeMs: 1000, nowMs: () => now });
  });
  const get = (key: string) =>
    cache.get(key, async () => {
      asked.push(key);
      return key;
    });

  it('asks once for what many want at one time', async () => {
    expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual(['a', 'a', 'a']);
    expect(asked).toEqual(['a']);
  });

  it('asks again when the answer has grown old', async () => {
    await get('a');
    now += 999;
    await get('a');
    expect(asked).toEqual(['a']);
    now += 1;
    await get('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('stays within its size and lets the least recently used go', async () => {
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    expect(cache.size).toBe(2);
  });
});
