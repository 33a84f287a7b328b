import { randomInt } from 'node:crypto';
import { type DocumentProperties, inSeconds, officePackage } from './office-package.js';
import type { Templates } from './templates.js';

/** What Word would know of a document. */
export interface WordProperties extends DocumentProperties {
  /** Times it was saved, and minutes it was open. */
  readonly revision: number;
  readonly editingMinutes: number;
}

// In the order in which Word itself writes them.
const parts = [
  '[Content_Types].xml',
  '_rels/.rels',
  'word/document.xml',
  'word/_rels/document.xml.rels',
  'word/footer1.xml',
  'word/theme/theme1.xml',
  'word/settings.xml',
  'word/styles.xml',
  'word/webSettings.xml',
  'word/fontTable.xml',
  'docProps/core.xml',
  'docProps/app.xml',
];

/** Builds a Word document from the templates of its parts below `folder`. */
export function wordDocument(
  templates: Templates,
  folder: string,
  properties: WordProperties,
  values: object,
): Uint8Array {
  const revisions = revisionIds(Math.min(properties.revision, 3 + randomInt(24)));
  const common = {
    ...values,
    properties,
    createdAt: inSeconds(properties.createdAt),
    modifiedAt: inSeconds(properties.modifiedAt),
    revisions,
    rsid: () => revisions[randomInt(revisions.length)],
    paragraphId,
    // Word lists them in the order of a hash table of its own.
    relations: shuffled(['1', '2', '3', '4', '5', '6']),
  };
  const body = templates.xml(`${folder}/word/document.xml.njk`, common);
  const statistics = statisticsOf(body);
  const rendered = parts.map((part): [string, string] => {
    if (part === 'word/document.xml') return [part, body];
    const template = part.includes('/theme/') ? 'office/theme1.xml.njk' : `${folder}/${part}.njk`;
    return [part, templates.xml(template, { ...common, statistics })];
  });
  return officePackage(rendered, properties.modifiedAt);
}

// Word draws them at random in each editing session, below 0x01000000, and lists them sorted; there are
// never more than it was saved times.
function revisionIds(count: number): string[] {
  const ids = Array.from({ length: count }, () => randomInt(0x0001_0000, 0x00ff_ffff));
  return ids.sort((one, other) => one - other).map((id) => id.toString(16).toUpperCase().padStart(8, '0'));
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const rest = [...items];
  return items.map(() => rest.splice(randomInt(rest.length), 1)[0] as Item);
}

// ISO/IEC 29500 extension w14:paraId: below 0x80000000.
function paragraphId(): string {
  return randomInt(0x0100_0000, 0x7fff_ffff).toString(16).toUpperCase().padStart(8, '0');
}

function statisticsOf(body: string) {
  const paragraphs = [...body.matchAll(/<w:p .*?<\/w:p>/gs)]
    .map(([paragraph]) => [...paragraph.matchAll(/<w:t[^>]*>([^<]*)</g)].map(([, text]) => text).join(''))
    .filter((text) => text !== '');
  const text = paragraphs.join(' ');
  const characters = text.replaceAll(/\s/g, '').length;
  return {
    words: text.split(/\s+/).length,
    characters,
    charactersWithSpaces: text.length - paragraphs.length + 1,
    paragraphs: paragraphs.length,
    lines: paragraphs.length + randomInt(2, 9),
    pages: Math.max(1, Math.ceil(paragraphs.length / 210)),
  };
}
