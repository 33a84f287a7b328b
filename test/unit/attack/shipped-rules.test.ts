import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleEvent } from '../../../src/attack/example.js';
import { readRuleBook } from '../../../src/attack/load-rules.js';
import { techniqueMatcher } from '../../../src/core/technique-matcher.js';

const folder = fileURLToPath(new URL('../../../resources/attack', import.meta.url));
const book = await readRuleBook(folder);

describe.each(book.rules)('rule "$name" of $file', (rule) => {
  const match = techniqueMatcher([rule], book.techniques);
  const told = (example: (typeof rule.true)[number]) =>
    match(exampleEvent(example)).map(({ technique }) => technique.id);

  test.each(
    rule.true.map((example) => [JSON.stringify(example), example] as const),
  )('holds of %s', (_, example) => {
    expect(told(example)).toEqual(rule.techniques);
  });

  test.each(
    rule.false.map((example) => [JSON.stringify(example), example] as const),
  )('holds not of %s', (_, example) => {
    expect(told(example)).toEqual([]);
  });
});

test('at least 60 techniques are covered, and every technique of the table by a rule', () => {
  const named = new Set(book.rules.flatMap(({ techniques }) => techniques));
  expect(named.size).toBeGreaterThanOrEqual(60);
  expect([...book.techniques.keys()].filter((id) => !named.has(id))).toEqual([]);
});

test('every rule has an example at least of both, and nearly all have two', () => {
  const few = book.rules.filter((rule) => rule.true.length < 2 || rule.false.length < 2);
  expect(few.map(({ name }) => name)).toEqual([]);
});
