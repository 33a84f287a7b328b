import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  type FileHandle,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import type { Clock } from '../../../src/core/ports/clock.js';
import { type SensorGap, SensorUnavailable } from '../../../src/core/ports/sensor.js';
import type { Touch } from '../../../src/core/touch.js';
import type { Trap } from '../../../src/core/trap.js';
import { OpenFileHolders } from '../../../src/process/open-file-holders.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { InotifySensor, type InotifySensorOptions } from '../../../src/sensor/inotify/inotify-sensor.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { describeWith } from '../../support/requirements.js';

const clock: Clock = {
  nowNs: () => BigInt(Date.now()) * 1_000_000n,
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

const waitFor = (condition: () => unknown) => vi.waitFor(condition, { timeout: 15_000, interval: 10 });

let folder: string;
let stateDir: string;
let sensor: InotifySensor;
let touches: Touch[];
let losses: string[];
let gaps: SensorGap[];
let warnings: string[];
const children: ChildProcess[] = [];
const listener = {
  ...ignoringListener,
  touched: (touch: Touch) => void touches.push(touch),
  lost: (reason: string) => void losses.push(reason),
  gap: (gap: SensorGap) => void gaps.push(gap),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inotify-sensor-'));
  stateDir = join(folder, 'state');
  touches = [];
  losses = [];
  gaps = [];
  warnings = [];
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sensor.disarm();
  await rm(folder, { recursive: true, force: true });
});

async function plant(name: string, inFolder = 'traps'): Promise<Trap> {
  const path = join(folder, inFolder, name);
  await mkdir(join(folder, inFolder), { recursive: true });
  await writeFile(path, 'secret\n');
  return { id: `trap-${name.length}-${basename(inFolder)}`, kind: 'passwords', path, sha256: '', size: 7 };
}

function makeSensor(more: Partial<InotifySensorOptions> = {}): InotifySensor {
  const ignore = () => undefined;
  sensor = new InotifySensor({
    holders: async () => ({ certainty: 'unknown', ancestors: [] }),
    clock,
    diagnostics: { debug: ignore, info: ignore, warn: (message) => warnings.push(message), error: ignore },
    stateDir,
    restartMinMs: 20,
    restartMaxMs: 200,
    heartbeatMs: 250,
    ...more,
  });
  return sensor;
}

const opsOf = (trap: Trap) => touches.filter(({ trapId }) => trapId === trap.id).map(({ op }) => op);

/** The daemon's own children by name: other tests may run an inotifywait of their own. */
async function inotifywaitPids(): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    if (stat.includes(`(inotifywait) S ${process.pid} `)) pids.push(Number(entry));
    if (stat.includes(`(inotifywait) T ${process.pid} `)) pids.push(Number(entry));
  }
  return pids;
}

async function inotifywaitPid(): Promise<number> {
  const [pid, ...others] = await inotifywaitPids();
  expect(others).toEqual([]);
  return pid as number;
}

