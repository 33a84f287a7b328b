import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrailEvent, trailKinds } from '../../../../../src/core/trail.js';
import { kindCode } from '../../../../../src/sensor/ebpf/follow/follow-settings.js';
import { RunningPrograms } from '../../../../../src/sensor/ebpf/follow/running-programs.js';
import { TrailAssembler } from '../../../../../src/sensor/ebpf/follow/trail-assembler.js';
import { TrailReader } from '../../../../../src/sensor/ebpf/follow/trail-reader.js';
import { parseMessage } from '../../../../../src/sensor/ebpf/messages.js';

interface Head {
  readonly more?: number;
  readonly was?: bigint;
  readonly value?: number;
  readonly uid?: number;
  readonly euid?: number;
  readonly ns?: number;
  readonly root?: number;
  readonly group?: number;
}

/** Head of an event of pid 812, which is followed because of pid 700. */
function head(
  kind: (typeof trailKinds)[number],
  { more = 0, was = 0n, value = 0, uid = 33, euid = 33, ns = 100, root = 700, group = 0 }: Head,
) {
  return `f ${kindCode(kind)} ${more} ${ns} 812 50 ${uid} ${euid} 33 33 ${was} ${root} ${value} ${group} sh`;
}

/** The events of lines without processor and number, which are given to them from the first on. */
function eventsOf(lines: readonly string[], lost: readonly number[] = []): TrailEvent[] {
  const events: TrailEvent[] = [];
  const reader = new TrailReader((kernelNs) => kernelNs + 1_000_000_000_000n);
  const assembler = new TrailAssembler((trail) => events.push(...reader.read(trail)));
  for (const [index, line] of lines.entries()) {
    const message = parseMessage(`${line.replace(/^(.) ?/, `$1 0 ${index + 1} `)}\n`);
    if (message === undefined) throw new Error(`no message: ${line}`);
    if (lost.includes(index)) continue;
    if (message.tag === 'born') reader.born(message.pid, message.parent);
    assembler.accept(message);
  }
  assembler.finish();
  return events;
}

const users = (uid: bigint, effective: bigint) => ((uid << 32n) | effective) + 1n;

