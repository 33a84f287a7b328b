import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditFileLog } from '../../../src/audit/audit-file-log.js';
import { EcsRecorder } from '../../../src/audit/ecs-record.js';
import { verifyLog } from '../../../src/audit/verify-log.js';
import type { AuditEvent } from '../../../src/core/audit-event.js';
import { FakeClock } from '../../support/fake-clock.js';

let folder: string;
let path: string;
let clock: FakeClock;
const opened: AuditFileLog[] = [];

async function openLog(): Promise<AuditFileLog> {
  const ecs = new EcsRecorder({
    hostName: 'web1',
    version: '0.0.0',
    nowNs: () => clock.nowNs(),
    bootedAtNs: () => 0n,
  });
  const log = new AuditFileLog({ path, stateDir: join(folder, 'state'), ecs, clock });
  opened.push(log);
  await log.open();
  return log;
}

function event(message: string): AuditEvent {
  return { action: 'daemon-started', atNs: clock.nowNs(), message };
}

async function records(): Promise<{ message: string; event: { action: string } }[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  path = join(folder, 'logs', 'audit.json');
  await mkdir(join(folder, 'state'));
  clock = new FakeClock();
});

afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
  await rm(folder, { recursive: true });
});

describe('audit log file', () => {
  it('has every event on disk, in order, when append resolves', async () => {
    const log = await openLog();
    await Promise.all(Array.from({ length: 100 }, (_, index) => log.append(event(`event ${index}`))));
    expect((await records()).map(({ message }) => message)).toEqual(
      Array.from({ length: 100 }, (_, index) => `event ${index}`),
    );
    expect(await verifyLog(path)).toMatchObject({ records: 100, breaks: [] });
  });

  it('is readable by its owner alone', async () => {
    await (await openLog()).append(event('a'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'logs'))).mode & 0o777).toBe(0o700);
  });

  it('continues the chain after a restart', async () => {
    const first = await openLog();
    await first.append(event('a'), event('b'));
    await first.close();
    await (await openLog()).append(event('c'));
    expect(await verifyLog(path)).toMatchObject({ records: 3, firstSeq: 1, breaks: [] });
  });

  it('continues the chain in a new file after rotation', async () => {
    const log = await openLog();
    await log.append(event('a'));
    await rename(path, `${path}.1`);
    await log.reopen();
    await log.append(event('b'));
    expect(await verifyLog(path)).toMatchObject({ records: 2, firstSeq: 2, breaks: [] });
  });

  it('is not torn by rotations in the middle of writes', async () => {
    const log = await openLog();
    const work: Promise<void>[] = [];
    for (let index = 0; index < 200; index += 1) {
      work.push(log.append(event(`event ${index}`)));
      if (index % 5 === 0) work.push(log.reopen());
    }
    await Promise.all(work);
    expect(await verifyLog(path)).toMatchObject({ records: 240, breaks: [] });
  });

  it('keeps its chain when the file was emptied, and says so', async () => {
    const first = await openLog();
    await first.append(event('a'), event('b'));
    await first.close();
    await truncate(path, 0);
    await openLog();
    expect((await records()).map(({ message }) => message)).toEqual([
      'the log is empty, but 2 records were written',
    ]);
    expect(await verifyLog(path)).toMatchObject({ firstSeq: 3, breaks: [] });
  });

  it('finds records that were cut off the beginning', async () => {
    const first = await openLog();
    await first.append(event('a'), event('b'), event('c'));
    await first.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.slice(2).join('\n'));
    await openLog();
    expect((await records()).at(-1)?.message).toBe('the first 2 records are missing');
  });

  it.each([
    ['a number that is none', (line: string) => line.replace('"severity":10', '"severity":1e999')],
    ['brackets without end', (line: string) => `${line}\n${'['.repeat(50_000)}`],
  ])('opens and complains when its end holds %s', async (_, edit) => {
    const first = await openLog();
    await first.append(event('a'));
    await first.close();
    await writeFile(path, `${edit((await readFile(path, 'utf8')).trimEnd())}\n`);
    await openLog();
    expect(await readFile(path, 'utf8')).toContain('audit-chain-broken');
    expect((await verifyLog(path)).breaks.length).toBeGreaterThan(0);
  });

  it('notices that the file was moved away without being told', async () => {
    const log = await openLog();
    await log.append(event('a'));
    await rename(path, `${path}.1`);
    await log.append(event('b'));
    expect((await records()).map(({ message }) => message)).toEqual(['b']);
  });

  it('cuts off a record that a crash left unfinished, and says so', async () => {
    const first = await openLog();
    await first.append(event('a'));
    await first.close();
    await appendFile(path, '{"@timestamp":"2026-11-22T2');
    await openLog();
    expect((await records()).map((record) => record.event.action)).toEqual([
      'daemon-started',
      'audit-log-repaired',
    ]);
    expect(await verifyLog(path)).toMatchObject({ breaks: [] });
  });

  it('cuts off an unfinished record larger than what it reads at once', async () => {
    const first = await openLog();
    await first.append(event('a'));
    await first.close();
    await appendFile(path, 'x'.repeat(300_000));
    await openLog();
    expect(await verifyLog(path)).toMatchObject({ records: 2, breaks: [] });
  });

  it('finds records that were cut off the end', async () => {
    const first = await openLog();
    await first.append(event('a'));
    const { size } = await stat(path);
    await first.append(event('b'), event('c'));
    await first.close();
    await truncate(path, size);
    await openLog();
    expect((await records()).at(-1)).toMatchObject({
      event: { action: 'audit-chain-broken' },
      message: 'the last 2 records are missing',
    });
  });

  it('finds an edited last record', async () => {
    const first = await openLog();
    await first.append(event('a'));
    await first.close();
    await writeFile(path, (await readFile(path, 'utf8')).replace('"message":"a"', '"message":"x"'));
    await openLog();
    expect((await records()).map((record) => record.event.action)).toContain('audit-chain-broken');
  });

  it('does not follow a symlink', async () => {
    await mkdir(join(folder, 'logs'));
    await symlink('/dev/null', path);
    await expect(openLog()).rejects.toThrow(/audit log .* cannot be written: ELOOP/);
  });

  it('verify names the line of every kind of edit', async () => {
    const log = await openLog();
    await log.append(event('a'), event('b'), event('c'), event('d'));
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n') as [string, string, string, string];
    const edits: [string, string[]][] = [
      ['changed', [lines[0], lines[1].replace('"b"', '"x"'), lines[2], lines[3]]],
      ['taken out', [lines[0], lines[2], lines[3]]],
      ['swapped', [lines[0], lines[2], lines[1], lines[3]]],
      ['put in between', [lines[0], lines[1], lines[1], lines[2], lines[3]]],
    ];
    for (const [what, edited] of edits) {
      await writeFile(path, `${edited.join('\n')}\n`);
      expect((await verifyLog(path)).breaks[0], what).toMatch(/^line [23]: /);
    }
  });
});
