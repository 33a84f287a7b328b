import { expect, test } from 'vitest';
import { passwordWords } from '../../../src/factory/password-words.js';
import { locales } from '../../../src/factory/persona.js';
import { inventedPassword } from '../../../src/factory/secrets.js';

test.each(locales)('people of %s have hundreds of words for passwords, in plain letters', (locale) => {
  const words = passwordWords(locale);
  expect(words.length).toBeGreaterThan(300);
  for (const word of words) expect(word).toMatch(/^[A-Z][a-z]{3,9}$/);
});

test.each(locales)('passwords of %s are long, typed on any keyboard, and never the same', (locale) => {
  const drawn = Array.from({ length: 500 }, () => inventedPassword(locale));
  expect(new Set(drawn).size).toBe(drawn.length);
  for (const password of drawn) expect(password).toMatch(/^[\w!#*?@$.-]{10,40}$/);
  // Which shapes there are: letters, digits and marks in a row count as one each.
  const shapes = new Set(drawn.map((one) => one.replaceAll(/[a-z]+/gi, 'w').replaceAll(/\d+/g, '0')));
  expect(shapes.size).toBeGreaterThan(12);
});
