import { connect } from 'node:net';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeHttpService } from '../../../src/decoy/services/http/http-service.js';
import { ServedDecoy } from '../../support/decoy-desk.js';
import { decoySettings } from '../../support/decoy-settings.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { chunked } from '../../unit/decoy/services/chunked.js';

const login = { id: 'login-1', service: 'http', user: 'odiaz', password: 'Sommer-2024' } as const;
const namesake = { ...login, id: 'login-2', password: 'other:with colon' };
const decoy = new ServedDecoy([login, namesake]);
const basic = ['-u', `${login.user}:${login.password}`];
const browser = ['-H', 'Accept: text/html,application/xhtml+xml'];

let port: number;
let url: string;
beforeAll(async () => {
  port = await decoy.serve(makeHttpService(decoySettings));
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => decoy.close());
afterEach(() => void decoy.take());

const curl = async (path: string, ...args: string[]) =>
  (await execa('curl', ['-sS', '--path-as-is', ...args, `${url}${path}`])).stdout;
/** First line and names of the headers in their order, and the body. */
async function response(path: string, ...args: string[]) {
  const text = await curl(path, '-i', ...args);
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n\n');
  const [first, ...headers] = head.split('\n');
  return { first, headers, names: headers.map((line) => line.split(':')[0]), body: rest.join('\n\n') };
}

/** What comes back for these bytes, until the connection ends or, for a while, is silent. */
async function raw(...pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    answer += text;
  });
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  socket.setTimeout(700, () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

describeWith(['curl'], 'the admin console', () => {
  it.each([
    'admin',
    'status',
    'api/health',
    'api/v1/users',
    'export',
    'login',
    '',
  ])('lets the command of a trap in: curl -u LOGIN %s', async (path) => {
    const { first } = await response(`/${path}`, ...basic);
    expect(first).toMatch(/^HTTP\/1\.1 (?:200 OK|302 Found)$/);
    await until('the request', () => decoy.told.length === 2);
    expect(decoy.take()).toEqual(['admitted login-1', expect.stringMatching(`^request GET /${path} `)]);
  });

  it('lets in whoever waits to be asked, as wget does', async () => {
    const { first, headers } = await response('/api/v1/users');
    expect(first).toBe('HTTP/1.1 401 Unauthorized');
    expect(headers).toContain('WWW-Authenticate: Basic realm="dispatch"');
    expect((await response('/')).headers).toContain('WWW-Authenticate: Basic realm="dispatch"');
    expect(JSON.parse(await curl('/api/v1/users', '--anyauth', ...basic)).users[0].login).toBe('jmiller');
  });

  it('tells logins with one user name apart by their passwords', async () => {
    await curl('/api/health', '-u', `${namesake.user}:${namesake.password}`);
    expect(decoy.take()[0]).toBe('admitted login-2');
  });

  it('shows a browser its form, then its pages', async () => {
    expect((await response('/users', ...browser)).headers).toContain('Location: /login?next=%2Fusers');
    const form = await curl('/login?next=/users', ...browser);
    expect(form).toContain('name="next" value="/users"');
    const data = `username=${login.user}&password=${login.password}&next=/users`;
    const { first, headers } = await response('/login', '-d', data);
    expect(first).toBe('HTTP/1.1 302 Found');
    expect(headers).toContain('Location: /users');
    const cookie = headers.find((line) => line.startsWith('Set-Cookie'))?.slice('Set-Cookie: '.length);
    expect(cookie).toMatch(/^console_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    decoy.take();
    const inside = ['-b', String(cookie).split(';')[0] as string];
    for (const path of ['/', '/hosts', '/backups', '/settings', '/users'])
      expect(await curl(path, ...browser, ...inside)).toContain('odiaz <a href="/logout">');
    expect(await curl('/users', ...inside)).toContain('Tom &quot;T&quot; O&#39;Neil, Jr.');
    expect(await curl('/export.csv', ...inside)).toContain('toneil,"Tom ""T"" O\'Neil, Jr.",Sales');
    expect(await curl('/settings', ...inside)).toContain('postgres://dispatch_app:********@db01');
    // Once a connection, before anything else of it.
    const told = decoy.take();
    expect(told.filter((line) => line === 'admitted login-1')).toHaveLength(8);
    expect(told[0]).toBe('admitted login-1');
    await curl('/logout', ...inside);
    expect((await response('/hosts', ...browser, ...inside)).first).toBe('HTTP/1.1 302 Found');
  });

  it('ends the session of a login that no trap has any more', async () => {
    const rotated = { ...login, id: 'login-3', user: 'rotated' };
    decoy.logins.push(rotated);
    const { headers } = await response('/login', '-d', `username=rotated&password=${login.password}`);
    const cookie = /console_session=[^;]+/.exec(headers.join('\n'))?.[0] as string;
    expect((await response('/', '-b', cookie)).first).toBe('HTTP/1.1 200 OK');
    decoy.logins.splice(decoy.logins.indexOf(rotated), 1);
    expect((await response('/', '-b', cookie)).first).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('refuses wrong logins in the same words and time, whether there is such a user or not', async () => {
    const times: Record<string, number[]> = { odiaz: [], nobody: [] };
    const bodies = new Set<string>();
    for (let round = 0; round < 8; round += 1)
      for (const user of ['odiaz', 'nobody']) {
        const begin = performance.now();
        const { body } = await response('/login', '-d', `username=${user}&password=wrong${round}`);
        times[user]?.push(performance.now() - begin);
        bodies.add(body);
      }
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toContain('User name or password is wrong.');
    for (const all of Object.values(times)) expect(Math.min(...all)).toBeGreaterThan(85);
    expect(decoy.told.filter((line) => line === 'refused nobody form')).toHaveLength(8);
    expect(decoy.told.filter((line) => line.startsWith('admitted'))).toEqual([]);
    await response('/login', '-d', `username=${'x'.repeat(100_000)}%1b&password=x`);
    expect(decoy.take()).toContain(`refused ${'x'.repeat(256)} form`);
    expect((await response('/api/health', '-u', 'odiaz:')).first).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('tells what was asked for, without passwords', async () => {
    await curl('/login?user=a&password=secret', '-A', 'sqlmap/1.7');
    await curl('/api/v1/users?sort=name&token=secret', ...basic);
    await until('both', () => decoy.told.filter((line) => line.startsWith('request')).length === 2);
    const told = decoy.take().join('\n');
    expect(told).toContain('request GET /login?*** 200 sqlmap/1.7');
    expect(told).toContain('request GET /api/v1/users?sort=name&token=*** 200 curl/');
    expect(told).not.toContain('secret');
    expect(told).not.toContain(login.password);
  });

  it('tells files that are brought in, by hash', async () => {
    const sent = await execa(
      'curl',
      ['-sS', ...basic, '-F', 'archive=@-;filename=x.sh', '-F', 'note=1', `${url}/backups/upload`],
      { input: '#!/bin/sh\r\nid\n' },
    );
    expect(JSON.parse(sent.stdout)).toEqual({ status: 'queued', files: [{ name: 'x.sh', size: 14 }] });
    const sha256 = (await execa('sha256sum', { input: '#!/bin/sh\r\nid\n' })).stdout.slice(0, 64);
    expect(decoy.take()).toContain(`upload x.sh (14 bytes, sha256 ${sha256})`);
  });

  it.each(['en', 'de', 'ru'] as const)('speaks the language of its story: %s', async (locale) => {
    const other = new ServedDecoy([login]);
    const story = { ...decoySettings.story, locale };
    const otherPort = await other.serve(makeHttpService({ ...decoySettings, story }));
    const word = { en: 'Overview', de: 'Übersicht', ru: 'Обзор' }[locale];
    const { stdout } = await execa('curl', ['-sS', ...basic, `http://127.0.0.1:${otherPort}/`]);
    other.close();
    expect(stdout).toContain(`<title>${word} · `);
  });
});

describeWith(['curl'], 'nginx in front of it', () => {
  const own = ['Server', 'Date', 'Content-Type', 'Content-Length', 'Connection'];

  // Measured of nginx 1.22.1 of Debian 12: order of headers, bytes of pages.
  it.each([
    ['/.env', [], '404 Not Found', 153],
    ['/.git/config', [], '404 Not Found', 153],
    ['/wp-login.php', [], '404 Not Found', 153],
    ['/phpmyadmin/', [], '404 Not Found', 153],
    ['/.env', ['-A', 'Mozilla/5.0 Chrome/120.0'], '404 Not Found', 555],
    ['/robots.txt', ['-X', 'POST'], '405 Not Allowed', 157],
    ['/', ['-X', 'TRACE'], '405 Not Allowed', 157],
    ['/../../etc/passwd', [], '400 Bad Request', 157],
    ['/a%00b', [], '400 Bad Request', 157],
    ['/', ['-H', 'Host:'], '400 Bad Request', 157],
    ['/', ['-H', `X: ${'a'.repeat(9000)}`], '400 Bad Request', 233],
    [`/${'a'.repeat(9000)}`, [], '414 Request-URI Too Large', 177],
  ])('answers as nginx does: %s %j', async (path, args, status, bytes) => {
    const { first, names, headers } = await response(path, ...args);
    expect(first).toBe(`HTTP/1.1 ${status}`);
    expect(names).toEqual(own);
    expect(headers).toContain('Server: nginx/1.22.1');
    expect(headers).toContain(`Content-Length: ${bytes}`);
  });

  it('refuses bodies beyond 1 MiB, told or not', async () => {
    for (const args of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      const { stdout } = await execa('curl', ['-sSi', ...args, '--data-binary', '@-', `${url}/login`], {
        input: Buffer.alloc(2_000_000, 'a'),
      });
      expect(stdout).toMatch(/413 Request Entity Too Large\r?\n/);
    }
    expect(decoy.take().join()).toContain('violation more than 1048576 bytes');
  });

  it('gives files with their time, and 304 to whoever has them', async () => {
    const { names, headers } = await response('/assets/console.css');
    expect(names).toEqual([...own, 'Last-Modified', 'ETag', 'Accept-Ranges']);
    const tag = headers.find((line) => line.startsWith('ETag'))?.slice(6);
    expect((await response('/assets/console.css', '-H', `If-None-Match: ${tag}`)).first).toBe(
      'HTTP/1.1 304 Not Modified',
    );
    expect((await response('/login', '-I')).body).toBe('');
  });

  it('packs HTML as nginx does for whoever takes it', async () => {
    for (const path of ['/login', '/.env']) {
      const { names, headers, body } = await response(path, '--compressed');
      expect(names.slice(0, 5)).toEqual([
        'Server',
        'Date',
        'Content-Type',
        'Transfer-Encoding',
        'Connection',
      ]);
      expect(headers.at(-1)).toBe('Content-Encoding: gzip');
      expect(body).toContain('</html>');
    }
    for (const [path, ...args] of [
      ['/assets/console.css'],
      ['/login', '-I'],
      ['/login', '--http1.0'],
    ] as const)
      expect((await response(path, '--compressed', ...args)).names).not.toContain('Content-Encoding');
  });

  it.each([
    ['garbage', 'garbage\r\n\r\n', '400'],
    ['TLS', Buffer.from('16030100c2010000be0303', 'hex'), '400'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', '400'],
    ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', '505'],
    ['a proxy', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', '400'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n', '400'],
    ['an unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo\r\n\r\n', '501'],
    ['a bad chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', '400'],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc', '400'],
  ])('ends a connection with one answer: %s', async (_, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(answer).toContain('Connection: close');
  });

  it('never serves what is smuggled behind a request', async () => {
    const inner = 'GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const heads of [
      'Transfer-Encoding: chunked\r\nContent-Length: 4',
      'Transfer-Encoding : chunked\r\nContent-Length: 4',
      'Transfer-Encoding: xchunked\r\nContent-Length: 4',
      'Transfer-Encoding:\u000bchunked\r\nContent-Length: 4',
      'Content-Length: +4',
      'Content-Length: 4, 4',
    ]) {
      const answer = await raw(`POST / HTTP/1.1\r\nHost: a\r\n${heads}\r\n\r\n0\r\n\r\n${inner}`);
      expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    }
  });

  it('answers requests that come at once in their order', async () => {
    const paths = ['/.env', '/robots.txt', '/login', '/nothing', '/favicon.svg'];
    const answer = await raw(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    expect(answer.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9))).toEqual([
      '404',
      '200',
      '200',
      '404',
      '200',
    ]);
    const mixed = await raw('GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n');
    expect(mixed.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('ends a connection that asks for thousands at once', async () => {
    const one = 'GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await raw(one.repeat(5000));
    expect((answer.match(/HTTP\/1\.1 \d/g) ?? []).length).toBeLessThan(1000);
    expect((await response('/robots.txt')).first).toBe('HTTP/1.1 200 OK');
  });

  it('takes no memory for 100 MB of headers', async () => {
    const before = process.memoryUsage().rss;
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const chunk = Buffer.from(`X: ${'a'.repeat(1020)}\r\n`.repeat(64));
    for (let sent = 0; sent < 1e8 && !socket.destroyed; sent += chunk.length)
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    socket.end();
    await closed;
    expect(answer).toContain('Request Header Or Cookie Too Large');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('lives through whatever bytes come', async () => {
    for (let round = 0; round < 30; round += 1) {
      const bytes = Buffer.from(Array.from({ length: 300 }, () => Math.floor(Math.random() * 256)));
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        round % 3 === 0 ? bytes : Buffer.concat([Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n'), bytes]),
      );
      if (round % 2 === 0) socket.resetAndDestroy();
      else socket.end();
    }
    expect((await response('/robots.txt')).first).toBe('HTTP/1.1 200 OK');
  });
});

describe('a request at its side', () => {
  it('is told when the visitor is gone before the answer', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `GET /api/health HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${btoa('odiaz:wrong')}\r\n\r\n`,
    );
    socket.end();
    await until('the attempt', () => decoy.told.includes('refused odiaz basic'));
  });
});

it('reads a request in whatever pieces it comes, as if it came in one', async () => {
  const request = (method: string, path: string, body: string) =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const piece = fc.constantFrom('\r\n', ':', ' ', 'GET / HTTP/1.1', 'Host: x', '\0', '%', 'chunked', 'a');
  const stream = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('GET', 'POST', 'HEAD'),
        fc.constantFrom('/', '/api/v1/users', '/..'),
        fc.stringMatching(/^[a-z=&]{0,20}$/),
      )
      .map((parts) => request(...parts)),
    fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => `${parts.join('')}\r\n\r\n`),
  );
  const undated = (text: string) => text.replace(/^Date: .*$/gm, '');
  await fc.assert(
    fc.asyncProperty(
      stream,
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      async (text, cuts) => {
        decoy.take();
        const whole = undated(await raw(text));
        const toldWhole = decoy.take();
        const bytes = Buffer.from(text, 'latin1');
        const pieces = [...chunked(bytes, cuts), bytes.subarray(cuts.reduce((sum, cut) => sum + cut, 0))];
        expect(undated(await raw(...pieces))).toBe(whole);
        expect(decoy.take()).toEqual(toldWhole);
      },
    ),
    { numRuns: 15 },
  );
});
