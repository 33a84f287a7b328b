import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SensorGap } from '../../../src/core/ports/sensor.js';
import type { Touch } from '../../../src/core/touch.js';
import type { Trap } from '../../../src/core/trap.js';
import type { FanotifySensor, FanotifySensorOptions } from '../../../src/sensor/fanotify/fanotify-sensor.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { realSensor } from './real-sensor.js';

const run = promisify(execFile);

let folder: string;
let trap: Trap;
let sensor: FanotifySensor;
let touches: Touch[];
let losses: string[];
let gaps: SensorGap[];
const children: ChildProcess[] = [];
const listener = {
  ...ignoringListener,
  touched: (touch: Touch) => void touches.push(touch),
  lost: (reason: string) => void losses.push(reason),
  gap: (gap: SensorGap) => void gaps.push(gap),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanotify-sensor-'));
  await chmod(folder, 0o755);
  trap = await plant('one');
  touches = [];
  losses = [];
  gaps = [];
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sensor?.disarm();
  await rm(folder, { recursive: true, force: true });
});

async function plant(name: string, content = 'secret\n'): Promise<Trap> {
  await mkdir(join(folder, 'traps'), { recursive: true });
  const path = join(folder, 'traps', name);
  await writeFile(path, content);
  return { id: `trap-${name}`, kind: 'passwords', path, sha256: '', size: 7 };
}

async function arm(traps: readonly Trap[], more: Partial<FanotifySensorOptions> = {}): Promise<void> {
  sensor = realSensor(join(folder, 'state'), more);
  await sensor.arm(traps, listener);
}

/** Not the test's own child: those are never held. */
const shell = (script: string, ...args: string[]) =>
  run('sh', ['-c', `(${script}); exit $?`, 'intruder', trap.path, ...args]);

const opsOf = ({ id }: Trap) => touches.filter(({ trapId }) => trapId === id).map(({ op }) => op);
const touchOf = (op: string, what: Trap = trap) =>
  touches.find((touch) => touch.trapId === what.id && touch.op === op);
const sees = (op: string, what: Trap = trap) => until(`${op} of ${what.id}`, () => touchOf(op, what), 5000);