describe('trail', () => {
  it('tells a program with its arguments, its parent and the root', () => {
    const args = Buffer.from('cat\0a b\0').toString('hex');
    const parent = 'b 812 800 40 33 33 evil sh';
    expect(eventsOf([head('exec', { more: 9 }), parent, 's ./cat', `v ${args}`, 'e '])).toEqual([
      {
        kind: 'exec',
        atNs: 1_000_000_000_100n,
        process: {
          pid: 812,
          startedAtNs: 50n,
          name: 'sh',
          executable: './cat',
          args: ['cat', 'a b'],
          uid: 33,
          gid: 33,
          effectiveUid: 33,
          effectiveGid: 33,
        },
        parent: { pid: 800, startedAtNs: 40n, uid: 33, gid: 33, name: 'evil sh' },
        rootPid: 700,
        path: './cat',
      },
    ]);
  });

  it('joins the pieces of long arguments', () => {
    const piece = (text: string) => `v ${Buffer.from(text).toString('hex')}`;
    const [exec] = eventsOf([head('exec', { more: 9 }), piece('echo\0on'), piece('e\0two\0'), 'e ']);
    expect(exec?.process.args).toEqual(['echo', 'one', 'two']);
  });

  it('knows the parent of a child that runs no program of its own', () => {
    const [event] = eventsOf(['b 812 700 40 33 33 perl', head('unlink', { more: 1 }), 's /etc/x']);
    expect(event).toMatchObject({ kind: 'unlink', path: '/etc/x', parent: { pid: 700, name: 'perl' } });
  });

  it('knows what a process runs by its last exec, whatever it calls itself', () => {
    const exec = (name: string) => [head('exec', { more: 9 }), `s ${name}`, 'e '];
    const unlink = [head('unlink', { more: 1 }), 's /etc/x'];
    const executables = (lines: readonly string[]) =>
      eventsOf(lines).map((event) => event.process.executable);
    expect(
      executables([...unlink, ...exec('/usr/bin/dpkg'), ...unlink, ...exec('/tmp/dpkg'), ...unlink]),
    ).toEqual([undefined, '/usr/bin/dpkg', '/usr/bin/dpkg', '/tmp/dpkg', '/tmp/dpkg']);
    // A name that could not be read is not the name before.
    expect(executables([...exec('/usr/bin/dpkg'), ...exec(''), ...unlink]).at(-1)).toBeUndefined();
  });

  it('knows what a child runs that was born of a followed process, and what its parent runs', () => {
    const of = (kind: Parameters<typeof head>[0], pid: number, start: number) =>
      head(kind, { more: kind === 'exec' ? 9 : 1 }).replace(' 812 50 ', ` ${pid} ${start} `);
    const exec = [of('exec', 700, 40), 's /bin/bash', 'e '];
    const born = 'b 812 700 40 33 33 bash';
    const later = [of('exec', 700, 40), 's /usr/bin/dpkg', 'e '];
    const unlink = (start: number) => [of('unlink', 812, start), 's /etc/x'];
    const last = (lines: readonly string[]) => eventsOf(lines).at(-1);
    expect(last([...exec, born, ...later, ...unlink(50)])).toMatchObject({
      process: { executable: '/bin/bash' },
      parent: { executable: '/usr/bin/dpkg' },
    });
    // Told late, and told again: the child runs what it was born with, or its own program.
    expect(last([...exec, born, ...later, born, ...unlink(50)])?.process.executable).toBe('/bin/bash');
    const own = [of('exec', 812, 50), 's /tmp/x', 'e '];
    expect(last([...later, ...own, born, ...unlink(50)])?.process.executable).toBe('/tmp/x');
    // An older process had this pid.
    expect(last([...exec, born, ...unlink(30)])?.process).not.toHaveProperty('executable');
    expect(last([...own, ...unlink(51)])?.process).not.toHaveProperty('executable');
  });

  it('remembers the programs of so many processes, the quiet ones least', () => {
    const programs = new RunningPrograms(3);
    const one = (pid: number) => ({ pid, startedAtNs: 1n });
    programs.runs(one(1), '/bin/1');
    programs.runs(one(2), '/bin/2');
    for (let pid = 3; pid < 100; pid += 1) {
      programs.runs(one(pid), '/bin/x');
      expect(programs.of(one(1))).toBe('/bin/1');
    }
    expect(programs.of(one(2))).toBeUndefined();
  });

  it('tells both names of a rename, the mode of a chmod and the way to an open file', () => {
    expect(eventsOf([head('rename', { more: 2 }), 's old', 's new\x1b'])).toMatchObject([
      { path: 'old', destination: 'new\\x1b' },
    ]);
    expect(eventsOf([head('chmod', { more: 1, value: 0o104755 }), 's x'])).toMatchObject([
      { path: 'x', mode: 0o4755 },
    ]);
    const open = [head('open-write', { more: 9 }), 'd crontab', 'd etc', 'e '];
    expect(eventsOf(open)).toMatchObject([{ path: '/etc/crontab' }]);
  });

  it('leaves out a name that could not be read', () => {
    expect(eventsOf([head('unlink', { more: 1 }), 's '])[0]).not.toHaveProperty('path');
  });

  it('tells exit codes and signals', () => {
    expect(eventsOf([head('exit', { value: 3 << 8 })])).toMatchObject([{ exit: { code: 3 } }]);
    expect(eventsOf([head('exit', { value: 9 })])).toMatchObject([{ exit: { signal: 9 } }]);
    expect(eventsOf([head('exit', { value: 0x80 | 11 })])).toMatchObject([{ exit: { signal: 11 } }]);
  });

  it('tells a change of users once, also where it came with a program', () => {
    const before = { uid: 33, effectiveUid: 33 };
    const was = users(33n, 33n);
    expect(eventsOf([head('privilege', { was, uid: 33, euid: 0 })])).toMatchObject([
      { kind: 'privilege', before },
    ]);
    expect(eventsOf([head('privilege', { was })])).toEqual([]);
    expect(eventsOf([head('privilege', { uid: 0 })])).toEqual([]);
    const exec = [head('exec', { more: 9, was, euid: 0 }), 's /bin/su', 'e '];
    expect(eventsOf(exec).map(({ kind }) => kind)).toEqual(['exec', 'privilege']);
  });

  it('tells a connection once that both the call and TCP told', () => {
    const call = 'x 02000050c0000201';
    const peer = 'w 00000000000000000000ffffc0000201';
    const connect = (ns: number, value = 0) => head('connect', { more: 1, value, ns });
    const address = { family: 'inet', ip: '192.0.2.1', port: 80 };
    expect(eventsOf([connect(100), call, connect(200, 80), peer])).toMatchObject([{ address }]);
    expect(eventsOf([connect(100), call, connect(200, 81), peer])).toHaveLength(2);
    expect(eventsOf([connect(100), call, connect(2_000_000_000, 80), peer])).toHaveLength(2);
    expect(eventsOf([connect(200, 80), peer])).toMatchObject([{ kind: 'connect', address }]);
  });

  it('tells the group because of which a process is followed, beside its root or instead of it', () => {
    const [both] = eventsOf([head('exit', { group: 4711 })]);
    expect(both).toMatchObject({ rootPid: 700, cgroupId: 4711n });
    const [one] = eventsOf([head('exit', { group: 4711, root: 0 })]);
    expect(one).toMatchObject({ cgroupId: 4711n });
    expect(one).not.toHaveProperty('rootPid');
    expect(eventsOf([head('exit', {})])[0]).not.toHaveProperty('cgroupId');
  });

  it('tells how many datagrams went to an address', () => {
    const sent = (value: number) => [head('connect', { more: 1, value }), 'x 02000035c0000201'];
    expect(eventsOf([...sent(1), ...sent(64)])).toMatchObject([
      { kind: 'connect', address: { ip: '192.0.2.1', port: 53 }, packets: 1 },
      { kind: 'connect', address: { ip: '192.0.2.1', port: 53 }, packets: 64 },
    ]);
    const [connect] = eventsOf([head('connect', { more: 1 }), 'x 02000035c0000201']);
    expect(connect).not.toHaveProperty('packets');
  });

  it('is told without what was lost of it, and never mixed with the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), (index) => {
        const first = [head('exec', { more: 9 }), 'b 812 800 40 33 33 sh', 's /bin/a', 'v 6100', 'e '];
        const next = [head('unlink', { more: 1 }), 's /tmp/x'];
        const events = eventsOf([...first, ...next], [index]);
        expect(events.map(({ kind }) => kind)).toEqual(['exec', 'unlink']);
        expect(events[1]).toMatchObject({ path: '/tmp/x', process: { pid: 812 } });
      }),
    );
  });

  it('of any lines crashes nothing, invents no event and is printable', () => {
    const letters = fc.constantFrom(...'fbsxwdveot');
    const line = fc.tuple(
      letters,
      fc.nat(2),
      fc.nat(9),
      fc.array(fc.oneof(fc.nat(9), fc.string({ maxLength: 9 })), { maxLength: 14 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (many) => {
        const reader = new TrailReader((kernelNs) => kernelNs);
        let heads = 0;
        let told = 0;
        const assembler = new TrailAssembler((trail) => {
          told += 1;
          for (const { path, process: one } of reader.read(trail))
            expect(`${path}${one.name}`).not.toMatch(/\p{Cc}/u);
        });
        for (const [letter, cpu, seq, rest] of many) {
          const message = parseMessage(`${[letter, cpu, seq, ...rest].join(' ')}\n`);
          if (message === undefined) continue;
          if (message.tag === 'followed') heads += 1;
          assembler.accept(message);
        }
        assembler.finish();
        expect(told).toBe(heads);
      }),
      { numRuns: 1000 },
    );
  });
});
