import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CastEvent, parseCastEvent, parseCastHeader } from '../../../src/core/asciicast.js';
import type { SessionFacts } from '../../../src/core/ports/session-recorder.js';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { CastRecorder, type CastRecorderOptions } from '../../../src/response/session-recorder.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);
const bytes = (text: string) => new TextEncoder().encode(text);
const facts: SessionFacts = {
  incidentId: 'inc-1',
  visitId: 7,
  atNs: 1_500_000_000_900_000_000n,
  columns: 80,
  rows: 24,
  terminalType: 'xterm-256color',
  title: 'jdoe from 192.0.2.1',
};

let stateDir: string;
let evidence: EvidenceFolder;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sessions-'));
  evidence = new EvidenceFolder({ stateDir });
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const recorder = (options: CastRecorderOptions = {}, folder = evidence) =>
  new CastRecorder(folder, { writeEveryMs: 1, ...options });
const pathOf = (name: string) => join(stateDir, 'incidents', 'inc-1', name);
const linesOf = async (name: string) => (await readFile(pathOf(name), 'utf8')).split('\n');
async function eventsOf(name: string): Promise<CastEvent[]> {
  const lines = await linesOf(name);
  expect(lines.pop()).toBe('');
  expect(parseCastHeader(lines.shift() ?? '')).toBeDefined();
  return lines.map((line) => parseCastEvent(line) as CastEvent);
}
const dataOf = (events: readonly CastEvent[], code: string) =>
  events.flatMap((event) => (event.code === code ? [event.data] : [])).join('');

describe('a recording', () => {
  it('begins with what was asked for and ends with the exit status', async () => {
    const recording = recorder().start({ ...facts, command: 'uname -a' });
    expect(recording.name).toBe('session-7-1.cast');
    recording.resize(100, 30);
    await recording.close(3);
    const [header] = await linesOf(recording.name);
    expect(parseCastHeader(header ?? '')).toEqual({
      columns: 80,
      rows: 24,
      terminalType: 'xterm-256color',
      timestamp: 1_500_000_000,
      title: 'jdoe from 192.0.2.1',
      command: 'uname -a',
    });
    expect((await eventsOf(recording.name)).map(({ code, data }) => `${code} ${data}`)).toEqual([
      'r 100x30',
      'x 3',
    ]);
  });

  it('holds what went in, wherever the chunks were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.boolean(), fc.oneof(fc.uint8Array(), fc.string({ unit: 'grapheme' }).map(bytes))),
        ),
        fc.nat(3),
        async (chunks, cut) => {
          const recording = recorder().start(facts);
          const whole: Record<'i' | 'o', Uint8Array[]> = { i: [], o: [] };
          for (const [isInput, chunk] of chunks) {
            whole[isInput ? 'i' : 'o'].push(chunk);
            const give = (part: Uint8Array) => (isInput ? recording.input(part) : recording.output(part));
            give(chunk.subarray(0, cut));
            give(chunk.subarray(cut));
          }
          await recording.close(0);
          const events = await eventsOf(recording.name);
          for (const code of ['i', 'o'] as const)
            expect(dataOf(events, code)).toBe(
              new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(whole[code])),
            );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('tells the time from event to event, and what is rounded does not add up', async () => {
    let nowMs = 0;
    const recording = recorder({ nowMs: () => nowMs }).start(facts);
    for (let count = 0; count < 1000; count += 1) {
      nowMs += 1.4;
      recording.output(bytes('x'));
    }
    await recording.close(0);
    const total = (await eventsOf(recording.name)).reduce((sum, { afterMs }) => sum + afterMs, 0);
    expect(total).toBe(1400);
  });

  it('is for its owner alone, and read-only and among the checksums at its end', async () => {
    const recording = recorder().start(facts);
    recording.output(bytes('hello'));
    await until(
      'a written file',
      async () => (await stat(pathOf(recording.name)).catch(() => undefined))?.size,
    );
    expect((await stat(pathOf(recording.name))).mode & 0o777).toBe(0o600);
    await recording.close(0);
    expect((await stat(pathOf(recording.name))).mode & 0o777).toBe(0o400);
    const { stdout } = await run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: evidence.folder('inc-1') });
    expect(stdout).toContain(`${recording.name}: OK`);
  });

  it('is on disk while it goes on', async () => {
    const recording = recorder().start(facts);
    recording.input(bytes('id\n'));
    await until('a written file', async () => (await linesOf(recording.name).catch(() => [])).length >= 3);
    expect(dataOf([parseCastEvent((await linesOf(recording.name))[1] ?? '') as CastEvent], 'i')).toBe('id\n');
    await recording.close(undefined);
  });

  it('takes a name that is free, also after a restart', async () => {
    const first = recorder();
    const one = first.start(facts);
    const two = first.start(facts);
    await Promise.all([one.close(0), two.close(0)]);
    const three = recorder({}, new EvidenceFolder({ stateDir })).start(facts);
    await three.close(0);
    expect([one.name, two.name, three.name]).toEqual([1, 2, 3].map((number) => `session-7-${number}.cast`));
  });
});

