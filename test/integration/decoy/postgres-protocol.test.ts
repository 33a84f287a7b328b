import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../../../src/decoy/host/self-signed.js';
import { makePostgresService } from '../../../src/decoy/services/postgres/postgres-service.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { visited } from './redis-and-postgres-visit.js';

const login = { id: 'trap-0', service: 'postgres' as const, user: 'acme_app', password: 'first-word' };

describeWith(['psql'], 'the postgres decoy behind the login', () => {
  let ours: Awaited<ReturnType<typeof visited>>;
  const open: Session[] = [];

  // One server for all: its cluster is built once.
  beforeAll(async () => {
    ours = await visited(makePostgresService, [login], { tls: selfSigned('db1', new Date()) });
    await psql('SELECT 1');
  });
  afterEach(async () => {
    for (const session of open.splice(0)) await session.end();
    await until('the server is empty', () => ours.sockets.size === 0);
    ours.told.length = 0;
  });
  afterAll(() => ours[Symbol.asyncDispose]());

  const words = (database: string) => [
    `host=127.0.0.1 port=${ours.port} user=acme_app dbname=${database} sslmode=prefer`,
    '-AtX',
  ];
  const env = { PGPASSWORD: login.password };
  const psql = (input: string, more: Record<string, string> = {}) =>
    execa('psql', words('acme'), { env: { ...env, ...more }, input, reject: false });

  /** A psql that stays. */
  class Session {
    heard = '';
    over = false;
    readonly process = spawn('psql', [...words('acme'), '-v', 'VERBOSITY=verbose'], {
      env: { ...process.env, ...env },
    });

    constructor() {
      open.push(this);
      for (const stream of [this.process.stdout, this.process.stderr])
        stream.on('data', (chunk) => {
          this.heard += chunk;
        });
      this.process.on('close', () => {
        this.over = true;
      });
    }

    async ask(line: string, answer: string): Promise<void> {
      this.process.stdin.write(`${line}\n`);
      await until(`${answer} in ${this.heard}`, () => this.heard.includes(answer), 20_000);
    }

    async end(): Promise<void> {
      this.process.kill('SIGKILL');
      await until('its end', () => this.over);
    }
  }

  it('has room for three, turns the fourth away as a full server does, and has room again', async () => {
    const three = [new Session(), new Session(), new Session()];
    for (const session of three) await session.ask('SELECT 6 * 7;', '42');
    const { stderr, exitCode } = await psql('SELECT 1');
    expect(stderr).toContain(
      'FATAL:  remaining connection slots are reserved for non-replication superuser connections',
    );
    expect(exitCode).toBe(2);
    await three[0]?.end();
    await until('room again', async () => (await psql('SELECT 1')).stdout === '1');
    await three[1]?.ask('SELECT 7 * 7;', '49');
  });

  it('ends a statement that the client cancels, and has room at once', async () => {
    const session = new Session();
    await session.ask('SELECT 6 * 7;', '42');
    session.process.stdin.write('SELECT count(*) FROM generate_series(1, 1e12);\n');
    await until('it is asked', () => ours.told.some(([, text]) => text.includes('1e12')));
    session.process.kill('SIGINT');
    await until('the error', () => session.heard.includes('canceling statement due to user request'));
    expect(session.heard).toMatch(/ERROR: {2}57014: canceling/);
    // Such is psql with a script.
    await until('its end', () => session.over);
    expect((await psql('SELECT 7 * 7')).stdout).toBe('49');
  });

  it('takes no cancel request without the right key', async () => {
    const session = new Session();
    await session.ask('SELECT pg_backend_pid() AS pid \\gset\n\\echo pid :pid.', '.');
    const pid = Number(/pid (\d+)\./.exec(session.heard)?.[1]);
    session.process.stdin.write('SELECT count(*) FROM generate_series(1, 3e6);\n');
    await until('it is asked', () => ours.told.some(([, text]) => text.includes('3e6')));
    const request = Buffer.alloc(16);
    request.writeInt32BE(16);
    request.writeInt32BE(80_877_102, 4);
    request.writeInt32BE(pid, 8);
    const socket = connect(ours.port, '127.0.0.1').end(request);
    let said = 0;
    socket.on('data', ({ length }) => {
      said += length;
    });
    await new Promise((resolve) => socket.on('close', resolve));
    // Nobody is told whether it was right.
    expect(said).toBe(0);
    await until('the answer', () => session.heard.includes('3000000'), 20_000);
    expect(session.heard).not.toContain('canceling');
  });

  it('ends a statement that takes longer than statement_timeout, however it was set', async () => {
    const slow = 'SELECT count(*) FROM generate_series(1, 1e12);\nSELECT 6 * 7;\n';
    for (const [input, more] of [
      [`SET statement_timeout = '300ms';\n${slow}`, {}],
      [`set session statement_timeout to 300;\n${slow}`, {}],
      [slow, { PGOPTIONS: '-c statement_timeout=300' }],
    ] as const) {
      const { stdout, stderr } = await psql(input, more);
      expect(stderr).toContain('ERROR:  canceling statement due to statement timeout');
      expect(stdout.split('\n').at(-1)).toBe('42');
    }
    expect(
      (await psql(`SET statement_timeout = 300;\nRESET statement_timeout;\nSHOW statement_timeout;\n`))
        .stdout,
    ).toContain('\n0');
  });

  it('speaks TLS where it has a key, and says that it does not where it has none', async () => {
    const over = (port: number, mode: string) =>
      execa('psql', [`host=127.0.0.1 port=${port} user=acme_app dbname=acme sslmode=${mode}`, '-AtX'], {
        env,
        input: '\\conninfo\n',
        reject: false,
      });
    expect((await over(ours.port, 'require')).stdout).toContain('SSL connection (protocol: TLSv1.3');
    expect((await over(ours.port, 'disable')).stdout).not.toContain('SSL');
    await using plain = await visited(makePostgresService, [login]);
    expect((await over(plain.port, 'require')).stderr).toContain(
      'server does not support SSL, but SSL was required',
    );
    expect(plain.told).toEqual([]);
    expect((await over(plain.port, 'verify-full')).exitCode).toBe(2);
  });

  it('ends a session whose backend is ended, as a server does', async () => {
    const session = new Session();
    await session.ask('SELECT pg_terminate_backend(pg_backend_pid());', 'administrator command');
    expect(session.heard).toMatch(/FATAL: {2}57P01: terminating connection due to administrator command/);
    await until('its end', () => session.over);
  });

  it('has no memory for a message that is too large, and goes on', async () => {
    const { stdout, stderr } = await psql(`SELECT length('${'x'.repeat(9_000_000)}');\nSELECT 6 * 7;\n`);
    expect(stderr).toContain('ERROR:  out of memory');
    expect(stderr).toMatch(/DETAIL: {2}Failed on request of size \d+ in memory context "MessageContext"/);
    expect(stdout).toBe('42');
    expect(ours.told).toContainEqual(['violation', expect.stringMatching(/^a message of 9\d{6} bytes$/)]);
  });

  it('copies in and out, and says what is wrong with a copy', async () => {
    const { stdout, stderr } = await psql(
      [
        'CREATE TEMP TABLE t (a int, b text);',
        ...['COPY t FROM STDIN WITH (FORMAT csv);', '1,one', '2,two', '\\.'],
        'COPY t TO STDOUT;',
        ...['COPY nosuch FROM STDIN;', '1', '\\.'],
        ...['COPY t FROM STDIN;', 'word\tx', '\\.'],
        'SELECT count(*) FROM t;',
        '\\copy (SELECT b FROM t ORDER BY a DESC) TO STDOUT',
      ].join('\n'),
    );
    expect(stdout.split('\n')).toEqual(['CREATE TABLE', 'COPY 2', '1\tone', '2\ttwo', '2', 'two', 'one']);
    expect(stderr).toContain('ERROR:  relation "nosuch" does not exist');
    expect(stderr).toContain('ERROR:  invalid input syntax for type integer: "word"');
    expect(stderr).toContain('CONTEXT:  COPY t, line 1, column a: "word"');
  });

  it('skips what follows a mistake of the extended protocol up to Sync', async () => {
    const { stdout, stderr } = await psql('SELECT nosuch \\gdesc\nSELECT 1 AS one, now() AS at \\gdesc\n');
    expect(stderr).toContain('ERROR:  column "nosuch" does not exist');
    expect(stdout).toBe('one|integer\nat|timestamp with time zone');
  });
});
