import { beforeAll, expect, test } from 'vitest';
import { kinds } from '../../../src/factory/kinds.js';
import { type Locale, locales } from '../../../src/factory/persona.js';
import { describeWith } from '../../support/requirements.js';
import { type Making, twentyOf } from '../../tells/making.js';
import { programsOf, type Reference, referenceFor } from '../../tells/references.js';
import { sharedStrings } from '../../tells/shared-strings.js';
import { unpack, zipTimes } from '../../tells/unpack.js';

// As the libraries and this project write themselves.
const names =
  /phantom|Phantom|honeypot|canary|Faker|faker\.js|nunjucks|fflate|PDFKit|pdfkit|KdbxWeb|kdbxweb|sql\.js|Un-named|peculiar/;
/** Kinds that tell nothing in words: their makings take long and are the same in every language. */
const wordless = new Set(['gcp-service-account', 'jwt-key', 'keepass', 'ssh-key', 'tls-key']);
const cases = Object.values(kinds).flatMap((kind) =>
  (wordless.has(kind.name) ? (['en'] as const) : locales).map((locale) => [kind, locale] as const),
);
const named = cases.map(([kind, locale]): [string, Locale, (typeof cases)[number][0]] => [
  kind.name,
  locale,
  kind,
]);

for (const [name, locale, kind] of named) {
  describeWith(programsOf(name), `${name} of 20 personas in ${locale}`, () => {
    let makings: Making[];
    let reference: Reference;
    beforeAll(async () => {
      reference = await referenceFor(name);
      makings = await twentyOf(kind, locale);
    });

    test('shares no string of 8 bytes that real files of the kind do not', () => {
      const found = (makings[0]?.files ?? []).flatMap((_, place) =>
        sharedStrings(
          makings.map(({ files }) => files[place] as Buffer),
          reference.texts,
        ),
      );
      // As text, so that the report can be read; see docs/traps.md for what to do about one.
      expect(found.map((string) => Buffer.from(string, 'latin1').toString())).toEqual([]);
    });

    test('has no size that repeats more than chance makes it', () => {
      if (reference.sizeReason) return;
      const sizes = new Map<number, number>();
      for (const { material } of makings)
        sizes.set(material.content.length, (sizes.get(material.content.length) ?? 0) + 1);
      // Of 20 sizes spread over 100 bytes, five are the same once in 6,000 runs.
      expect([...sizes].filter(([, times]) => times > 4)).toEqual([]);
      expect(sizes.size).toBeGreaterThan(10);
    });

    test('bears the name of no library, and no secret of another', () => {
      const secrets = makings.flatMap(({ material }) => material.secrets.map(({ value }) => value));
      expect(new Set(secrets).size).toBe(secrets.length);
      for (const { files, material } of makings) {
        for (const text of [...files, Buffer.from(material.content)])
          expect(text.toString('latin1')).not.toMatch(names);
      }
    });

    test('a zip bears the time of its last change, not of 1980', () => {
      for (const { material } of makings)
        for (const time of zipTimes(material.content)) {
          expect(time.getFullYear()).toBeGreaterThan(2000);
          expect(time.getTime()).toBeLessThan(Date.now());
        }
    });
  });
}

test('the search finds a marker in one part of a packed file', () => {
  const texts = ['alpha MARKER-1 one', 'beta two MARKER-1', 'MARKER-1 three gamma'].map((text) =>
    Buffer.from(text),
  );
  expect(sharedStrings(texts)).toEqual(['MARKER-1']);
  expect(sharedStrings(texts, [Buffer.from('a real one has MARKER-1 too')])).toEqual([]);
  expect(unpack(Buffer.from('plain text'))).toEqual(Buffer.from('plain text'));
});
