import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldJournalFile } from '../../../src/response/held-journal-file.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';

describe('the note of who stands still', () => {
  let stateDir: string;
  let diagnostics: FakeDiagnostics;
  const journal = () => new HeldJournalFile({ stateDir, diagnostics });
  const one = { pid: 812, startedAtNs: 5_000_000_001n };
  const other = { pid: 813, startedAtNs: 6_000_000_002n };
  const path = () => join(stateDir, 'held', 'moment');

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'held-journal-'));
    diagnostics = new FakeDiagnostics();
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  it('tells the next daemon who was not let go by this one', () => {
    const writing = journal();
    writing.holding(one);
    writing.holding(other);
    writing.freed(one);
    expect(journal().left()).toEqual([other]);
  });

  it('knows nobody where nothing was ever noted', () => {
    expect(journal().left()).toEqual([]);
  });

  it('takes a process with a number given out again for another', () => {
    const writing = journal();
    writing.holding(one);
    writing.freed({ ...one, startedAtNs: 1n });
    expect(journal().left()).toEqual([one]);
  });

  it('takes no harm from a torn line', async () => {
    journal().holding(one);
    const text = await readFile(path(), 'latin1');
    await writeFile(path(), `${text}+813 60000\0\n+ \n-812\n+99999999999999 1\n+814 7`);
    expect(journal().left()).toEqual([one, { pid: 814, startedAtNs: 7n }]);
  });

  it('is for root alone, and is emptied when it is long and nobody stands still', async () => {
    const writing = journal();
    for (let count = 0; count < 5001; count += 1) {
      writing.holding(one);
      writing.freed(one);
    }
    expect((await stat(path())).size).toBeLessThan(100);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(join(stateDir, 'held'))).mode & 0o777).toBe(0o700);
    expect(journal().left()).toEqual([]);
  });

  it('is written anew when it is long, though somebody stands still all the time', async () => {
    const writing = journal();
    writing.holding(other);
    for (let count = 0; count < 30_000; count += 1) {
      writing.holding(one);
      writing.freed(one);
    }
    expect((await stat(path())).size).toBeLessThan(400_000);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(journal().left()).toEqual([other]);
    expect(diagnostics.lines).toEqual([]);
  });

  it('is not written anew for each of very many that stand still', async () => {
    const writing = journal();
    const started = performance.now();
    for (let pid = 2; pid < 30_000; pid += 1) writing.holding({ pid, startedAtNs: 1n });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(journal().left()).toHaveLength(29_998);
  });

  it('warns where it cannot be written, and throws nothing', async () => {
    await writeFile(join(stateDir, 'held'), 'a file in the place of the folder');
    journal().holding(one);
    expect(diagnostics.lines).toEqual([expect.stringContaining('cannot be noted')]);
  });
});
