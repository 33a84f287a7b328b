import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uploadedFiles } from '../../../../../src/decoy/services/http/request-body.js';
import { requestText, targetOf } from '../../../../../src/decoy/services/http/request-target.js';
import { basicCredentials } from '../../../../../src/decoy/services/http/sign-in.js';

describe('the path of a request', () => {
  it('never leads out, whatever is asked for', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '..',
        '.',
        '%2e',
        '%2F',
        '%00',
        '%',
        '%zz',
        '%ff',
        '?',
        '#',
        'a',
        '\\',
        'http://a',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = targetOf(pieces.join(''))?.path;
        if (path === undefined) return;
        expect(path.startsWith('/')).toBe(true);
        expect(path.split('/')).not.toContain('..');
        expect(path).not.toContain('\0');
      }),
      { numRuns: 2000 },
    );
  });

  it('is the one that nginx looks for', () => {
    expect(targetOf('/a//b/./c/../d?x=1')).toEqual({ path: '/a/b/d', query: 'x=1' });
    expect(targetOf('http://host:80/api/%75sers#top')).toEqual({ path: '/api/users', query: '' });
    for (const none of ['', '*', 'host:80', '/..', '/a/../../b', '/%2e%2e/x', '/%00', '/%zz'])
      expect(targetOf(none)).toBeUndefined();
  });
});

it('passwords in an address are not told', () => {
  const request = (url: string) => ({ method: 'GET', url, headers: {} }) as IncomingMessage;
  expect(requestText(request('/x?a=1&Password=p=q&api_key=k'), 200)).toBe(
    'GET /x?a=1&Password=***&api_key=*** 200 -',
  );
  expect(requestText(request('/login?u=x'), 200)).toBe('GET /login?*** 200 -');
});

describe('the method Basic', () => {
  it('gives user and password, of which only the user has no colon', () => {
    fc.assert(
      fc.property(
        fc.string().filter((user) => !user.includes(':')),
        fc.string(),
        (user, password) => {
          const header = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
          expect(basicCredentials(header)).toEqual({ user, password });
        },
      ),
    );
  });

  it('takes anything else for no login', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void basicCredentials(text)));
    for (const none of [undefined, '', 'Basic', 'Basic !', 'Bearer abc', `Basic ${btoa('no colon')}`])
      expect(basicCredentials(none)).toBeUndefined();
  });
});

describe('files that are brought in', () => {
  const form = (boundary: string, parts: readonly string[]) =>
    Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`);

  it('are the parts of a form that have a name, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const content = Buffer.from(bytes).toString('latin1');
        const body = Buffer.concat([
          Buffer.from('--xyz\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n'),
          Buffer.from(content, 'latin1'),
          Buffer.from('\r\n--xyz--\r\n'),
        ]);
        const [file] = uploadedFiles(body, 'multipart/form-data; boundary=xyz', '/p');
        expect(file).toMatchObject({ name: 'a.bin', size: bytes.length });
      }),
    );
    const two = form('b', [
      'X: filename="one"\r\n\r\n1',
      'Y: name="note"\r\n\r\nno file',
      'X: filename=two\r\n\r\n22',
    ]);
    expect(
      uploadedFiles(two, 'multipart/form-data; boundary="b"', '/p').map(({ name, size }) => [name, size]),
    ).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
  });

  it('are the body where it is no form, and few whatever is sent', () => {
    expect(uploadedFiles(Buffer.from('abc'), 'application/x-sh', '/backups/upload')).toMatchObject([
      { name: '/backups/upload', size: 3 },
    ]);
    expect(uploadedFiles(Buffer.alloc(0), undefined, '/x')).toEqual([]);
    const many = form(
      'b',
      Array.from({ length: 5000 }, () => 'X: filename=a\r\n\r\nx'),
    );
    expect(uploadedFiles(many, 'multipart/form-data; boundary=b', '/p')).toHaveLength(16);
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, type) => {
        uploadedFiles(Buffer.from(bytes), `multipart/form-data; boundary=${type}`, '/p');
      }),
    );
  });
});