describe('the bounds of a recording', () => {
  it('hold, and it says what was left out', async () => {
    const recordingBytes = 16_384;
    const recording = recorder({ recordingBytes }).start(facts);
    for (let count = 0; count < 100; count += 1) recording.output(bytes('y'.repeat(1000)));
    await recording.close(0);
    const events = await eventsOf(recording.name);
    expect((await stat(pathOf(recording.name))).size).toBeLessThanOrEqual(recordingBytes);
    const kept = dataOf(events, 'o').length;
    expect(kept).toBeGreaterThan(10_000);
    expect(dataOf(events, 'm')).toContain('left out from here on: the bound of a recording');
    expect(dataOf(events, 'm')).toContain(`left out: ${100_000 - kept} bytes`);
    expect(events.at(-1)).toMatchObject({ code: 'x', data: '0' });
  });

  it('are those of the incident as well', async () => {
    const incidentBytes = 200_000;
    const bounded = new EvidenceFolder({ stateDir, incidentBytes });
    const recording = recorder({}, bounded).start(facts);
    for (let count = 0; count < 30; count += 1) {
      recording.output(bytes('z'.repeat(10_000)));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await recording.close(0);
    const events = await eventsOf(recording.name);
    const { size } = await stat(pathOf(recording.name));
    expect(size).toBeLessThanOrEqual(incidentBytes);
    expect(size).toBeGreaterThan(50_000);
    expect(dataOf(events, 'm')).toMatch(
      /left out: \d+ bytes: the evidence of the incident has reached its bound/,
    );
  });

  it('leave a note where there is no room at all', async () => {
    const full = new EvidenceFolder({ stateDir, incidentBytes: 17_000 });
    const recording = recorder({}, full).start(facts);
    recording.output(bytes('x'));
    await recording.close(0);
    expect(await readFile(pathOf('OMITTED'), 'utf8')).toContain(recording.name);
    await expect(stat(pathOf(recording.name))).rejects.toThrow('ENOENT');
  });

  it('hold what waits for a disk that does not keep up', async () => {
    const recording = recorder({ waitingBytes: 10_000, writeEveryMs: 20 }).start(facts);
    for (let count = 0; count < 100; count += 1) recording.output(bytes('w'.repeat(1000)));
    await until(
      'a written file',
      async () => (await stat(pathOf(recording.name)).catch(() => undefined))?.size,
    );
    recording.output(bytes('later'));
    await recording.close(0);
    const events = await eventsOf(recording.name);
    expect(dataOf(events, 'o').endsWith('later')).toBe(true);
    const kept = dataOf(events, 'o').length - 'later'.length;
    expect(kept).toBeLessThan(12_000);
    expect(dataOf(events, 'm')).toContain(`left out: ${100_000 - kept} bytes`);
  });
});

it('a recording that cannot be written is told once and throws nothing', async () => {
  const failures: string[] = [];
  await writeFile(join(stateDir, 'file'), '');
  const nowhere = new EvidenceFolder({ stateDir: join(stateDir, 'file') });
  const failed = (_: string, name: string) => failures.push(name);
  const lost = recorder({ failed }, nowhere).start(facts);
  lost.output(bytes('x'));
  await lost.close(0);
  lost.output(bytes('after its end'));
  expect(failures).toEqual([lost.name]);
});

describe('a recording that a killed daemon left open', () => {
  const begin = `${JSON.stringify({ version: 3, term: { cols: 80, rows: 24 } })}\n[0.100, "o", "a"]\n`;
  const checked = () => run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(stateDir, 'incidents', 'inc-1') });

  it.each([
    ['between two lines', '', 'the daemon was killed here'],
    [
      'in the middle of a line',
      '[1.0, "o", "x',
      'the daemon was killed here; half written was: [1.0, "o", "x',
    ],
  ])('%s is ended by the next run, read-only, with its checksum', async (_when, torn, words) => {
    await evidence.save('inc-1', 'other', bytes('x'));
    await writeFile(pathOf('session-7-1.cast'), begin + torn, { mode: 0o600 });
    const told: string[] = [];
    const completed = (id: string, name: string) => void told.push(`${id}/${name}`);
    await new EvidenceFolder({ stateDir, completed }).prepare();
    expect(told).toEqual(['inc-1/session-7-1.cast']);
    expect((await eventsOf('session-7-1.cast')).map(({ code, data }) => [code, data])).toEqual([
      ['o', 'a'],
      ['m', words],
    ]);
    expect((await stat(pathOf('session-7-1.cast'))).mode & 0o777).toBe(0o400);
    expect((await checked()).stdout).toContain('session-7-1.cast: OK');
    // Once.
    await new EvidenceFolder({ stateDir, completed }).prepare();
    expect(told).toHaveLength(1);
  });

  it('gets its checksum when that alone was missing, and is not changed', async () => {
    const recording = recorder().start(facts);
    await recording.close(0);
    const before = await readFile(pathOf(recording.name), 'utf8');
    await rm(pathOf('SHA256SUMS'));
    await new EvidenceFolder({ stateDir }).prepare();
    expect(await readFile(pathOf(recording.name), 'utf8')).toBe(before);
    expect((await checked()).stdout).toContain(`${recording.name}: OK`);
  });

  it('is not written to when it is that of this run', async () => {
    const recording = recorder().start(facts);
    recording.output(bytes('live'));
    await until('the first bytes', async () => (await linesOf(recording.name).catch(() => [])).length > 1);
    await evidence.prepare();
    await recording.close(0);
    expect((await eventsOf(recording.name)).map(({ code }) => code)).toEqual(['o', 'x']);
  });
});
