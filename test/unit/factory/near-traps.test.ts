import { expect, test } from 'vitest';
import { nearTraps } from '../../../src/factory/near-traps.js';

const traps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'env',
    path: `/srv/${String(index).padStart(6, '0')}/.env`,
  }));

test('a trap may lead to every other one where they are few', () => {
  const all = traps(20);
  expect(nearTraps(all)('/srv/000003/.env')).toEqual(all);
});

test('of many it leads to those next to it and to some far away, each once', () => {
  const near = nearTraps(traps(50_000));
  for (const place of [0, 5, 25_000, 49_999]) {
    const path = `/srv/${String(place).padStart(6, '0')}/.env`;
    const paths = near(path).map((one) => one.path);
    expect(new Set(paths).size).toBe(24);
    expect(paths).toContain(path);
    const places = paths.map((one) => Number(one.slice(5, 11)));
    expect(places.filter((one) => Math.abs(one - place) <= 16).length).toBeGreaterThanOrEqual(16);
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(40_000);
  }
});
