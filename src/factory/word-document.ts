import { randomInt } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import type { Templates } from './templates.js';

/** What Word would know of a document: shown in its properties, so it must agree with the file. */
export interface WordProperties {
  readonly title: string;
  readonly company: string;
  readonly creator: string;
  readonly lastModifiedBy: string;
  readonly createdAt: Date;
  /** The file's own time of change. */
  readonly modifiedAt: Date;
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
  'word/settings.xml',
  'word/styles.xml',
  'word/webSettings.xml',
  'word/fontTable.xml',
  'docProps/core.xml',
  'docProps/app.xml',
];

/**
 * Builds a Word document from the templates of its parts below `folder`. No library writes its name into it. Zip has no
 * time zone and steps of two seconds: entries bear `modifiedAt` in the host's local time, as every
 * program that writes one does.
 */
export function wordDocument(
  templates: Templates,
  folder: string,
  properties: WordProperties,
  values: object,
): Uint8Array {
  const revisions = Array.from({ length: Math.min(properties.revision, 8) }, () => revisionId());
  const common = {
    ...values,
    properties,
    createdAt: inSeconds(properties.createdAt),
    modifiedAt: inSeconds(properties.modifiedAt),
    revisions,
    rsid: () => revisions[randomInt(revisions.length)],
    paragraphId,
  };
  const body = templates.xml(`${folder}/word/document.xml.njk`, common);
  const statistics = statisticsOf(body);
  const files: Zippable = {};
  for (const part of parts) {
    const xml =
      part === 'word/document.xml' ? body : templates.xml(`${folder}/${part}.njk`, { ...common, statistics });
    files[part] = [Buffer.from(xml.trim()), { mtime: properties.modifiedAt }];
  }
  return zipSync(files, { level: 6 });
}

function inSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

// Word draws them at random in each editing session; the first byte is 00.
function revisionId(): string {
  return randomInt(0x0010_0000, 0x00ff_ffff).toString(16).toUpperCase().padStart(8, '0');
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
    lines: paragraphs.length + 4,
  };
}
