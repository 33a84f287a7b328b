import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, ProcessFacts } from '../../../src/core/actor.js';
import { ProcReader, type Seat } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { ProcFixture } from './proc-fixture.js';

let proc: ProcFixture;
let inspector: ProcProcessInspector;

const at = (ticks: number) => BigInt(ticks) * 10_000_000n;
const seen = (
  process: ProcessFacts,
  ancestors: readonly ProcessFacts[] = [],
  more: Partial<Actor> = {},
): Actor => ({
  certainty: 'kernel',
  process,
  ancestors,
  ...more,
});

/** The actor as the second look completes it. */
const completeBy = async (by: ProcProcessInspector, actor: Actor) => (await by.describe(actor)).actor;
const complete = (actor: Actor) => completeBy(inspector, actor);

beforeEach(async () => {
  proc = await ProcFixture.create();
  await writeFile(join(proc.root, 'passwd'), 'root:x:0:0::/:\nalice:x:1000:1000::/:\n');
  await proc.put({ pid: 1, parent: 0, start: 1, name: 'systemd' });
  await proc.put({ pid: 10, parent: 1, start: 50, name: 'sshd' });
  await proc.put({ pid: 20, parent: 10, start: 60, name: 'bash', uid: 1000, args: ['-bash'] });
  await proc.put({
    pid: 30,
    parent: 20,
    start: 70,
    name: 'cat',
    uid: 1000,
    args: ['cat', '/tmp/trap'],
    workingDirectory: '/home/alice',
    session: 20,
    tty: 34816,
    loginUid: 1000,
    auditSession: 3,
  });
  inspector = new ProcProcessInspector({
    reader: new ProcReader(proc.root),
    users: new UserDatabase(join(proc.root, 'passwd')),
    describeMs: 5000,
  });
});
afterEach(() => proc.remove());

