import { expect, it } from 'vitest';
import { WarmPool } from '../../../src/sandbox/docker/warm-pool.js';
import { until } from '../../support/until.js';

function pool(size: number, { keepMs = 60_000, fail = 0 } = {}) {
  const removed: string[] = [];
  let made = 0;
  const warm = new WarmPool({
    size,
    keepMs,
    make: async () => {
      if (fail-- > 0) throw new Error('no engine');
      made += 1;
      return { id: `c${made}`, image: 'i', madeAt: performance.now(), staffed: Promise.resolve() };
    },
    remove: async (id) => {
      removed.push(id);
    },
  });
  return { warm, removed };
}

it('keeps as many ready as it was told, and fills up what was taken', async () => {
  const { warm, removed } = pool(2);
  await Promise.all([warm.fill(), warm.fill()]);
  expect(warm.ids).toEqual(['c1', 'c2']);
  expect(warm.take()?.id).toBe('c1');
  await warm.fill();
  expect(warm.ids).toEqual(['c2', 'c3']);
  await warm.close();
  expect(removed).toEqual(['c2', 'c3']);
});

it('makes none where none is wanted', async () => {
  const { warm } = pool(0);
  await warm.fill();
  expect(warm.take()).toBeUndefined();
});

it('can be filled again after a failure', async () => {
  const { warm } = pool(1, { fail: 1 });
  await expect(warm.fill()).rejects.toThrow('no engine');
  await warm.fill();
  expect(warm.ids).toEqual(['c1']);
  await warm.close();
});

it('makes one anew that nobody asked for in time', async () => {
  const { warm, removed } = pool(1, { keepMs: 1 });
  await warm.fill();
  await until('the old one is removed', () => removed.includes('c1') && warm.ids.includes('c2'));
  await warm.close();
});

it('makes no more once it is closed', async () => {
  const { warm, removed } = pool(1);
  const filling = warm.fill();
  await warm.close();
  await filling;
  expect(warm.ids).toEqual([]);
  expect(removed).toEqual(['c1']);
});
