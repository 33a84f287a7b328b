import { type Zippable, zipSync } from 'fflate';

/** What an office program knows of a document: shown in its properties, so it must agree with the file. */
export interface DocumentProperties {
  readonly title: string;
  readonly company: string;
  readonly creator: string;
  readonly lastModifiedBy: string;
  readonly createdAt: Date;
  /** The file's own time of change. */
  readonly modifiedAt: Date;
}

/**
 * A package of parts (ECMA-376 part 2), in the order given. No library writes its name into it. Zip has no
 * time zone and steps of two seconds: entries bear `modifiedAt` in the host's local time, as every
 * program that writes one does.
 */
export function officePackage(parts: Iterable<readonly [string, string]>, modifiedAt: Date): Uint8Array {
  const files: Zippable = {};
  for (const [name, xml] of parts) {
    // Microsoft's programs end the line of the declaration so, and write all the rest in one line.
    const text = xml.trim().replace(/^(<\?xml[^>]*\?>)\s*/, '$1\r\n');
    files[name] = [Buffer.from(text), { mtime: modifiedAt }];
  }
  return zipSync(files, { level: 6 });
}

/** A time as documents bear it: in UTC, without fractions of a second. */
export function inSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
