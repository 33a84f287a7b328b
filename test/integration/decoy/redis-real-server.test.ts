import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRedisService } from '../../../src/decoy/services/redis/redis-service.js';
import { until } from '../../support/until.js';
import { visited } from './redis-and-postgres-visit.js';

const password = 'sekretword';
const login = { id: 'trap-1', service: 'redis' as const, user: 'default', password };
let folder: string;
let real: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const words = [
    '--port',
    '0',
    '--unixsocket',
    'r',
    '--requirepass',
    password,
    '--save',
    '',
    '--enable-protected-configs',
    'yes',
  ];
  real = spawn('redis-server', words, { cwd: folder, stdio: 'ignore' });
  await until('redis-server answers', async () =>
    (await answers(join(folder, 'r'), ['PING']).catch(() => '')).includes('NOAUTH'),
  );
});
afterAll(() => {
  real.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that comes back for lines sent one after the other, up to a marker of the last one. */
function answers(where: number | string, lines: readonly string[]): Promise<string> {
  const socket: Socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
  return new Promise((resolve, reject) => {
    let heard = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(heard));
    socket.end(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
    setTimeout(() => socket.destroy(), 3000).unref();
  });
}

const before = [
  'PING',
  'AUTH wrong',
  'AUTH default wrong',
  'AUTH nobody wrong',
  'AUTH a b c',
  'AUTH',
  'GET x',
  'INFO',
  'NOSUCH a b',
  'nosuch',
  'GET',
  'HELLO',
  'HELLO 3',
  'HELLO 9',
  'HELLO x',
  'HELLO 3 AUTH default wrong',
  'CONFIG GET *',
  'COMMAND',
  '*1',
  '$4',
  'ECHO',
  'RESET',
];
const after = [
  'PING',
  'PING a',
  'PING a b',
  'ECHO hello',
  'SET a 1',
  'GET a',
  'INCR a',
  'INCRBY a 41',
  'DECR a',
  'SET t word',
  'INCR t',
  'APPEND t s',
  'STRLEN t',
  'GET nothing',
  'DEL a nothing',
  'TYPE t',
  'TTL t',
  'TTL nothing',
  'EXPIRE t 100',
  'TTL t',
  'PERSIST t',
  'EXISTS t t nothing',
  'HSET h a 1 b 2',
  'HSET h a',
  'HGET h a',
  'HGETALL h',
  'HKEYS h',
  'HLEN h',
  'HDEL h a',
  'GET h',
  'LPUSH l a b c',
  'RPUSH l d',
  'LRANGE l 0 -1',
  'LRANGE l x 1',
  'LLEN l',
  'LPOP l',
  'RPOP l',
  'SADD s a',
  'SMEMBERS s',
  'SCARD s',
  'SISMEMBER s a',
  'ZADD z 2 b 1 a',
  'ZRANGE z 0 -1',
  'ZRANGE z 0 -1 WITHSCORES',
  'ZSCORE z a',
  'ZADD z x y',
  'SELECT 1',
  'DBSIZE',
  'SELECT 16',
  'SELECT x',
  'SELECT 0',
  'MULTI',
  'SET m 1',
  'GET m',
  'EXEC',
  'EXEC',
  'MULTI',
  'NOSUCH',
  'EXEC',
  'MULTI',
  'DISCARD',
  'DISCARD',
  'CONFIG GET dbfilename',
  'CONFIG SET dbfilename x.so',
  'CONFIG GET dbfilename',
  'CONFIG SET nosuch 1',
  'CONFIG FOO',
  'CONFIG',
  'CLIENT GETNAME',
  'CLIENT SETNAME me',
  'CLIENT GETNAME',
  'CLIENT FOO',
  'MODULE LOAD /tmp/x.so',
  'MODULE LIST',
  'DEBUG SLEEP 0',
  'SLAVEOF NO ONE',
  'ROLE',
  'EVAL "return 1" 0',
  'SCRIPT LOAD "return 1"',
  'COMMAND COUNT',
  'COMMAND COUNT x',
  'COMMAND FOO',
  'COMMAND HELP',
  'COMMAND INFO get SET nosuch config|get xread eval',
  'COMMAND DOCS get ZRANGE nosuch config|get bitfield',
  'COMMAND LIST FOO',
  'COMMAND LIST FILTERBY MODULE nosuch',
  'COMMAND LIST FILTERBY PATTERN zadd*',
  'COMMAND LIST FILTERBY ACLCAT nosuch',
  'COMMAND LIST FILTERBY PATTERN',
  'COMMAND GETKEYS get',
  'COMMAND GETKEYS nosuch a',
  'COMMAND GETKEYS get a b',
  'COMMAND GETKEYS ping a',
  'COMMAND GETKEYS config get a',
  'COMMAND GETKEYS config nosuch a',
  'COMMAND GETKEYS config|get a',
  'COMMAND GETKEYS subscribe a',
  'COMMAND GETKEYS get a',
  'COMMAND GETKEYS MSET a 1 b',
  'COMMAND GETKEYS eval x 0',
  'COMMAND GETKEYS eval x 9 a',
  'COMMAND GETKEYS eval x 2 a b c',
  'COMMAND GETKEYS sort a BY x STORE d store e',
  'COMMAND GETKEYS migrate h 1 "" 0 10 KEYS a b',
  'COMMAND GETKEYS migrate h 1 k 0 10',
  'COMMAND GETKEYS xread COUNT 1 STREAMS a b 1 2',
  'COMMAND GETKEYS xread STREAMS a b c',
  'COMMAND GETKEYS zunionstore d 2 a b',
  'COMMAND GETKEYS zunion x a b',
  'COMMAND GETKEYS georadius k 1 1 1 m STORE s STOREDIST t',
  'COMMAND GETKEYS bitop and d a b',
  'COMMAND GETKEYS blpop a b 0',
  'COMMAND GETKEYS object encoding k',
  'COMMAND GETKEYS lmpop 2 a b LEFT',
  'COMMAND GETKEYSANDFLAGS set a b',
  'COMMAND GETKEYSANDFLAGS set a b GET',
  'COMMAND GETKEYSANDFLAGS bitfield a get u8 0',
  'COMMAND GETKEYSANDFLAGS sort a store b',
  'ACL WHOAMI',
  'SLOWLOG GET',
  'CLUSTER INFO',
  'LOLWUT',
  'SUBSCRIBE ch',
  'GET a',
  'UNSUBSCRIBE ch',
  'SET k v NX',
  'SET k v NX',
  'SET k v BAD',
  'SETNX k 1',
  'KEYS k*',
  'FLUSHALL',
  'DBSIZE',
  'KEYS *',
  'SCAN 0',
  'SCAN x',
  'GETSET a b',
  'MGET a b',
  '"quoted" x',
  'HELLO 3 SETNAME x BAD',
];

describe('redis beside a real one', () => {
  it('answers everything before the login byte by byte as the real one', async () => {
    await using ours = await visited(makeRedisService, [login]);
    for (const line of before) {
      if (line === '*1' || line === '$4') continue;
      const [own, theirs] = await Promise.all([
        answers(ours.port, [line]),
        answers(join(folder, 'r'), [line]),
      ]);
      expect({ line, answer: own }).toEqual({ line, answer: theirs });
    }
  });

  it('answers a session byte by byte as the real one', async () => {
    await using ours = await visited(makeRedisService, [login]);
    const lines = [`AUTH ${password}`, 'FLUSHALL', ...after];
    const both = await Promise.all([answers(ours.port, lines), answers(join(folder, 'r'), lines)]);
    const [own, theirs] = both.map((text) => text.split('\r\n'));
    expect(own).toEqual(theirs);
  });

  it.each([
    ['too many words before the login', '*11\r\n'],
    ['a long word before the login', '*1\r\n$16385\r\n'],
    ['a count that is none', '*x\r\n'],
    ['a word without its length', '*1\r\nx\r\n'],
    ['a length below zero', '*1\r\n$-5\r\n'],
    ['quotes left open', 'PING "x\r\n'],
    ['a web page', 'POST / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['zero bytes', '\0\0\0\0\r\n'],
  ])('ends %s as the real one', async (_, bytes) => {
    await using ours = await visited(makeRedisService, [login]);
    const [own, theirs] = await Promise.all([
      answers(ours.port, [bytes]),
      answers(join(folder, 'r'), [bytes]),
    ]);
    expect(own).toBe(theirs);
  });

  it('lets redis-cli in, shows the story and tells every command without passwords', async () => {
    await using ours = await visited(makeRedisService, [login]);
    const cli = (...words: string[]) =>
      execa('redis-cli', ['-p', String(ours.port), '--no-auth-warning', ...words], { reject: false });
    expect((await cli('-a', 'wrong', 'PING')).stdout).toContain('NOAUTH');
    expect((await cli('-a', password, 'DBSIZE')).stdout).toMatch(/^1\d\d$/);
    expect((await cli('-a', password, '-3', 'HGETALL', 'acme:config')).stdout).toContain('Acme Ltd');
    expect((await cli('-a', password, 'INFO', 'server')).stdout).toContain('redis_version:7.0.15');
    const typed = await execa('redis-cli', ['-p', String(ours.port)], {
      input: `AUTH ${password}\nCONFIG SET dir /root/.ssh\nCONFIG SET requirepass new-one\nSAVE\n`,
    });
    expect(typed.stdout.split('\n').filter((line) => line === 'OK')).toHaveLength(4);
    expect(ours.told).toContainEqual(['refused', 'default']);
    expect(ours.told).toContainEqual(['admitted', 'trap-1']);
    expect(ours.told).toContainEqual(['command', 'CONFIG SET dir /root/.ssh']);
    expect(ours.told).toContainEqual(['command', 'CONFIG SET requirepass ***']);
    expect(ours.told.flat().join(' ')).not.toContain(password);
  });
});
