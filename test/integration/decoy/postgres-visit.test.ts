import { connect } from 'node:net';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { makePostgresService } from '../../../src/decoy/services/postgres/postgres-service.js';
import { visited } from './redis-and-postgres-visit.js';

const user = 'acme_app';
const logins = ['first-word', 'second-word'].map((password, index) => ({
  id: `trap-${index}`,
  service: 'postgres' as const,
  user,
  password,
}));

function psql(port: number, password: string, database: string, input: string, as = user) {
  const words = ['-h', '127.0.0.1', '-p', String(port), '-U', as, '-d', database, '-AtX'];
  return execa('psql', words, { env: { PGPASSWORD: password }, input, reject: false });
}

describe('a visit of the postgres decoy', () => {
  it('refuses a wrong password and an unknown user alike, as PostgreSQL words it', async () => {
    await using ours = await visited(makePostgresService, logins);
    for (const name of [user, 'nobody']) {
      const { stderr } = await psql(ours.port, 'wrong', 'acme', 'SELECT 1', name);
      expect(stderr).toContain(`FATAL:  password authentication failed for user "${name}"`);
      expect(ours.told).toContainEqual(['refused', name]);
    }
    expect(ours.told.some(([what]) => what === 'admitted')).toBe(false);
  });

  it('tells of a database that is not there only after the password', async () => {
    await using ours = await visited(makePostgresService, logins);
    const { stderr } = await psql(ours.port, 'second-word', 'elsewhere', 'SELECT 1');
    expect(stderr).toContain('FATAL:  database "elsewhere" does not exist');
    expect(ours.told).toEqual([['admitted', 'trap-1']]);
  });

  it('answers psql with a database that shows nothing of its engine and gives nothing away', async () => {
    await using ours = await visited(makePostgresService, logins);
    const script = `SELECT version();\n\\dt\n\\l\nSET SESSION AUTHORIZATION postgres;\nSELECT pg_read_file('/etc/passwd');\nCOPY (SELECT 1) TO PROGRAM 'id';\nCREATE TEMP TABLE t(a int);\nCOPY t FROM STDIN;\n7\n\\.\nSELECT a * 6 FROM t;\nSELECT current_user, session_user;\n`;
    const { stdout, stderr } = await psql(ours.port, 'first-word', 'acme_prod', script);
    expect(stdout).toContain('PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu');
    expect(stdout).toContain('public|customers|table|acme_app');
    expect(stdout).toContain('acme_production|acme_app');
    expect(stdout).toContain('\n42\n');
    expect(stdout).toContain('acme_app|acme_app');
    expect(stderr).toContain('permission denied to set session authorization');
    expect(stderr).toContain('permission denied for function pg_read_file');
    expect(stderr).toContain('permission denied to COPY to or from an external program');
    expect(stdout + stderr).not.toMatch(/emcc|pglite|wasm/i);
    expect(ours.told).toContainEqual(['query', 'SELECT version();']);
  });

  it('goes on after garbage, half messages and lengths of a gigabyte', async () => {
    await using ours = await visited(makePostgresService, logins);
    for (const bytes of [
      'GET / HTTP/1.0\r\n\r\n',
      '\0\0\0\x05',
      '\x3f\xff\xff\xff',
      '\0\0\0\x09\0\x03\0\0x',
      '\0\0',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(ours.port, '127.0.0.1', () => socket.end(bytes, 'latin1'));
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
        socket.resume();
      });
    }
    expect((await psql(ours.port, 'wrong', 'acme', '')).stderr).toContain('password authentication failed');
  });
});
