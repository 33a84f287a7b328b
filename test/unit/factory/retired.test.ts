import { expect, test } from 'vitest';
import { type TrapEntry, withoutOldest } from '../../../src/factory/registry.js';

const entry = (id: string, retiredAt?: string) => ({ id, ...(retiredAt && { retiredAt }) }) as TrapEntry;

test('of retired traps the oldest are forgotten beyond the bound, never one that lies there', () => {
  const entries = [
    entry('a', '2024-01-03T00:00:00Z'),
    entry('b'),
    entry('c', '2024-01-01T00:00:00Z'),
    entry('d', '2024-01-02T00:00:00Z'),
    entry('e', '2024-01-01T00:00:00Z'),
  ];
  const left = (most: number) => withoutOldest(entries, most).map(({ id }) => id);
  expect(left(4)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(left(3)).toEqual(['a', 'b', 'd', 'e']);
  expect(left(2)).toEqual(['a', 'b', 'd']);
  expect(left(0)).toEqual(['b']);
});