describe('ProcProcessInspector', () => {
  it('tells all of a living process and its chain to PID 1', async () => {
    const actor = await complete(seen({ pid: 30, startedAtNs: at(70) + 1234n }));
    expect(actor).toMatchObject({
      certainty: 'kernel',
      process: {
        pid: 30,
        startedAtNs: at(70) + 1234n,
        name: 'cat',
        executable: '/usr/bin/cat',
        args: ['cat', '/tmp/trap'],
        workingDirectory: '/home/alice',
        uid: 1000,
        gid: 1000,
        userName: 'alice',
      },
      posixSession: 20,
      tty: 'pts0',
      loginUid: 1000,
      auditSession: 3,
    });
    expect(actor.ancestors.map(({ pid, name, userName }) => [pid, name, userName])).toEqual([
      [20, 'bash', 'alice'],
      [10, 'sshd', 'root'],
      [1, 'systemd', 'root'],
    ]);
  });

  it('leaves the facts of a process whose pid is another process now', async () => {
    const known: ProcessFacts = { pid: 30, startedAtNs: at(69), name: 'vim', uid: 0 };
    const actor = await complete(seen(known));
    expect(actor).toEqual(seen({ ...known, userName: 'root' }));
  });

  it('leaves a process without a start time alone: nothing says that it is the same', async () => {
    expect(await complete(seen({ pid: 30 }))).toEqual(seen({ pid: 30 }));
  });

  it('drops what it read when the pid changes hands while it reads', async () => {
    class Racing extends ProcReader {
      override workingDirectory(pid: Seat) {
        proc.handOverNow({ pid: 30, start: 99, name: 'other' });
        return super.workingDirectory(pid);
      }
    }
    const racing = new ProcProcessInspector({
      reader: new Racing(proc.root),
      users: new UserDatabase('/nowhere'),
      // The race is to be run to its end, however busy the machine.
      describeMs: 10_000,
    });
    const known: ProcessFacts = { pid: 30, startedAtNs: at(70) };
    expect((await completeBy(racing, seen(known))).process).toEqual(known);
  });

  it('gives user names for the dead, whose kernel facts stand', async () => {
    const known: ProcessFacts = { pid: 31, startedAtNs: at(71), name: 'cat', uid: 1000, args: ['cat'] };
    const actor = await complete(seen(known, [{ pid: 20, startedAtNs: at(60), name: 'bash' }]));
    expect(actor.process).toEqual({ ...known, userName: 'alice' });
    expect(actor.ancestors.map(({ pid, executable }) => [pid, executable])).toEqual([
      [20, '/usr/bin/bash'],
      [10, '/usr/bin/sshd'],
      [1, '/usr/bin/systemd'],
    ]);
  });

  it('never overwrites what the kernel told', async () => {
    const known: ProcessFacts = {
      pid: 30,
      startedAtNs: at(70),
      name: 'cat',
      uid: 7,
      gid: 8,
      executable: '/kernel/cat',
      workingDirectory: '/kernel',
    };
    const login = { loginUid: 5, auditSession: 6, posixSession: 7, tty: 'tty9', threadId: 30 };
    const actor = await complete(seen(known, [], login));
    expect(actor).toMatchObject(login);
    expect(actor.process).toMatchObject(known);
  });

  it('completes arguments that the kernel cut off, in the middle of a character too', async () => {
    const whole = ['cat', 'x'.repeat(150), 'é'.repeat(40)];
    await proc.put({
      pid: 40,
      parent: 20,
      start: 80,
      name: 'cat',
      args: [...whole.slice(0, 2), '\xc3\xa9'.repeat(40)],
    });
    const cut = ['cat', 'x'.repeat(150), `${'é'.repeat(22)}\\xc3`];
    const actor = await complete(seen({ pid: 40, startedAtNs: at(80), args: cut }));
    expect(actor.process?.args).toEqual(whole);
  });

  it('takes neither program nor arguments of what the process became by another exec', async () => {
    const byArgs = await complete(seen({ pid: 30, startedAtNs: at(70), args: ['vim', '/tmp/trap'] }));
    expect(byArgs.process).toMatchObject({
      args: ['vim', '/tmp/trap'],
      uid: 1000,
      workingDirectory: '/home/alice',
    });
    expect(byArgs.process).not.toHaveProperty('executable');
    const byName = await complete(seen({ pid: 30, startedAtNs: at(70), name: 'vim' }));
    expect(byName.process).not.toHaveProperty('executable');
    expect(byName.process).not.toHaveProperty('args');
  });

  it('knows that a thread may have a name of its own', async () => {
    const actor = await complete(
      seen({ pid: 30, startedAtNs: at(70), name: 'worker' }, [], { threadId: 33 }),
    );
    expect(actor.process).toMatchObject({ name: 'worker', executable: '/usr/bin/cat' });
  });

  it('goes on where the sensor cut the chain off', async () => {
    const known: ProcessFacts[] = [{ pid: 20, startedAtNs: at(60) + 5n, name: 'bash' }];
    const actor = await complete(seen({ pid: 31, startedAtNs: at(71) }, known));
    expect(actor.ancestors.map(({ pid }) => pid)).toEqual([20, 10, 1]);
    expect(actor.ancestors[0]?.startedAtNs).toBe(at(60) + 5n);
  });

  it('leaves a complete chain as long as it is', async () => {
    const known: ProcessFacts[] = [
      { pid: 20, startedAtNs: at(60) },
      { pid: 1, startedAtNs: at(1) },
    ];
    const actor = await complete(seen({ pid: 30, startedAtNs: at(70) }, known));
    expect(actor.ancestors.map(({ pid }) => pid)).toEqual([20, 1]);
  });

  it('ends a chain that goes round in circles', async () => {
    await proc.put({ pid: 50, parent: 51, start: 90 });
    await proc.put({ pid: 51, parent: 50, start: 90 });
    const actor = await complete(seen({ pid: 50, startedAtNs: at(90) }));
    expect(actor.ancestors.length).toBeLessThanOrEqual(64);
  });

  it('cuts endless arguments of the process and, sooner, of its ancestors', async () => {
    const args = ['sh', '\xff'.repeat(40_000), 'end'];
    await proc.put({ pid: 60, parent: 20, start: 90, args });
    await proc.put({ pid: 61, parent: 60, start: 91, args });
    const actor = await complete(seen({ pid: 61, startedAtNs: at(91), args: ['sh', '\\xff\\xff'] }));
    expect(actor.process?.args).toEqual(['sh', '\\xff'.repeat(4093), '…']);
    expect(actor.ancestors[0]?.args).toEqual(['sh', '\\xff'.repeat(509), '…']);
  });

  it('reads an ancestor once for a burst of touches', async () => {
    let reads = 0;
    class Counting extends ProcReader {
      override args(pid: Seat, most?: number) {
        if (pid === 20) reads += 1;
        return super.args(pid, most);
      }
    }
    const counting = new ProcProcessInspector({
      reader: new Counting(proc.root),
      users: new UserDatabase(),
      describeMs: 5000,
      cacheAgeMs: 60_000,
    });
    const shell = { pid: 20, startedAtNs: at(60), name: 'bash' };
    const touches = Array.from({ length: 100 }, (_, index) =>
      seen({ pid: 900 + index, startedAtNs: at(99) }, [shell]),
    );
    const actors = await Promise.all(touches.map((actor) => completeBy(counting, actor)));
    expect(actors.every((actor) => actor.ancestors[0]?.executable === '/usr/bin/bash')).toBe(true);
    expect(reads).toBe(1);
  });

  it('gives what it has when /proc does not answer in time', async () => {
    class Hanging extends ProcReader {
      override args(pid: Seat) {
        return pid === 30 ? new Promise<never>(() => undefined) : super.args(pid);
      }
    }
    const hanging = new ProcProcessInspector({
      reader: new Hanging(proc.root),
      users: new UserDatabase(join(proc.root, 'passwd')),
      describeMs: 300,
    });
    const actor = await completeBy(hanging, seen({ pid: 30, startedAtNs: at(70) }));
    expect(actor.process).toEqual({ pid: 30, startedAtNs: at(70) });
    expect(actor.ancestors.map(({ pid }) => pid)).toEqual([20, 10, 1]);
  });

  it('never rejects, whatever breaks', async () => {
    await rm(join(proc.root, '20', 'stat'));
    await writeFile(join(proc.root, '30', 'status'), 'garbage');
    const actor = await complete(seen({ pid: 30, startedAtNs: at(70) }));
    expect(actor.process?.name).toBe('cat');
    expect(actor.ancestors).toEqual([]);
    class Broken extends ProcReader {
      override statNow(): never {
        throw new Error('broken');
      }
    }
    const broken = new ProcProcessInspector({ reader: new Broken(), users: new UserDatabase() });
    const nobody: Actor = { certainty: 'unknown', ancestors: [] };
    expect(await completeBy(broken, nobody)).toEqual(nobody);
    const first = seen({ pid: 1, startedAtNs: 0n });
    expect(await completeBy(broken, first)).toEqual(first);
    expect(await broken.glance(first)).toEqual(first);
  });
});

