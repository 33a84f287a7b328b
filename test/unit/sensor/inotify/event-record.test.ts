import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord, recordSeparator } from '../../../../src/sensor/inotify/event-record.js';

// The fields as `inotifywait --format` fills them in, with the line feed it adds.
const printed = (watched: string, entry: string, events: string) => `${watched}\0/${entry}\0/${events}\0\n`;

const nameByte = fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte));
const path = fc.array(nameByte, { maxLength: 30 }).map((bytes) => `/${bytes.join('')}`);
const name = fc.array(nameByte, { maxLength: 30 }).map((bytes) => bytes.join('').replaceAll('/', ''));

describe('parseRecord', () => {
  it('finds every event again in what names of any bytes were printed into', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(path, name, fc.constantFrom('OPEN', 'OPEN,ISDIR', 'CLOSE_WRITE,CLOSE'))),
        (events) => {
          const output = events.map(([watched, entry, what]) => printed(watched, entry, what)).join('');
          const records = output.split(recordSeparator).slice(0, -1).map(parseRecord);
          expect(records).toEqual(
            events.map(([watched, entry, what]) => ({ watched, entry, events: new Set(what.split(',')) })),
          );
        },
      ),
    );
  });

  it('reads the records after a damaged one', () => {
    const output = `garbage\0\0\n\0x${printed('/a', '', 'OPEN')}${printed('/b', '', 'ACCESS')}`;
    const records = output.split(recordSeparator).map(parseRecord);
    expect(records.map((record) => record?.watched)).toEqual([undefined, undefined, '/b', undefined]);
  });

  it('reads an overflow, which has no path', () => {
    expect(parseRecord('\0/\0/Q_OVERFLOW')).toEqual({
      watched: '',
      entry: '',
      events: new Set(['Q_OVERFLOW']),
    });
  });

  it.each([
    '',
    '/a',
    '/a\0/',
    '/a\0/\0/',
    '/a\0/\0OPEN',
    '/a\0b\0/OPEN',
    '/a\0/\0/open',
    '/a\0/\0/OPEN\0/',
  ])('refuses %j', (record) => {
    expect(parseRecord(record)).toBeUndefined();
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseRecord(text)));
  });
});