describeWith(['inotifywait'], 'InotifySensor', () => {
  it('sees a touch the moment it is armed, as open and read of the right trap', async () => {
    const first = await plant('first');
    const second = await plant('second');
    await makeSensor().arm([first, second], listener);
    const before = clock.nowNs();
    await readFile(second.path);
    await waitFor(() => expect(opsOf(second)).toEqual(['open', 'read']));
    expect(opsOf(first)).toEqual([]);
    expect(touches[0]?.actor).toEqual({ certainty: 'unknown', ancestors: [] });
    expect(touches[0]?.atNs).toBeGreaterThanOrEqual(before);
    expect(gaps).toEqual([]);
  });

  it('tells writing, changed modes, a new link, a new name and removal apart', async () => {
    const trap = await plant('one');
    await makeSensor().arm([trap], listener);
    // How many events one writing makes is the kernel's to choose.
    const changes = () => opsOf(trap).filter((op) => op !== 'open' && op !== 'write');
    await writeFile(trap.path, 'more');
    await waitFor(() => expect(opsOf(trap)).toContain('write'));
    await chmod(trap.path, 0o600);
    await waitFor(() => expect(changes()).toEqual(['chmod']));
    await link(trap.path, join(folder, 'other'));
    await waitFor(() => expect(changes()).toEqual(['chmod', 'link']));
    await unlink(join(folder, 'other'));
    await rename(trap.path, `${trap.path}2`);
    await waitFor(() => expect(opsOf(trap)).toContain('rename'));
    await unlink(`${trap.path}2`);
    await waitFor(() => expect(opsOf(trap)).toContain('unlink'));
  });

  it('watches traps that are added and no longer those that are removed, while it runs', async () => {
    const [first, second] = [await plant('first'), await plant('second')];
    await makeSensor().arm([first], listener);
    const gone = { ...second, id: 'gone', path: `${second.path}-gone` };
    expect(await sensor.add([second, gone])).toMatchObject([{ trap: { id: 'gone' } }]);
    await readFile(second.path);
    await waitFor(() => expect(opsOf(second)).toEqual(['open', 'read']));
    await sensor.remove([second]);
    await readFile(second.path);
    await readFile(first.path);
    await waitFor(() => expect(opsOf(first)).toEqual(['open', 'read']));
    expect(opsOf(second)).toEqual(['open', 'read']);
    expect(losses).toEqual([]);
  });

  it('tells a removal once and at once, while a reader keeps the file', async () => {
    const trap = await plant('one');
    await makeSensor().arm([trap], listener);
    const reader: FileHandle = await open(trap.path);
    await unlink(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'unlink']));
    await reader.close();
    await rm(join(folder, 'traps'), { recursive: true });
    await sensor.disarm();
    expect(opsOf(trap).filter((op) => op === 'unlink')).toHaveLength(1);
  });

  it('sees a trap opened by a hard link made before and after it was armed', async () => {
    const trap = await plant('one');
    await link(trap.path, join(folder, 'early'));
    await makeSensor().arm([trap], listener);
    await readFile(join(folder, 'early'));
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read']));
    await link(trap.path, join(folder, 'late'));
    await readFile(join(folder, 'late'));
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read', 'link', 'open', 'read']));
  });

  it('tells the listing of a trap folder, once a folder', async () => {
    const traps = [await plant('one'), await plant('three'), await plant('one', 'elsewhere')];
    await makeSensor().arm(traps, listener);
    await readdir(join(folder, 'traps'));
    await waitFor(() =>
      expect(touches.map(({ trapId, op }) => [trapId, op])).toEqual([['trap-3-traps', 'list']]),
    );
  });

  it('knows traps with hostile names', async () => {
    const names = [
      ' spaced ',
      '@exclude',
      '%s%n',
      '-m',
      '"quoted\'',
      'new\nline',
      'täglich',
      '\x1b[31m',
      '\\x41',
    ];
    const traps: Trap[] = [];
    for (const [index, name] of names.entries()) {
      const path = join(folder, 'traps', name);
      await plant(name);
      // The domain's paths are printable: a line feed stands as an escape there.
      const printable = path.replaceAll('\\', '\\\\').replace('\n', '\\x0a').replace('\x1b', '\\x1b');
      traps.push({ id: `trap-${index}`, kind: 'env', path: printable, sha256: '', size: 7 });
    }
    await makeSensor().arm(traps, listener);
    for (const name of names) await readFile(join(folder, 'traps', name));
    await waitFor(() => expect(touches).toHaveLength(names.length * 2));
    for (const trap of traps) expect(opsOf(trap)).toEqual(['open', 'read']);
  });

  it('watches what is there when one of the traps is not, and says so', async () => {
    const trap = await plant('one');
    await makeSensor().arm([trap, { ...trap, id: 'absent', path: join(folder, 'absent') }], listener);
    expect(warnings).toEqual(['traps that are not there cannot be watched']);
    await readFile(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read']));
  });

  it('reports a killed inotifywait, comes back, names the gap and sees again', async () => {
    const trap = await plant('one');
    await makeSensor().arm([trap], listener);
    const killedAt = clock.nowNs();
    process.kill(await inotifywaitPid(), 'SIGKILL');
    await waitFor(() => expect(gaps).toHaveLength(1));
    expect(losses).toEqual(['inotifywait was killed by SIGKILL']);
    expect(gaps[0]?.reason).toBe('inotifywait was killed by SIGKILL');
    expect(gaps[0]?.fromNs).toBeLessThanOrEqual(killedAt + 1_000_000n);
    expect(gaps[0]?.toNs).toBeGreaterThan(killedAt);
    await readFile(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read']));
  });

  it('notices a frozen inotifywait, still gets what the kernel kept for it, and sees again', async () => {
    const trap = await plant('one');
    await makeSensor().arm([trap], listener);
    const frozen = await inotifywaitPid();
    process.kill(frozen, 'SIGSTOP');
    await readFile(trap.path);
    await waitFor(() => expect(losses).toEqual(['inotifywait did not answer for 250 ms']));
    await waitFor(() => expect(gaps).toHaveLength(1));
    expect(opsOf(trap)).toEqual(['open', 'read']);
    expect(await inotifywaitPid()).not.toBe(frozen);
    await readFile(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read', 'open', 'read']));
  });

  it('notices within two heartbeats of one second', async () => {
    const trap = await plant('one');
    await makeSensor({ heartbeatMs: 1000 }).arm([trap], listener);
    const frozenAt = performance.now();
    process.kill(await inotifywaitPid(), 'SIGSTOP');
    await waitFor(() => expect(losses).toHaveLength(1));
    expect(performance.now() - frozenAt).toBeLessThan(2200);
  });

  it('tells a trap that was removed while it was blind', async () => {
    const trap = await plant('one');
    const other = await plant('other');
    await makeSensor({ restartMinMs: 300, restartMaxMs: 300 }).arm([trap, other], listener);
    process.kill(await inotifywaitPid(), 'SIGKILL');
    await waitFor(() => expect(losses).toHaveLength(1));
    await unlink(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['unlink']));
    await waitFor(() => expect(gaps).toHaveLength(1));
    await readFile(other.path);
    await waitFor(() => expect(opsOf(other)).toEqual(['open', 'read']));
  });

  it('names an overflow of the kernel queue as a gap', async () => {
    const limit = Number(await readFile('/proc/sys/fs/inotify/max_queued_events', 'latin1'));
    const trap = await plant('one');
    // Long heartbeats: the overflow is to be told by inotifywait, not guessed from its silence.
    await makeSensor({ heartbeatMs: 60_000 }).arm([trap], listener);
    const pid = await inotifywaitPid();
    process.kill(pid, 'SIGSTOP');
    // Two names take turns, so that the kernel cannot merge equal neighbours.
    for (let event = 0; event <= limit; event += 4) await (await open(trap.path)).close();
    for (let event = 0; event <= limit; event += 2) await readFile(trap.path);
    process.kill(pid, 'SIGCONT');
    await waitFor(() =>
      expect(gaps.map(({ reason }) => reason)).toContain('the kernel queue of inotify overflowed'),
    );
    expect(losses).toEqual([]);
  });

  it('names a reader that holds the trap as a guess, with ancestors up to PID 1', async () => {
    const trap = await plant('one');
    const reader = new ProcReader();
    const inspector = new ProcProcessInspector({ reader, users: new UserDatabase(), searchMs: 2000 });
    const holders = new OpenFileHolders({ reader, inspector, budgetMs: 2000 });
    await makeSensor({ holders: (path) => holders.actorOf(path) }).arm([trap], listener);
    const tail = spawn('tail', ['-f', trap.path], { stdio: 'ignore' });
    children.push(tail);
    await waitFor(() => expect(touches.some(({ actor }) => actor.certainty === 'guess')).toBe(true));
    const actor = touches.find((touch) => touch.actor.certainty === 'guess')?.actor as Actor;
    expect(actor.process).toMatchObject({ pid: tail.pid, args: ['tail', '-f', trap.path] });
    expect(actor.ancestors[0]?.pid).toBe(process.pid);
    expect(actor.ancestors.at(-1)?.pid).toBe(1);
  });

  it('leaves no child and no probe file when disarmed, however often', async () => {
    await makeSensor().arm([await plant('one')], listener);
    expect(await readdir(stateDir)).toHaveLength(1);
    await sensor.disarm();
    await sensor.disarm();
    expect(await inotifywaitPids()).toEqual([]);
    expect(await readdir(stateDir)).toEqual([]);
    expect(losses).toEqual([]);
  });

  it('can be disarmed while it comes back', async () => {
    await makeSensor({ restartMinMs: 60_000, restartMaxMs: 60_000 }).arm([await plant('one')], listener);
    process.kill(await inotifywaitPid(), 'SIGKILL');
    await waitFor(() => expect(losses).toHaveLength(1));
    await sensor.disarm();
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('arms 2,000 traps', async () => {
    const traps: Trap[] = [];
    for (let index = 0; index < 2000; index += 1) {
      traps.push({ ...(await plant(`trap${index}`)), id: `trap-${index}` });
    }
    await makeSensor().arm(traps, listener);
    await readFile(traps[1999]?.path as string);
    await waitFor(() => expect(opsOf(traps[1999] as Trap)).toEqual(['open', 'read']));
  });
});

describe('InotifySensor where it cannot work', () => {
  const program = async (script: string) => {
    const path = join(folder, 'fake-inotifywait');
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  };
  const refusal = async (more: Partial<InotifySensorOptions>) => {
    const trap = await plant('one');
    const error: unknown = await makeSensor(more)
      .arm([trap], listener)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SensorUnavailable);
    return (error as SensorUnavailable).message;
  };

  it('says which package is missing', async () => {
    const message = await refusal({ command: 'inotifywait-not-here' });
    expect(message).toBe(
      'inotifywait-not-here is not installed or not in PATH: install the package inotify-tools',
    );
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('gives the complaint of an inotifywait that exits at once', async () => {
    const command = await program('echo "upper limit on inotify watches reached" >&2; exit 1');
    expect(await refusal({ command })).toBe(
      'fake-inotifywait exited with code 1: upper limit on inotify watches reached',
    );
  });

  it('believes no banner: without the event of its own touch it is not armed', async () => {
    const command = await program('echo "Watches established." >&2; cat >/dev/null; exec sleep 60');
    const message = await refusal({ command, proofMs: 300 });
    expect(message).toBe("inotifywait did not report the daemon's own touch within 300 ms");
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('can be disarmed while it waits for its proof', async () => {
    const command = await program('exec sleep 60');
    const arming = makeSensor({ command, proofMs: 60_000 }).arm([await plant('one')], listener);
    const refused = expect(arming).rejects.toThrow(SensorUnavailable);
    await waitFor(async () => expect(await readdir(stateDir)).toHaveLength(1));
    await sensor.disarm();
    await refused;
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('survives garbage, counts it and tells it at most once a second', async () => {
    const command = await program(
      'i=0; while [ $i -lt 2000 ]; do printf "garbage\\377\\000\\n\\000\\000x"; i=$((i+1)); done; head -c 1000000 /dev/zero; exec inotifywait "$@"',
    );
    const trap = await plant('one');
    await makeSensor({ command }).arm([trap], listener);
    await readFile(trap.path);
    await waitFor(() => expect(opsOf(trap)).toEqual(['open', 'read']));
    await waitFor(() => expect(warnings.length).toBeGreaterThan(0));
    expect(warnings.length).toBeLessThan(4);
  });

  it('says when the state folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await refusal({ stateDir: join(folder, 'file', 'state') })).toMatch(
      /^no probe file can be made: ENOTDIR/,
    );
  });
});

it('a holder that has ended is no holder', async () => {
  sensor = makeSensor();
  const trap = await plant('one');
  const reader = new ProcReader();
  const inspector = new ProcProcessInspector({ reader, users: new UserDatabase() });
  const holders = new OpenFileHolders({ reader, inspector, budgetMs: 5000 });
  const tail = spawn('tail', ['-f', trap.path], { stdio: 'ignore' });
  children.push(tail);
  await waitFor(async () => expect((await holders.actorOf(trap.path)).process?.pid).toBe(tail.pid));
  tail.kill('SIGKILL');
  await once(tail, 'exit');
  expect(await holders.actorOf(trap.path)).toEqual({ certainty: 'unknown', ancestors: [] });
});
