import { expect, it } from 'vitest';
import { lastLogLine } from '../../../src/sandbox/docker/container-log.js';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

it('gives the last line of both streams without frame headers', () => {
  const log = Buffer.concat([frame(1, 'one\ntwo\n'), frame(2, 'httpd: bind: Address already in use\n')]);
  expect(lastLogLine(log)).toBe('httpd: bind: Address already in use');
});

it('makes control bytes of a container visible', () => {
  expect(lastLogLine(frame(2, 'a\u001b[31mb\n'))).toBe('a\\x1b[31mb');
});

it('is empty for an empty or cut log', () => {
  expect(lastLogLine(Buffer.alloc(0))).toBe('');
  expect(lastLogLine(frame(1, 'x').subarray(0, 5))).toBe('');
});
