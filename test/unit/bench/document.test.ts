import { expect, it } from 'vitest';
import { type Outcome, renderDocument } from '../../bench/document.js';
import type { Item } from '../../bench/item.js';

const item = (name: string): Item => ({
  name,
  title: `About ${name}`,
  how: `How ${name} is measured.`,
  measure: async () => ({ tables: [] }),
});
const [first, second] = [item('one'), item('two')] as const;
const outcome = (of: Item, value: string): Outcome => ({
  item: of,
  result: { tables: [{ columns: ['ms'], rows: [[value]] }] },
  circumstances: `Measured at ${value}.`,
});

it('replaces the sections that were measured and keeps the others as they are', () => {
  const before = renderDocument('', [outcome(first, '1'), outcome(second, '2')], [first, second]);
  const after = renderDocument(before, [outcome(second, '3')], [first, second]);
  expect(after).toBe(before.replaceAll('2', '3'));
  expect(renderDocument(after, [outcome(second, '2')], [first, second])).toBe(before);
});

it('forgets an item that is measured no more', () => {
  const before = renderDocument('', [outcome(first, '1'), outcome(second, '2')], [first, second]);
  expect(renderDocument(before, [], [second])).not.toContain('About one');
});
