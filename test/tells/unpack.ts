import { gunzipSync, inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { border } from './shared-strings.js';

/**
 * A file as a reader of it sees it: the parts of a zip and what is in a gzip or in the streams of a PDF,
 * one after the other; other files as they are. Throws for a broken zip or gzip.
 */
export function unpack(content: Uint8Array): Buffer {
  const file = Buffer.from(content);
  if (file.readUInt32BE(0) === 0x504b0304)
    return joined(Object.values(unzipSync(content)).map((part) => unpack(part)));
  if (file.readUInt16BE(0) === 0x1f8b) return unpack(gunzipSync(file));
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') return joined(pdfParts(file));
  if (file.subarray(0, 5).toString('latin1') === '<?xml') return joined(xmlValues(file));
  return file;
}

/**
 * Texts and values of attributes of an XML file. Names of elements and attributes, and their order, are the
 * schema's; only in a row of them would every file of the kind look alike.
 */
function xmlValues(file: Buffer): Buffer[] {
  const text = file.toString('latin1').replace(/^<\?xml.*?\?>/s, '');
  return [...text.matchAll(/"([^"]*)"|>([^<>]+)</g)].map(([, value, words]) =>
    Buffer.from(value ?? words ?? '', 'latin1'),
  );
}

/** Dictionaries and streams of a PDF; a stream that does not inflate (an image, a font as it is) stands as it is. */
function pdfParts(file: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const start = file.indexOf('stream', at);
    const end = start < 0 ? -1 : file.indexOf('endstream', start);
    if (end < 0) return [...parts, file.subarray(at)];
    const data = file.subarray(file[start + 6] === 0x0d ? start + 8 : start + 7, end);
    parts.push(file.subarray(at, start), inflated(data));
    at = end + 'endstream'.length;
  }
}

function inflated(data: Buffer): Buffer {
  try {
    return inflateSync(data);
  } catch {
    return data;
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from(border, 'latin1')]));
}

/** The times that the directory of a zip bears for its entries. */
export function zipTimes(content: Uint8Array): Date[] {
  const file = Buffer.from(content);
  const times: Date[] = [];
  const directory = Buffer.from('PK\x01\x02', 'latin1');
  for (let at = file.indexOf(directory); at >= 0; at = file.indexOf(directory, at + 4)) {
    const [time, date] = [file.readUInt16LE(at + 12), file.readUInt16LE(at + 14)];
    times.push(
      new Date(
        (date >> 9) + 1980,
        ((date >> 5) & 15) - 1,
        date & 31,
        time >> 11,
        (time >> 5) & 63,
        (time & 31) * 2,
      ),
    );
  }
  return times;
}
