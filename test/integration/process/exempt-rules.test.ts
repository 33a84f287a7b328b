import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import type { AuditEvent } from '../../../src/core/audit-event.js';
import type { Exemption } from '../../../src/core/exemption.js';
import { ExemptionRules } from '../../../src/process/exempt-rules.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { FakeClock } from '../../support/fake-clock.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const reader = new ProcReader();

describeWith(['root'], 'exemptions on real files and processes', () => {
  // Not in /tmp: what lies below a folder that everybody can write is refused.
  let folder: string;
  let program: string;
  const children: ChildProcess[] = [];
  const running: ExemptionRules[] = [];

  beforeEach(() => {
    folder = mkdtempSync('/opt/phantom-exempt-');
    chmodSync(folder, 0o755);
    program = join(folder, 'backup');
    copyFileSync('/bin/cat', program);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    }
    for (const rules of running.splice(0)) await rules.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function house(...rules: Partial<Exemption>[]) {
    const clock = new FakeClock();
    const diagnostics = new FakeDiagnostics();
    const events: AuditEvent[] = [];
    const record = async (...more: readonly AuditEvent[]) => void events.push(...more);
    const exemptions = new ExemptionRules({
      rules: rules.map((rule) => ({ name: 'backup', executable: program, ...rule })),
      reader,
      record,
      clock,
      diagnostics,
    });
    running.push(exemptions);
    await exemptions.start();
    const holdsFor = async (actor: Actor) => (await exemptions.ruleFor(actor)) !== undefined;
    return { clock, diagnostics, events, exemptions, holdsFor };
  }

  /** A process that waits, with what the kernel tells of it. */
  async function run(path: string, options: { uid?: number; executable?: boolean } = {}): Promise<Actor> {
    const child = spawn(path, [], {
      stdio: ['pipe', 'ignore', 'ignore'],
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    });
    children.push(child);
    await once(child, 'spawn');
    return actorOf(child.pid as number, options);
  }

  function actorOf(
    pid: number,
    { uid = 0, executable = true }: { uid?: number; executable?: boolean } = {},
  ): Actor {
    const startedAtNs = reader.statNow(pid)?.startedAtNs as bigint;
    const parentStart = reader.statNow(process.pid)?.startedAtNs as bigint;
    const { dev, ino } = statSync(`/proc/${pid}/exe`, { bigint: true });
    const device = (((dev >> 8n) & 0xfffn) << 20n) | (dev & 0xffn) | ((dev >> 12n) & 0xfff00n);
    return {
      certainty: 'kernel',
      process: { pid, startedAtNs, uid },
      ancestors: [{ pid: process.pid, startedAtNs: parentStart }],
      ...(executable && { executableFile: { device, inode: ino } }),
    };
  }

  it('hold for the program, and for no copy of it', async () => {
    const copy = join(folder, 'copy');
    copyFileSync(program, copy);
    const { holdsFor, diagnostics } = await house({});
    expect(await holdsFor(await run(program))).toBe(true);
    expect(await holdsFor(await run(copy))).toBe(false);
    expect(diagnostics.lines).toEqual([`info exemption backup: ${program}`]);
  });

  it('hold as well where the sensor did not tell the program', async () => {
    const { holdsFor } = await house({});
    expect(await holdsFor(await run(program, { executable: false }))).toBe(true);
    expect(await holdsFor(await run('/bin/cat', { executable: false }))).toBe(false);
  });

  it('decide at once, but after the program was replaced', async () => {
    const { exemptions } = await house({});
    expect(exemptions.ruleFor(await run(program))).toMatchObject({ name: 'backup' });
    expect(exemptions.ruleFor(await run('/bin/cat'))).toBeUndefined();
  });

  it('hold for no guess, whoever is guessed', async () => {
    const { holdsFor } = await house({});
    expect(await holdsFor({ ...(await run(program)), certainty: 'guess' })).toBe(false);
  });

  it('hold for their user alone', async () => {
    const { holdsFor } = await house({ uid: 0 });
    expect(await holdsFor(await run(program))).toBe(true);
    expect(await holdsFor(await run(program, { uid: 65_534 }))).toBe(false);
  });

  it('follow symbolic links, say where to, and mean the real file', async () => {
    const link = join(folder, 'updatedb');
    symlinkSync('backup', link);
    const { holdsFor, diagnostics } = await house({ executable: link });
    expect(await holdsFor(await run(program))).toBe(true);
    expect(diagnostics.lines).toEqual([`info exemption backup: ${link} is ${program}`]);
  });

  it('compare the programs of the ancestors, in order', async () => {
    const { holdsFor } = await house({ parents: [process.execPath] });
    expect(await holdsFor(await run(program))).toBe(true);
    const { holdsFor: other } = await house({ parents: ['/bin/sh'] });
    expect(await other(await run(program))).toBe(false);
    const { holdsFor: longer } = await house({ parents: [process.execPath, process.execPath] });
    expect(await longer(await run(program))).toBe(false);
  });

  it('take no process for an ancestor that only has its number', async () => {
    const { holdsFor } = await house({ parents: [process.execPath] });
    const actor = await run(program);
    const [parent] = actor.ancestors;
    const earlier = { pid: process.pid, startedAtNs: (parent?.startedAtNs as bigint) - 1_000_000_000n };
    expect(await holdsFor({ ...actor, ancestors: [earlier] })).toBe(false);
  });

  it('hold on for who runs while the file is replaced, and for the new file at once', async () => {
    const { holdsFor } = await house({});
    const before = await run(program);
    copyFileSync('/bin/cat', `${program}.new`);
    appendFileSync(`${program}.new`, 'a newer version');
    renameSync(`${program}.new`, program);
    const after = await run(program);
    // The paths are looked at 20 times a second at most.
    await until('the new file to be known', () => holdsFor(after), 1000);
    expect(await holdsFor(before)).toBe(true);
  });

  it('rest while the program is missing, with one warning, and hold when it is there', async () => {
    rmSync(program);
    const { clock, diagnostics, exemptions, holdsFor } = await house({});
    await clock.advance(30_000);
    await exemptions.refresh();
    expect(diagnostics.lines).toEqual([`warn exemption backup rests: ${program}: ENOENT`]);
    copyFileSync('/bin/cat', program);
    await exemptions.refresh();
    expect(diagnostics.lines.slice(1)).toEqual([`info exemption backup: ${program}`]);
    expect(await holdsFor(await run(program))).toBe(true);
  });

  it('hold by hash for who runs the file with that hash alone; another hash is told once', async () => {
    const sha256 = createHash('sha256').update(readFileSync(program)).digest('hex');
    const { events, exemptions, holdsFor } = await house({ sha256 });
    const before = await run(program);
    expect(await holdsFor(before)).toBe(true);
    copyFileSync('/bin/cat', `${program}.new`);
    appendFileSync(`${program}.new`, 'not what it was');
    renameSync(`${program}.new`, program);
    await exemptions.refresh();
    await exemptions.refresh();
    expect(events).toMatchObject([
      { action: 'exemption-refused', outcome: 'failure', exemption: { name: 'backup' }, path: program },
    ]);
    expect(events[0]?.reason).toMatch(new RegExp(`is [0-9a-f]{64}, the rule wants ${sha256}$`));
    expect(await holdsFor(await run(program))).toBe(false);
    expect(await holdsFor(before)).toBe(true);
  });

  it('hold no longer for a file that was changed in place', async () => {
    const sha256 = createHash('sha256').update(readFileSync(program)).digest('hex');
    const { exemptions, holdsFor } = await house({ sha256 });
    appendFileSync(program, 'more');
    await exemptions.refresh();
    expect(await holdsFor(await run(program))).toBe(false);
  });

  describe('whose program somebody else than root can write', () => {
    it.each<[string, () => void, RegExp]>([
      ['as everybody', () => chmodSync(program, 0o757), /backup can be written by everybody$/],
      [
        'as its group',
        () => {
          chownSync(program, 0, 50);
          chmodSync(program, 0o775);
        },
        /backup can be written by group 50$/,
      ],
      ['as its owner', () => chownSync(program, 65_534, 0), /backup belongs to uid 65534$/],
      [
        'in its folder',
        () => chmodSync(folder, 0o777),
        /^\/opt\/phantom-exempt-\w+ can be written by everybody$/,
      ],
      [
        'as the owner of its folder',
        () => chownSync(folder, 65_534, 0),
        /^\/opt\/phantom-exempt-\w+ belongs to uid 65534$/,
      ],
    ])('%s, are refused with the reason', async (_, spoil, reason) => {
      spoil();
      const { events, holdsFor } = await house({});
      expect(events).toMatchObject([{ action: 'exemption-refused' }]);
      expect(events[0]?.reason).toMatch(reason);
      expect(await holdsFor(await run(program))).toBe(false);
    });

    it('through a link on the way, are refused', async () => {
      const open = join(folder, 'open');
      mkdirSync(open);
      symlinkSync(program, join(open, 'backup'));
      symlinkSync('open/backup', join(folder, 'link'));
      chmodSync(open, 0o777);
      const { events } = await house({ executable: join(folder, 'link') });
      expect(events[0]?.reason).toBe(`${open} can be written by everybody`);
    });

    it('after the start, hold no longer', async () => {
      const { exemptions, events, holdsFor } = await house({});
      const actor = await run(program);
      expect(await holdsFor(actor)).toBe(true);
      chmodSync(folder, 0o777);
      await exemptions.refresh();
      expect(events).toHaveLength(1);
      expect(await holdsFor(actor)).toBe(false);
    });
  });

  it('are refused for what is no file', async () => {
    const { events } = await house({ executable: folder });
    expect(events[0]?.reason).toBe(`${folder} is no file`);
  });

  it('give up what they held when they stop', async () => {
    const { exemptions, holdsFor } = await house({});
    const actor = await run(program);
    await exemptions.stop();
    expect(exemptions.resolved).toEqual([]);
    rmSync(program);
    expect(await holdsFor(actor)).toBe(false);
  });

  describe('of a unit', () => {
    const slice = join(cgroup2(), 'phantomtest.slice');
    const backup = join(slice, 'backup.service');
    const web = join(slice, 'web.service');
    const pretended = join(web, 'backup.service');
    const made = [slice, backup, web, pretended];
    const idOf = (path: string) => ({ cgroupId: statSync(path, { bigint: true }).ino });

    beforeEach(() => {
      for (const path of made) mkdirSync(path);
    });
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      for (const path of made.toReversed()) await until(`${path} to be empty`, () => removed(path));
    });

    async function runIn(path: string): Promise<Actor> {
      const actor = await run(program);
      writeFileSync(join(path, 'cgroup.procs'), String(actor.process?.pid));
      return actor;
    }

    it('hold for who is in it', async () => {
      const { holdsFor } = await house({ unit: 'backup.service' });
      expect(await holdsFor(await run(program))).toBe(false);
      expect(await holdsFor(await runIn(backup))).toBe(true);
    });

    it('do not hold for a group of that name that another unit made', async () => {
      const { holdsFor } = await house({ unit: 'backup.service' });
      const actor = await runIn(pretended);
      expect(await holdsFor(actor)).toBe(false);
      expect(await holdsFor({ ...actor, ...idOf(pretended), cgroup: 'backup.service' })).toBe(false);
    });

    it('hold by the number of its control group for who is gone by now', async () => {
      const { holdsFor } = await house({ unit: 'backup.service' });
      const actor = await run(program);
      const child = children.at(-1) as ChildProcess;
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await holdsFor({ ...actor, ...idOf(backup) })).toBe(true);
      const later = { ...actor, process: { ...actor.process, pid: 1, startedAtNs: 1n } };
      expect(await holdsFor({ ...later, ...idOf(pretended) })).toBe(false);
    });
  });
});

function cgroup2(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4] ?? '/sys/fs/cgroup';
}

function removed(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
