import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { Touch } from '../../../src/core/touch.js';
import type { EbpfSensorOptions } from '../../../src/sensor/ebpf/ebpf-sensor-options.js';
import { detached, end, stateOf } from '../../support/detached.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { WatchedFolder } from './watched-folder.js';

const run = promisify(execFile);
/** Where version 2 of cgroups is, alone or beside version 1. */
const cgroups = existsSync('/sys/fs/cgroup/unified') ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup';

/** Says what it got of each file. */
const read = `for (@ARGV) { open(my $f, '<', $_) or die; sysread($f, my $x, 7) or die; print "got $x"; }`;
const write = `open(my $f, '+<', $ARGV[0]) or die; print "opened\\n"; syswrite($f, 'changed'); print "wrote\\n";`;

describeWith(['root', 'bpf', 'bpftrace', 'perl'], 'the hooks of the eBPF sensor', () => {
  let watched: WatchedFolder;
  const started: number[] = [];
  afterEach(async () => {
    for (const pid of started.splice(0)) end(pid);
    await watched.remove();
  });

  const output = () => `${watched.folder}/output`;
  const said = () => readFile(output(), 'latin1').catch(() => '');
  const arm = async (options: Partial<EbpfSensorOptions>) => {
    watched = await WatchedFolder.arm(['key', 'other'], options);
  };
  async function start(script: string, args: readonly string[], before?: readonly string[]): Promise<number> {
    const pid = await detached(script, output(), args, before);
    started.push(pid);
    return pid;
  }
  const heldTouch = (pid: number, op: string): Touch | undefined =>
    watched.touches.find(
      (touch) => touch.actor.process?.pid === pid && touch.op === op && touch.held !== undefined,
    );
  const isGone = (pid: number) => stateOf(pid) === undefined;

  it('stop a reader before it has a byte, tell so, and stop it once only when it is inspected', async () => {
    await arm({ containment: 'inspect' });
    const pid = await start(read, [watched.path('key'), watched.path('other')]);
    await until('the reader stands still', () => stateOf(pid) === 'T');
    expect(await said()).toBe('');
    await until('the stop is told', () => heldTouch(pid, 'open'));
    expect(heldTouch(pid, 'open')).toMatchObject({ held: 'stopped', actor: { certainty: 'kernel' } });
    expect(heldTouch(pid, 'open')?.actor.ancestors.length).toBeGreaterThan(0);
    end(pid, 'SIGCONT');
    await until('the reader ends by itself', () => isGone(pid));
    expect(await said()).toBe('got secret\ngot secret\n');
    await until('its other touches are told', () => watched.counted('other', 'open') > 0);
    const held = watched.touches.filter((touch) => touch.held !== undefined);
    expect(held.map(({ op, trapId }) => `${op} ${trapId}`)).toEqual(['open key']);
  });

  it('stop a frozen one at each access, until it is spared', async () => {
    await arm({ containment: 'freeze' });
    const pid = await start(read, [watched.path('key'), watched.path('other')]);
    await until('it stands still', () => stateOf(pid) === 'T');
    end(pid, 'SIGCONT');
    await until('the second stop is told', () => heldTouch(pid, 'read'));
    await until('it stands still again', () => stateOf(pid) === 'T');
    expect(await said()).toBe('');
    watched.sensor.spare(pid);
    end(pid, 'SIGCONT');
    await until('it ends by itself', () => isGone(pid));
    expect(await said()).toBe('got secret\ngot secret\n');
    await until('its later touches are told', () => watched.counted('other', 'open') > 0);
  });

  it.each([
    'inspect',
    'freeze',
    'kill',
  ] as const)('let a backup read the own file of the daemon: %s', async (containment) => {
    await arm({ containment });
    const pid = await start(`open(my $f, '<', $_) and sysread($f, my $x, 7) for @ARGV; print "done"`, [
      `${watched.folder}/state/run/probe`,
    ]);
    await until('it ends by itself', () => isGone(pid));
    expect(await said()).toBe('done');
  });

  it('tell each stop of one that is let go again and again', async () => {
    await arm({ containment: 'freeze' });
    const again = `for (1..5) { open(my $f, '<', $ARGV[0]) or die; print "opened\n"; close $f; }`;
    const pid = await start(again, [watched.path('key')]);
    const stops = () => watched.touches.filter((touch) => touch.held === 'stopped').length;
    for (let times = 1; times <= 5; times += 1) {
      await until(`stop ${times} is told`, () => stops() >= times);
      await until('it stands still', () => stateOf(pid) === 'T');
      end(pid, 'SIGCONT');
    }
    await until('it ends by itself', () => isGone(pid));
  });

  it('kill a reader before it has a byte', async () => {
    await arm({ containment: 'kill' });
    const pid = await start(read, [watched.path('key')]);
    await until('it is gone', () => isGone(pid));
    await until('it is told', () => heldTouch(pid, 'open'));
    expect(heldTouch(pid, 'open')).toMatchObject({ held: 'killed' });
    expect(await said()).toBe('');
  });

  it('kill whoever opens a trap for writing where tampering is answered so, and hold no reader', async () => {
    await arm({ containment: 'observe', onTamper: 'kill' });
    const reader = await start(read, [watched.path('key')]);
    await until('the reader ends by itself', () => isGone(reader));
    expect(await said()).toBe('got secret\n');
    const writer = await start(write, [watched.path('key')]);
    await until('the writer is gone', () => isGone(writer));
    await until('it is told', () => heldTouch(writer, 'open'));
    expect(heldTouch(writer, 'open')).toMatchObject({ held: 'killed', tampers: true });
    expect(heldTouch(reader, 'open')).toBeUndefined();
    expect(await said()).toBe('got secret\n');
    expect(await readFile(watched.path('key'), 'latin1')).toBe('secret\n');
  });

  it('do nothing to anybody where they only observe', async () => {
    await arm({ containment: 'deny', onTamper: 'observe' });
    const pid = await start(write, [watched.path('key')]);
    await until('it ends by itself', () => isGone(pid));
    expect(await said()).toBe('opened\nwrote\n');
    await until('it is told', () => watched.counted('key', 'open') > 0);
    expect(watched.touches.find(({ op }) => op === 'open')).toMatchObject({ tampers: true });
    expect(watched.touches.filter((touch) => touch.held !== undefined)).toEqual([]);
  });

  it('let none of 500 readers have a byte', async () => {
    await arm({ containment: 'inspect' });
    const many = `my @kids; for (1..500) { my $kid = fork; if (!$kid) {
        open(my $f, '<', $ARGV[0]); sysread($f, my $x, 7); print "got $x"; POSIX::_exit(0); } push @kids, $kid; }
      open(my $list, '>', $ARGV[1]); print $list "@kids"; close $list; rename $ARGV[1], "$ARGV[1].done"; sleep 600;`;
    const pid = await start(many, [watched.path('key'), `${watched.folder}/pids`]);
    const list = () => readFile(`${watched.folder}/pids.done`, 'latin1').catch(() => undefined);
    const pids = ((await until('all were started', list, 60_000)) as string).split(' ').map(Number);
    started.push(...pids);
    expect(pids).toHaveLength(500);
    await until('all stand still', () => pids.every((kid) => stateOf(kid) === 'T'), 60_000);
    expect(await said()).toBe('');
    expect(stateOf(pid)).toBe('S');
    await until('all are told', () => pids.every((kid) => heldTouch(kid, 'open')), 30_000);
  });

  it('spare an exempt program, but not its copy, another user or another unit', async () => {
    const folder = await mkdtemp('/opt/phantom-exempt-');
    // A shell of one word, so that the program of the process is the copy itself.
    const [known, copy, limited, unitBound] = ['known', 'copy', 'limited', 'unit-bound'].map(
      (name) => `${folder}/${name}`,
    ) as [string, string, string, string];
    const unit = 'phantom-test-of-a-unit.service';
    const group = `${cgroups}/${unit}`;
    try {
      for (const path of [known, copy, limited, unitBound]) await copyFile('/usr/bin/perl', path);
      await mkdir(group);
      await arm({
        containment: 'kill',
        exemptions: [
          { name: 'known', executable: known },
          { name: 'limited', executable: limited, uid: 65_534 },
          { name: 'unit bound', executable: unitBound, unit },
          { name: 'unit bound too', executable: unitBound, unit: `${unit.slice(0, -8)}.scope` },
        ],
      });
      const runs = async (program: string, prelude = ''): Promise<string> => {
        const word = `${program.split('/').at(-1)}${prelude === '' ? '' : ' with a prelude'}`;
        const script = `${prelude} exec($ARGV[1], '-e', 'open(my $f, "<", $ARGV[0]) or die; print "$ARGV[1]\\n"', $ARGV[0], $ARGV[2])`;
        const pid = await start(script, [watched.path('key'), program, word]);
        await until('it is gone', () => isGone(pid));
        return (await said()).includes(`${word}\n`) ? 'spared' : 'killed';
      };
      const asNobody = 'POSIX::setgid(65534); POSIX::setuid(65534);';
      const inUnit = `open(my $g, '>', '${group}/cgroup.procs') or die; print $g $$; close $g;`;
      await chmod(folder, 0o755);
      await chmod(watched.path('key'), 0o644);
      await chmod(output(), 0o666).catch(() => undefined);
      expect(await runs(known)).toBe('spared');
      expect(await runs(copy)).toBe('killed');
      expect(await runs(limited)).toBe('killed');
      expect(await runs(limited, asNobody)).toBe('spared');
      expect(await runs(unitBound)).toBe('killed');
      expect(await runs(unitBound, inUnit)).toBe('spared');
      expect(await runs(copy, inUnit)).toBe('killed');
      await until(
        'the spared are told too',
        () => watched.touches.filter(({ op }) => op === 'open').length >= 7,
      );
    } finally {
      await until('nobody is in the unit', () =>
        rmdir(group).then(
          () => true,
          ({ code }) => code === 'ENOENT',
        ),
      );
      await rm(folder, { recursive: true });
    }
  });

  it('spare the children of the daemon and theirs', async () => {
    await arm({ containment: 'kill' });
    const { stdout } = await run('/bin/sh', ['-c', 'cat "$0"; true', watched.path('key')]);
    expect(stdout).toBe('secret\n');
    await until('they are told', () => watched.counted('key', 'open') > 0);
  });

  it('leave no byte to a second thread that reads the descriptor before it is given out', async () => {
    await arm({ containment: 'kill' });
    const program = `${watched.folder}/racer`;
    await run('cc', ['-O2', '-pthread', '-o', program, 'test/integration/ebpf/racer.c']);
    const plain = await watched.plant('plain');
    await run('timeout', ['20', program, plain.path, `${output()}.plain`]);
    expect(await readFile(`${output()}.plain`, 'latin1')).toContain('has a byte');
    const pid = await start(
      `for (1..200) { if (!fork) { exec($ARGV[1], $ARGV[0], $ARGV[2]); } wait; } open(my $d, '>', "$ARGV[2].done");`,
      [watched.path('key'), program, output()],
    );
    await until('all have raced', () => isGone(pid), 60_000);
    expect(await said()).toBe('');
    expect(await readFile(`${output()}.done`, 'latin1')).toBe('');
  });
});
