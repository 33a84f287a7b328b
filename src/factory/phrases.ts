import type { Faker } from '@faker-js/faker';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Locale } from './persona.js';
import type { Templates } from './templates.js';

const file = z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]));

/** Texts of a document in one language; `{name}` in a text is replaced by the value of that name. */
export type Phrases = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * The texts of `traps/<folder>/<locale>.yaml`. Where a text has several wordings, the story chooses one for
 * the whole document. Throws for a key or a value that is missing.
 */
export function phrasesOf(templates: Templates, folder: string, locale: Locale, story: Faker): Phrases {
  const texts = file.parse(parse(templates.text(`${folder}/${locale}.yaml`, {})));
  const chosen = new Map(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string' ? text : story.helpers.arrayElement(text),
    ]),
  );
  return (key, values = {}) => {
    const text = chosen.get(key);
    if (text === undefined) throw new Error(`${folder}/${locale}.yaml has no text for ${key}`);
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${folder}/${locale}.yaml: ${key} wants a value ${name}`);
      return String(value);
    });
  };
}