describeWith(['root'], 'FanotifySensor', () => {
  it('names a reader that lives for under a millisecond, with every ancestor', async () => {
    await arm([trap]);
    await shell('sh -c \'head -c1 "$1"; true\' parent "$1"; true');
    const { actor } = await sees('open');
    expect(actor.certainty).toBe('kernel');
    expect(actor.process).toMatchObject({
      args: ['head', '-c1', trap.path],
      uid: 0,
      workingDirectory: process.cwd(),
    });
    expect(actor.process?.executable).toMatch(/\/head$/);
    const [parent, grandparent, shellItself, test, ...above] = actor.ancestors;
    // A glance has 1 ms for what ancestors were called with; who they are is told in any case.
    const shells = [parent, grandparent, shellItself];
    expect(shells.map((shell) => shell?.name)).toEqual(['sh', 'sh', 'sh']);
    for (const args of shells.flatMap((shell) => (shell?.args ? [shell.args] : [])))
      expect(args.slice(0, 2)).toEqual(['sh', '-c']);
    expect(test?.pid).toBe(process.pid);
    expect(above.at(-1)?.pid).toBe(1);
    expect((await sees('read')).actor.process?.pid).toBe(actor.process?.pid);
  });

  const changes: [string, string, string[]][] = [
    ['writing', 'echo x >> "$1"', ['open', 'write']],
    ['truncating', 'truncate -s 0 "$1"', ['open', 'write']],
    ['a new name', 'mv "$1" "$1.moved"', ['rename']],
    ['removal', 'rm "$1"', ['unlink']],
    ['another file put in its place', 'echo > "$1.new"; mv "$1.new" "$1"', ['unlink']],
    ['a hard link', 'ln "$1" "$1.link"', ['link']],
    ['a changed mode', 'chmod 600 "$1"', ['chmod']],
    ['an extended attribute', 'setfattr -n user.a -v 1 "$1"', ['chmod']],
    ['a listing', 'ls "$(dirname "$1")"', ['list']],
    ['execution', 'chmod 755 "$1"; "$1" || true', ['chmod', 'exec', 'open', 'read']],
  ];
  it.each(changes)('sees %s', async (_name, script, expected) => {
    await arm([trap]);
    // Those above stay until the touch is told; whoever ended by then has no ancestors left.
    const shells = spawn('sh', ['-c', `(${script}; read _); true`, 'intruder', trap.path]);
    children.push(shells);
    for (const op of expected) await sees(op);
    const ended = once(shells, 'exit');
    shells.stdin.end();
    await ended;
    await sensor.disarm();
    expect(new Set(opsOf(trap))).toEqual(new Set(expected));
    // Changes are told when they are done: then the process may be gone, but its parent is not.
    for (const { actor } of touches) {
      expect(actor.process?.pid ?? actor.threadId).toBeGreaterThan(1);
      if (actor.certainty === 'kernel') expect(actor.ancestors.map(({ pid }) => pid)).toContain(process.pid);
    }
  });

  const detours: [string, string][] = [
    ['a hard link', 'ln "$1" "$2/link"; cat "$2/link"'],
    ['a symbolic link', 'ln -s "$1" "$2/link"; cat "$2/link"'],
    [
      'a bind mount in another mount namespace',
      'mkdir "$2/b"; unshare -m sh -c \'mount --bind "$1" "$2"; cat "$2/one"\' x "$(dirname "$1")" "$2/b"',
    ],
    [
      'a descriptor that opened nothing',
      'python3 -c \'import os,sys; fd = os.open(sys.argv[1], os.O_PATH); print(open("/proc/self/fd/%d" % fd).read())\' "$1"',
    ],
    ['another root', 'chroot / cat "$1"'],
    ['a user that is nobody', 'setpriv --reuid 65534 --clear-groups cat "$1"'],
    [
      'a memory map',
      'python3 -c \'import mmap,sys; f = open(sys.argv[1]); print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:])\' "$1"',
    ],
    [
      'sendfile',
      'python3 -c \'import os,sys; f = open(sys.argv[1]); p = os.pipe(); os.sendfile(p[1], f.fileno(), 0, 7)\' "$1"',
    ],
  ];
  it.each(detours)('sees the reading through %s', async (name, script) => {
    await arm([trap]);
    await shell(script, folder);
    const { actor } = await sees('open');
    if (name !== 'a memory map') await sees('read');
    expect(actor.certainty).toBe('kernel');
    expect(actor.process?.args?.length).toBeGreaterThan(0);
    expect(actor.ancestors.map(({ pid }) => pid)).toContain(process.pid);
    if (name.includes('nobody')) expect(actor.process?.uid).toBe(65534);
  });

  it('sees the reading of a descriptor that was opened before it was armed, and tells it once', async () => {
    const script =
      'import sys; f = open(sys.argv[1]); print("open", flush=True); sys.stdin.readline(); f.read()';
    const reader = spawn('sh', ['-c', '(exec python3 -c "$2" "$1")', 'sh', trap.path, script]);
    children.push(reader);
    const ended = once(reader, 'exit');
    await once(reader.stdout, 'data');
    await arm([trap]);
    reader.stdin.write('\n');
    const { actor } = await sees('read');
    expect(actor.process?.executable).toMatch(/python3/);
    await ended;
    await shell('cat "$1"');
    await sees('open');
    await sensor.disarm();
    const reads = touches.filter(({ op }) => op === 'read');
    expect(new Set(reads.map((read) => read.actor.process?.pid)).size).toBe(2);
    const told = reads.filter((read) => read.actor.process?.args?.[0] === 'cat');
    // Two calls of read(2): the first is told, the one that found the end is counted.
    expect(told.reduce((sum, { count }) => sum + (count ?? 1), 0)).toBe(2);
  });

  it('counts a flood exactly, and tells its first touch at once', async () => {
    await arm([trap]);
    const times = 3000;
    const script = `import os,sys\nfor _ in range(${times}): os.close(os.open(sys.argv[1], os.O_RDONLY))`;
    await shell('python3 -c "$2" "$1"', script);
    const count = () =>
      touches.reduce((sum, touch) => sum + (touch.op === 'open' ? (touch.count ?? 1) : 0), 0);
    await until('every touch', () => count() >= times);
    await sensor.disarm();
    expect(count()).toBe(times);
    expect(touches[0]).toMatchObject({ op: 'open' });
    expect(touches[0]?.count).toBeUndefined();
    expect(new Set(touches.map(({ actor }) => actor.process?.pid)).size).toBe(1);
  });

  it('refuses opening and execution with EPERM where it is told to deny, but not to own children', async () => {
    const program = await plant('program');
    await copyFile('/bin/true', program.path);
    await chmod(program.path, 0o755);
    await arm([trap, program], { deny: true });
    await expect(shell('cat "$1"')).rejects.toThrow(/Operation not permitted/);
    await expect(shell('"$2"', program.path)).rejects.toThrow(/Operation not permitted/);
    expect((await sees('denied')).actor.process?.args).toEqual(['cat', trap.path]);
    await sees('denied', program);
    // A repetition is refused too.
    const both =
      'import sys\nfor _ in "ab":\n try: open(sys.argv[1]); print("in")\n except PermissionError: print("refused")';
    expect((await shell('python3 -c "$2" "$1"', both)).stdout).toBe('refused\nrefused\n');
    expect((await run('cat', [trap.path])).stdout).toBe('secret\n');
  });

  it('tells repetitions that were refused as refused, with their count', async () => {
    await arm([trap], { deny: true });
    const times = 500;
    const script = `import sys\nfor _ in range(${times}):\n try: open(sys.argv[1])\n except PermissionError: pass`;
    await shell('python3 -c "$2" "$1"', script);
    const told = () => touches.reduce((sum, { count }) => sum + (count ?? 1), 0);
    await until('every touch', () => told() >= times);
    await sensor.disarm();
    expect(told()).toBe(times);
    expect(new Set(opsOf(trap))).toEqual(new Set(['denied']));
  });

  it('keeps no reader waiting while the daemon is busy', async () => {
    await arm([trap]);
    const times = join(folder, 'times');
    const script =
      '(for n in 1 2 3; do sleep 0.2; date +%s%N; cat "$1" > /dev/null; date +%s%N; done) > "$2"';
    const reader = spawn('sh', ['-c', script, 'sh', trap.path, times]);
    const ended = once(reader, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const busyUntil = performance.now() + 2500;
    while (performance.now() < busyUntil);
    const busyTillNs = BigInt(Date.now()) * 1_000_000n;
    await ended;
    const stamps = (await readFile(times, 'utf8')).trim().split('\n').map(BigInt);
    expect(stamps).toHaveLength(6);
    expect(stamps.at(-1) as bigint).toBeLessThan(busyTillNs);
    // Each was looked at by the thread, though the daemon was busy all their life.
    const readers = () => touches.filter(({ op }) => op === 'open');
    await until('all readers', () => readers().length === 3);
    for (const { actor } of readers()) {
      expect(actor.process?.executable).toMatch(/\/cat$/);
      expect(actor.process?.workingDirectory).toBe(process.cwd());
      expect(actor.ancestors.map(({ pid }) => pid)).toEqual(expect.arrayContaining([process.pid, 1]));
    }
    expect(losses).toEqual([]);
  });

  it('lets go whoever is held when the daemon is killed', async () => {
    const host = fileURLToPath(new URL('./holding-host.ts', import.meta.url));
    const daemon = spawn(process.execPath, ['--import', 'tsx', host, join(folder, 'state'), trap.path]);
    children.push(daemon);
    let said = '';
    daemon.stdout.on('data', (text) => {
      said += text;
    });
    await until('the armed daemon', () => said.includes('armed'));
    let done = false;
    const reader = shell('cat "$1"').finally(() => {
      done = true;
    });
    await until('the held reader', () => said.includes('held'));
    expect(done).toBe(false);
    daemon.kill('SIGKILL');
    expect((await reader).stdout).toBe('secret\n');
  });

  it('watches more traps and fewer while it is armed', async () => {
    await arm([trap]);
    const later = await plant('two');
    const none = { ...later, id: 'none', path: join(folder, 'none') };
    expect(await sensor.add([later, none])).toEqual([{ trap: none, reason: 'it is not there' }]);
    await shell('cat "$2"', later.path);
    await sees('read', later);
    await shell('cat "$1"');
    await sensor.remove([trap]);
    expect(opsOf(trap)).toEqual(['open', 'read']);
    await shell('cat "$1"; ls "$(dirname "$1")"');
    await sees('list', later);
    expect(opsOf(trap)).toEqual(['open', 'read']);
  });

  it('takes a file with the inode number of a removed trap for no trap', async () => {
    await arm([trap]);
    await shell('rm "$1"');
    await sees('unlink');
    const before = touches.length;
    await shell('for n in 1 2 3 4 5 6 7 8; do echo > "$1.$n"; done; cat "$1".*');
    await sensor.disarm();
    expect(touches.slice(before).filter(({ op }) => op !== 'list')).toEqual([]);
  });

  it('tells that it is blind, comes back, and tells the gap and what vanished', async () => {
    const other = await plant('other');
    await arm([trap, other], { heartbeatMs: 200 });
    // Its own probe goes with its folder: the touch of its own fails.
    await rm(join(folder, 'state', 'fanotify-probe'), { recursive: true });
    await until('the loss', () => losses.length > 0);
    expect(losses[0]).toMatch(/^the probe file cannot be touched/);
    await rm(other.path);
    await until('the gap', () => gaps.length > 0);
    expect(gaps[0]?.fromNs).toBeLessThanOrEqual(gaps[0]?.toNs as bigint);
    await sees('unlink', other);
    await shell('cat "$1"');
    await sees('read');
  });

  it('leaves nothing behind', async () => {
    const before = (await readdir('/proc/self/fd')).length;
    await arm([trap]);
    await sensor.disarm();
    expect(await readdir(join(folder, 'state'))).toEqual([]);
    expect((await readdir('/proc/self/fd')).length).toBeLessThanOrEqual(before);
    await shell('cat "$1"');
    expect(touches).toEqual([]);
  });

  it('is not available without the privilege, and says so', async () => {
    const host = fileURLToPath(new URL('./holding-host.ts', import.meta.url));
    const args = ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', '--', process.execPath];
    const refused = run('setpriv', [...args, '--import', 'tsx', host, join(folder, 'state'), trap.path]);
    await expect(refused).rejects.toThrow(/may not use fanotify \(needs CAP_SYS_ADMIN\)/);
  });
});