describe('the first look', () => {
  const glance = (actor: Actor) => inspector.glance(actor);

  it('names a process that the kernel told of: user, program and the way to PID 1', async () => {
    const known: ProcessFacts = {
      pid: 30,
      startedAtNs: at(70) + 1n,
      name: 'cat',
      uid: 1000,
      args: ['cat', '/tmp/t'],
    };
    const actor = await glance(seen(known, [{ pid: 20, startedAtNs: at(60), name: 'bash', uid: 1000 }]));
    expect(actor.process).toMatchObject({ ...known, executable: '/usr/bin/cat', userName: 'alice' });
    expect(actor.ancestors.map(({ pid, userName, executable }) => [pid, userName, executable])).toEqual([
      [20, 'alice', '/usr/bin/bash'],
      [10, 'root', '/usr/bin/sshd'],
      [1, 'root', '/usr/bin/systemd'],
    ]);
    expect(actor).toMatchObject({ loginUid: 1000, auditSession: 3, tty: 'pts0', posixSession: 20 });
  });

  it('reads the arguments only when the sensor did not tell them', async () => {
    let reads = 0;
    class Counting extends ProcReader {
      override args(pid: Seat, most?: number) {
        reads += 1;
        return super.args(pid, most);
      }
    }
    const counting = new ProcProcessInspector({
      reader: new Counting(proc.root),
      users: new UserDatabase(),
      searchMs: 5000,
    });
    const known = { pid: 30, startedAtNs: at(70) };
    await counting.glance(seen({ ...known, args: ['cat'] }));
    expect(reads).toBe(0);
    expect((await counting.glance(seen(known))).process?.args).toEqual(['cat', '/tmp/trap']);
    expect(reads).toBe(1);
  });

  it('does not wait for arguments that do not come', async () => {
    class Hanging extends ProcReader {
      override args() {
        return new Promise<never>(() => undefined);
      }
    }
    const hanging = new ProcProcessInspector({
      reader: new Hanging(proc.root),
      users: new UserDatabase(),
      searchMs: 20,
    });
    const actor = await hanging.glance(seen({ pid: 30, startedAtNs: at(70) }));
    expect(actor.process).toMatchObject({ name: 'cat', executable: '/usr/bin/cat' });
  });

  it('takes no program of another name, and none of another file than the kernel saw', async () => {
    const renamed = await glance(seen({ pid: 30, startedAtNs: at(70), name: 'vim' }));
    expect(renamed.process).not.toHaveProperty('executable');
    await proc.put({ pid: 31, parent: 20, start: 71, name: 'cat', executable: '/bin/sh' });
    const file = await stat('/bin/sh', { bigint: true });
    const known = { pid: 31, startedAtNs: at(71), name: 'cat' };
    const ran = (inode: bigint) => seen(known, [], { executableFile: { device: file.dev, inode } });
    expect((await glance(ran(file.ino))).process?.executable).toBe('/bin/sh');
    expect((await glance(ran(file.ino + 1n))).process).not.toHaveProperty('executable');
  });

  it('looks once at the same program for touches of a moment, and again for another program or user', async () => {
    let looks = 0;
    class Counting extends ProcReader {
      override workingDirectory(seat: Seat) {
        looks += 1;
        return super.workingDirectory(seat);
      }
    }
    const counting = new ProcProcessInspector({
      reader: new Counting(proc.root),
      users: new UserDatabase(),
      glimpseAgeMs: 60_000,
    });
    const file = await stat('/bin/sh', { bigint: true });
    await proc.put({ pid: 31, parent: 20, start: 71, name: 'cat', executable: '/bin/sh' });
    const touch = (inode: bigint, uid = 1000) =>
      seen({ pid: 31, startedAtNs: at(71), name: 'cat', uid, gid: 1000 }, [], {
        executableFile: { device: file.dev, inode },
      });
    const first = await counting.glance(touch(file.ino));
    expect(await counting.glance(touch(file.ino))).toEqual(first);
    expect(first.process?.executable).toBe('/bin/sh');
    expect(looks).toBe(1);
    expect((await counting.glance(touch(file.ino + 1n))).process).not.toHaveProperty('executable');
    await counting.glance(touch(file.ino, 0));
    expect(looks).toBe(3);
    // Who is not known by its program may have become another.
    const unknown = seen({ pid: 31, startedAtNs: at(71), name: 'cat' });
    await counting.glance(unknown);
    await counting.glance(unknown);
    expect(looks).toBe(5);
  });

  it('leaves a process alone whose number is used again, at whatever read that happens', async () => {
    const known: ProcessFacts = { pid: 30, startedAtNs: at(70), name: 'cat', uid: 7 };
    for (let at = 0; at < 12; at += 1) {
      await proc.put({ pid: 30, parent: 20, start: 70, name: 'cat', uid: 1000, loginUid: 1000, tty: 34816 });
      const reading = new ProcProcessInspector({
        reader: new ChangingHands(proc, at),
        users: new UserDatabase('/nowhere'),
        searchMs: 5000,
      });
      const actor = await reading.glance(seen(known));
      const { details, actor: described } = await (async () => {
        await proc.put({
          pid: 30,
          parent: 20,
          start: 70,
          name: 'cat',
          uid: 1000,
          loginUid: 1000,
          tty: 34816,
        });
        const later = new ProcProcessInspector({
          reader: new ChangingHands(proc, at),
          users: new UserDatabase('/nowhere'),
        });
        const found = await later.describe(seen(known));
        return { details: found, actor: found.actor };
      })();
      for (const one of [actor, described]) {
        expect(one.process).toMatchObject(known);
        expect(JSON.stringify(one, bigints)).not.toContain('intruder');
      }
      expect(JSON.stringify(details, bigints)).not.toContain('intruder');
    }
  });
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** The number of process 30 goes to another, whose everything is called `intruder`, at the nth read. */
class ChangingHands extends ProcReader {
  #left: number;

  constructor(
    private readonly proc: ProcFixture,
    after: number,
  ) {
    super(proc.root);
    this.#left = after;
  }

  override statNow(pid: Seat) {
    this.#read(pid);
    return super.statNow(pid);
  }

  override executable(pid: Seat, most?: number) {
    this.#read(pid);
    return super.executable(pid, most);
  }

  override workingDirectory(pid: Seat, most?: number) {
    this.#read(pid);
    return super.workingDirectory(pid, most);
  }

  override async args(pid: Seat, most?: number) {
    this.#read(pid);
    return super.args(pid, most);
  }

  override cgroups(pid: Seat) {
    this.#read(pid);
    return super.cgroups(pid);
  }

  #read(pid: Seat): void {
    if (pid !== 30) return;
    if (this.#left === 0) this.proc.handOverNow({ pid: 30, start: 99, name: 'intruder' });
    this.#left -= 1;
  }
}

describe('ProcProcessInspector in a deep tree', () => {
  const depth = 110;
  const pidAt = (level: number) => 1000 + level;

  beforeEach(async () => {
    const levels = Array.from({ length: depth }, (_, index) => index + 1);
    await Promise.all(
      levels.map((level) =>
        proc.put({ pid: pidAt(level), parent: level === 1 ? 20 : pidAt(level - 1), start: 100 + level }),
      ),
    );
  });

  const leaf = seen({ pid: pidAt(depth), startedAtNs: at(100 + depth) });
  /** The nearest 40 and the farthest 24, which end in the shell, sshd and PID 1. */
  const kept = [
    ...Array.from({ length: 40 }, (_, index) => pidAt(depth - 1 - index)),
    ...Array.from({ length: 21 }, (_, index) => pidAt(21 - index)),
    ...[20, 10, 1],
  ];

  it('tells the nearest and the farthest ancestors, and how many between them it left out', async () => {
    const actor = await complete(leaf);
    expect(actor.ancestors.map(({ pid }) => pid)).toEqual(kept);
    expect(actor.ancestorsOmitted).toBe(depth - 1 + 3 - 64);
    expect(
      actor.ancestors.every(({ executable, uid }) => executable !== undefined && uid !== undefined),
    ).toBe(true);
    expect(actor.ancestors.at(-3)).toMatchObject({ pid: 20, args: ['-bash'], userName: 'alice' });
  });

  it('tells the same when the sensor gave the nearest of them', async () => {
    const known = Array.from({ length: 40 }, (_, index) => ({
      pid: pidAt(depth - 1 - index),
      startedAtNs: at(100 + depth - 1 - index) + 7n,
      name: 'sh',
    }));
    const actor = await complete({ ...leaf, ancestors: known });
    expect(actor.ancestors.map(({ pid }) => pid)).toEqual(kept);
    expect(actor.ancestorsOmitted).toBe(depth - 1 + 3 - 64);
    expect(actor.ancestors[39]).toMatchObject({
      startedAtNs: known[39]?.startedAtNs,
      executable: '/usr/bin/sh',
    });
  });

  it('does not reach PID 1 when a process between has gone, and makes nothing up', async () => {
    await rm(join(proc.root, String(pidAt(30))), { recursive: true });
    const actor = await complete(leaf);
    expect(actor.ancestors.at(-1)?.pid).toBe(pidAt(31));
    expect(actor.ancestors).toHaveLength(64);
    expect(actor.ancestorsOmitted).toBe(depth - 31 - 64);
  });

  it('gives every touch its chain when many of them come at one time', async () => {
    const actors = await Promise.all(Array.from({ length: 20 }, () => complete(leaf)));
    expect(actors.map(({ ancestors }) => ancestors.at(-1)?.pid)).toEqual(actors.map(() => 1));
  });

  it('says nothing of omitted ancestors where none are', async () => {
    const actor = await complete(seen({ pid: pidAt(61), startedAtNs: at(161) }));
    expect(actor.ancestors).toHaveLength(63);
    expect(actor).not.toHaveProperty('ancestorsOmitted');
  });
});
