import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MarkEvent } from '../../../src/sensor/marks/mark-event.js';
import { Marks, type MarksOptions } from '../../../src/sensor/marks/marks.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);

let folder: string;
let trap: string;
let marks: Marks | undefined;
let events: MarkEvent[];
let losses: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marks-'));
  await mkdir(join(folder, 'traps'));
  trap = join(folder, 'traps', 'one');
  await writeFile(trap, 'secret\n');
  events = [];
  losses = [];
});

afterEach(async () => {
  await marks?.close();
  marks = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function openMarks(mode: MarksOptions['mode'], more: Partial<MarksOptions> = {}): Promise<Marks> {
  marks = await Marks.open({
    mode,
    onEvents: (batch) => {
      events.push(...batch);
      // Unless a test answers for itself.
      for (const { held } of batch) if (held !== undefined) marks?.answer(held, 'allow');
    },
    onLost: (reason) => losses.push(reason),
    ...more,
  });
  return marks;
}

const opsOf = (id: number) => events.filter((event) => event.id === id).flatMap(({ ops }) => [...ops]);
const counted = (id: number, op: string) =>
  events
    .filter((event) => event.id === id && event.ops.includes(op as never))
    .reduce((sum, { count }) => sum + count, 0);
/** A grandchild: children of the daemon are never held. */
const shell = (script: string) => run('sh', ['-c', `(${script}); exit $?`, 'sh', trap]);

describeWith(['root'], 'Marks in notify mode', () => {
  it('tells each op of a marked file, with the thread that did it', async () => {
    expect((await openMarks('notify')).addFile(trap, 7)).toBeUndefined();
    const reader = run('cat', [trap]);
    await reader;
    await until('open and read', () => opsOf(7).includes('read'));
    expect(opsOf(7)).toEqual(['open', 'read']);
    expect(events.every(({ threadId }) => threadId === reader.child.pid)).toBe(true);
    expect(events.every(({ held, count }) => held === undefined && count === 1)).toBe(true);
  });

  const cases: [string, string, string[]][] = [
    ['writing', 'echo x >> "$1"', ['open', 'write']],
    ['truncating', 'truncate -s 0 "$1"', ['open', 'write']],
    ['a changed mode', 'chmod 600 "$1"', ['chmod']],
    ['a changed owner', 'chown nobody "$1"', ['chmod']],
    ['an extended attribute', 'setfattr -n user.a -v 1 "$1"', ['chmod']],
    ['a new link', 'ln "$1" "$1.link"', ['link']],
    ['a removed link', 'ln "$1" "$1.link"; sleep 0.2; rm "$1.link"', ['link', 'unlink']],
    ['a new name', 'mv "$1" "$1.moved"', ['rename']],
    ['a changed mode after a new name', 'mv "$1" "$1.moved"; chmod 600 "$1.moved"', ['rename', 'chmod']],
    ['removal', 'rm "$1"', ['unlink']],
    ['removal after a new name', 'mv "$1" "$1.moved"; rm "$1.moved"', ['rename', 'unlink']],
    ['another file put in its place', 'echo > "$1.new"; mv "$1.new" "$1"', ['unlink']],
    ['execution', 'chmod 755 "$1"; "$1" || true', ['chmod', 'exec', 'open', 'read']],
  ];
  it.each(cases)('tells %s', async (_name, script, expected) => {
    (await openMarks('notify')).addFile(trap, 1);
    await shell(script);
    await until(`the ops ${expected}`, () => opsOf(1).length >= expected.length).catch(() => undefined);
    await marks?.close();
    const told = opsOf(1).filter((op, at, all) => op !== all[at - 1]);
    if (expected.includes('exec')) expect(new Set(told)).toEqual(new Set(expected));
    else expect(told).toEqual(expected);
  });

  it('tells a removal once, while a reader keeps the file', async () => {
    (await openMarks('notify')).addFile(trap, 1);
    const reader = await open(trap);
    await shell('rm "$1"');
    await until('the removal', () => opsOf(1).includes('unlink'));
    await reader.close();
    await marks?.close();
    expect(opsOf(1)).toEqual(['unlink']);
  });

  it('tells that a folder was listed, and not that something in it was looked at', async () => {
    expect((await openMarks('notify')).addFolder(join(folder, 'traps'), 3)).toBeUndefined();
    await run('stat', [trap]);
    await run('ls', [join(folder, 'traps')]);
    await until('the list', () => opsOf(3).length > 0);
    expect(new Set(opsOf(3))).toEqual(new Set(['list']));
  });

  it('tells nothing of the daemon itself but touches of the probe', async () => {
    const probe = join(folder, 'probe');
    await writeFile(probe, '');
    await openMarks('notify', { probe: 9 });
    marks?.addFile(trap, 1);
    marks?.addFile(probe, 9);
    await readFile(trap);
    await readFile(probe);
    await until('the probe', () => opsOf(9).includes('open'));
    await marks?.close();
    expect(opsOf(1)).toEqual([]);
  });

  it('is silent of a removed mark, wherever the file went, after it told what was before', async () => {
    await openMarks('notify');
    marks?.addFile(trap, 1);
    await shell('mv "$1" "$1.moved"');
    await marks?.remove(1);
    expect(opsOf(1)).toEqual(['rename']);
    await run('cat', [`${trap}.moved`]);
    await marks?.close();
    expect(opsOf(1)).toEqual(['rename']);
  });

  it('says why something cannot be marked', async () => {
    await openMarks('notify');
    await run('ln', ['-s', trap, `${trap}.symlink`]);
    expect(marks?.addFile(join(folder, 'none'), 1)).toBe('it is not there');
    expect(marks?.addFile(`${trap}.symlink`, 1)).toBe('it is no regular file');
    expect(marks?.addFile(folder, 1)).toBe('it is no regular file');
    expect(marks?.addFolder(trap, 1)).toBe('it is no folder');
  });
});

describeWith(['root'], 'Marks in permission mode', () => {
  it('holds an opener until it is answered, and names its process', async () => {
    await openMarks('permission', { holdMs: 10_000, onEvents: (batch) => void events.push(...batch) });
    expect(marks?.addFile(trap, 4)).toBeUndefined();
    let done = false;
    const reader = shell('cat "$1"').finally(() => {
      done = true;
    });
    const held = await until('the opener', () => events[0]);
    expect(held.ops).toEqual(['open']);
    expect(await readlink(`/proc/${held.owner?.processId}/exe`)).toMatch(/\/cat$/);
    expect(done).toBe(false);
    marks?.answer(held.held as number, 'allow');
    const read = await until('the reader', () => events[1]);
    expect(read.ops).toEqual(['read']);
    marks?.answer(read.held as number, 'allow');
    expect((await reader).stdout).toBe('secret\n');
  });

  it('refuses an open with EPERM', async () => {
    await openMarks('permission', {
      onEvents: (batch) => {
        for (const { held } of batch) if (held !== undefined) marks?.answer(held, 'deny');
      },
    });
    marks?.addFile(trap, 4);
    await expect(shell('cat "$1"')).rejects.toThrow(/Operation not permitted/);
  });

  it('lets an opener go in time, however busy the daemon is', async () => {
    await openMarks('permission', { holdMs: 20 });
    marks?.addFile(trap, 4);
    const timing = join(folder, 'timing');
    // A shell of its own, started before this thread stands still.
    const reader = spawn('sh', [
      '-c',
      '(sleep 0.3; date +%s%N; cat "$1"; date +%s%N) > "$2"',
      'sh',
      trap,
      timing,
    ]);
    const ended = new Promise((resolve) => reader.once('exit', resolve));
    const busyUntil = performance.now() + 2000;
    await new Promise((resolve) => setTimeout(resolve, 50));
    while (performance.now() < busyUntil);
    const busyTillNs = BigInt(Date.now()) * 1_000_000n;
    await ended;
    const [before, secret, after] = (await readFile(timing, 'utf8')).split('\n');
    expect(secret).toBe('secret');
    expect(Number(BigInt(after as string) - BigInt(before as string)) / 1e6).toBeLessThan(500);
    expect(BigInt(after as string)).toBeLessThan(busyTillNs);
    expect(opsOf(4)).toEqual(expect.arrayContaining(['open', 'read']));
  });

  it('counts a flood exactly and tells the first of each process at once', async () => {
    await openMarks('permission');
    marks?.addFile(trap, 4);
    const times = 5000;
    const script = `import os,sys\nfor _ in range(${times}): os.close(os.open(sys.argv[1], os.O_RDONLY))`;
    const flood = () => run('sh', ['-c', '(python3 -c "$1" "$2"); exit 0', 'sh', script, trap]);
    await Promise.all([flood(), flood()]);
    await until('every touch', () => counted(4, 'open') >= 2 * times);
    await marks?.close();
    expect(counted(4, 'open')).toBe(2 * times);
    expect(events.filter(({ held }) => held !== undefined)).toHaveLength(2);
    expect(events.length).toBeLessThan(100);
  });

  it('never holds its own process, its children or PID 1', async () => {
    await openMarks('permission', { holdMs: 60_000, onEvents: (batch) => void events.push(...batch) });
    marks?.addFile(trap, 4);
    expect(await readFile(trap, 'utf8')).toBe('secret\n');
    expect((await run('cat', [trap])).stdout).toBe('secret\n');
    await until('the child', () => opsOf(4).length === 2);
    expect(events.every(({ held }) => held === undefined)).toBe(true);
  });

  it('lets go everybody who is held when it is closed, and leaves no descriptor', async () => {
    const before = await readdir('/proc/self/fd');
    await openMarks('permission', { holdMs: 60_000, onEvents: (batch) => void events.push(...batch) });
    marks?.addFile(trap, 4);
    const reader = shell('cat "$1"');
    await until('the opener', () => events[0]);
    await marks?.close();
    expect((await reader).stdout).toBe('secret\n');
    await until('no descriptor', async () => (await readdir('/proc/self/fd')).length <= before.length);
  });
});
