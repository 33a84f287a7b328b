import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRuleBook } from '../../../src/attack/load-rules.js';
import { techniqueMatcher } from '../../../src/core/technique-matcher.js';
import { labelledSet } from '../../bench/techniques/labelled-set.js';
import { scoreRules } from '../../bench/techniques/score.js';

const book = await readRuleBook(fileURLToPath(new URL('../../../resources/attack', import.meta.url)));
const set = await labelledSet();

test('the labelled set has 300 events and names only techniques of the table', () => {
  expect(set.length).toBeGreaterThanOrEqual(300);
  expect(set.flatMap(({ expected }) => expected).filter((id) => !book.techniques.has(id))).toEqual([]);
});

test('precision and recall on the labelled set stay above nine in ten', () => {
  const rules = { attackVersion: book.attackVersion, match: techniqueMatcher(book.rules, book.techniques) };
  const { all } = scoreRules(rules, set, () => []);
  expect(all.precision).toBeGreaterThanOrEqual(0.9);
  expect(all.recall).toBeGreaterThanOrEqual(0.9);
});
