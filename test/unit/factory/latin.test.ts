import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latin } from '../../../src/factory/latin.js';
import { namesIn } from '../../../src/factory/person-name.js';

test.each([
  ['Müller', 'mueller'],
  ['Groß', 'gross'],
  ['Björn', 'bjoern'],
  ['René', 'rene'],
  ["O'Brien", 'obrien'],
  ['Hans-Peter', 'hans-peter'],
  ['Щербаков', 'shcherbakov'],
  ['Воробьёв', 'vorobev'],
  ['Юрий', 'yuriy'],
  ['Цветкова', 'tsvetkova'],
  ['Хохлов', 'khokhlov'],
])('%s is spelled %s in logins and domains', (name, spelled) => {
  expect(latin(name)).toBe(spelled);
});

test('nothing but small letters, digits and dashes is left of any name', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => /^[a-z0-9-]*$/.test(latin(name))));
});

describe.each(Object.entries(namesIn))('names in %s', (_locale, names) => {
  test('there are enough, each once, and each can be spelled', () => {
    const lists: [readonly string[], number][] = [
      [names.surnames, 100],
      [names.female, 45],
      [names.male, 45],
    ];
    for (const [list, least] of lists) {
      expect(list.length).toBeGreaterThanOrEqual(least);
      expect(new Set(list).size).toBe(list.length);
      for (const name of list) expect(latin(name).length).toBeGreaterThan(1);
    }
  });
});

test.each([
  ['Щербаков', 'Щербакова'],
  ['Киселёв', 'Киселёва'],
  ['Зимин', 'Зимина'],
  ['Троицкий', 'Троицкая'],
  ['Дубровский', 'Дубровская'],
  ['Шевченко', 'Шевченко'],
  ['Мельник', 'Мельник'],
])('a woman of the family %s is %s', (surname, hers) => {
  expect(namesIn.ru.feminine?.(surname)).toBe(hers);
});
