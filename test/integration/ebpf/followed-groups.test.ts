import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TrailKind } from '../../../src/core/trail.js';
import { containerHierarchy, type GroupHierarchy } from '../../../src/sensor/ebpf/follow/group-hierarchy.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { WatchedFolder } from './watched-folder.js';

const run = promisify(execFile);

const mounts = (await readFile('/proc/self/mountinfo', 'latin1')).split('\n').map((line) => line.split(' '));
const mountOf = (is: (fields: readonly string[]) => boolean) => mounts.find(is)?.[4];
const unified = mountOf((fields) => fields.includes('cgroup2'));
const pids = mountOf(
  (fields) => fields.includes('cgroup') && (fields.at(-1) ?? '').split(',').includes('pids'),
);

/** Where this host has them: version 2, and the pids controller of version 1, in which its containers are. */
const hierarchies: readonly (readonly [string, string, GroupHierarchy])[] = [
  ...(unified === undefined ? [] : [['version 2', unified, 'cgroup2'] as const]),
  ...(pids === undefined ? [] : [['version 1', pids, containerHierarchy()] as const]),
];

/** A cgroup of the test's own. */
class Group {
  private constructor(
    readonly folder: string,
    readonly id: bigint,
  ) {}

  static async make(root: string, name: string): Promise<Group> {
    const folder = join(root, `phantom-test-${process.pid}-${name}`);
    await mkdir(folder, { recursive: true });
    return new Group(folder, (await stat(folder, { bigint: true })).ino);
  }

  /** Runs a script in it, from its first instruction after the move; gives its pid. */
  async run(script: string, environment: Record<string, string> = {}): Promise<number> {
    const enter = 'echo $$ > "$G/cgroup.procs"; exec /bin/sh -c "$S"';
    const env = { ...process.env, ...environment, G: this.folder, S: `echo $$; ${script}` };
    const { stdout } = await run('/bin/sh', ['-c', '/bin/sh -c "$0"; true', enter], { env });
    return Number(stdout.split('\n', 1)[0]);
  }

  async remove(): Promise<void> {
    await until('an empty cgroup', async () => (await rmdir(this.folder).catch(() => 'busy')) === undefined);
  }
}

const socket = (type: string) => `use Socket qw(:all); socket(my $s, ${type}) or die $!;`;
const datagrams = (count: string) =>
  `${socket('AF_INET, SOCK_DGRAM, 0')} send($s, "x", 0, pack_sockaddr_in(5300, inet_aton("127.0.0.1"))) for 1..${count};`;
const datagrams6 = `${socket('AF_INET6, SOCK_DGRAM, 0')} send($s, "x", 0, pack_sockaddr_in6(5301, inet_pton(AF_INET6, "::1")));`;
const ping = `${socket('AF_INET, SOCK_RAW, 1')} send($s, "\\x08\\0\\xf7\\xff\\0\\0\\0\\0", 0, pack_sockaddr_in(0, inet_aton("127.0.0.1")));`;
const tcp = `${socket('AF_INET, SOCK_STREAM, 0')} connect($s, pack_sockaddr_in(9, inet_aton("127.0.0.1")));`;

describeWith(['root', 'bpf', 'bpftrace', 'perl', 'python3'], 'following by cgroup', () => {
  it('has a hierarchy to be tried in', () => {
    expect(hierarchies.length).toBeGreaterThan(0);
  });

  describe.each(hierarchies)('of %s', (_, root, groupsOf) => {
    let watched: WatchedFolder;
    const groups: Group[] = [];
    const make = async (name: string) => {
      const group = await Group.make(root, name);
      groups.push(group);
      return group;
    };
    const of = (group: Group, kind: TrailKind) =>
      watched.trail.filter((event) => event.kind === kind && event.cgroupId === group.id);
    const ended = async (pid: number) => {
      await until(`the end of ${pid}`, () =>
        watched.trail.some(({ kind, process: one }) => kind === 'exit' && one.pid === pid),
      );
      await watched.caughtUp();
    };

    beforeAll(async () => {
      watched = await WatchedFolder.arm(['trap'], { follow: { session: true, idleSeconds: 60, groupsOf } });
    }, 90_000);
    afterEach(async () => {
      for (const group of groups.splice(0)) {
        watched.sensor.unfollowGroup(group.id);
        await group.remove();
      }
      await rm(join(watched.folder, 'go'), { force: true });
    });
    afterAll(() => watched.remove());

    it('tells all that is done in it, by whatever program, and whose it is', async () => {
      const group = await make('one');
      watched.sensor.followGroup(group.id);
      const script = `perl -e '${tcp}'; /bin/echo "a b" > $D/made; rm $D/made; (exec sleep 0.01); true`;
      await ended(await group.run(script, { D: watched.folder }));
      expect(of(group, 'exec').map(({ process: one }) => one.args?.[0])).toEqual([
        '/bin/sh',
        'perl',
        '/bin/echo',
        'rm',
        'sleep',
      ]);
      expect(of(group, 'connect')).toMatchObject([{ address: { ip: '127.0.0.1', port: 9 } }]);
      const made = join(watched.folder, 'made');
      expect(of(group, 'open-write').map(({ path }) => path)).toEqual([made]);
      expect(of(group, 'unlink')).toMatchObject([{ path: made, process: { name: 'rm' } }]);
      expect(of(group, 'exit').at(-1)).toMatchObject({ exit: { code: 0 } });
      for (const event of watched.trail) expect(event).not.toHaveProperty('rootPid');
    });

    it('tells nothing of another, of none, nor of one that is followed no more', async () => {
      const [followed, other] = [await make('followed'), await make('other')];
      watched.sensor.followGroup(followed.id);
      watched.trail.length = 0;
      await other.run('id; true');
      await run('/bin/sh', ['-c', '/bin/sh -c "id; true"; true']);
      await ended(await followed.run('uname; true'));
      watched.sensor.unfollowGroup(followed.id);
      await followed.run('id; true');
      watched.sensor.followGroup(other.id);
      await ended(await other.run('uname; true'));
      expect(watched.trail.filter(({ path }) => path === '/usr/bin/id')).toEqual([]);
      expect(
        watched.trail.filter(({ path }) => path === '/usr/bin/uname').map((one) => one.cgroupId),
      ).toEqual([followed.id, other.id]);
    });

    it('follows who leaves it, and nobody of it once it is let go', async () => {
      const group = await make('left');
      watched.sensor.followGroup(group.id);
      const wait = 'while [ ! -e $D/go ]; do sleep 0.1; done';
      const leaving = group.run(`echo $$ > ${root}/cgroup.procs; uname; ${wait}; id; true`, {
        D: watched.folder,
      });
      await until('what it does outside', () =>
        of(group, 'exec').some(({ path }) => path === '/usr/bin/uname'),
      );
      watched.sensor.unfollowGroup(group.id);
      await writeFile(join(watched.folder, 'go'), '');
      const pid = await leaving;
      const other = await make('after');
      watched.sensor.followGroup(other.id);
      await ended(await other.run('true'));
      const told = watched.trail.filter(({ process: one, parent }) => one.pid === pid || parent?.pid === pid);
      expect(told.filter(({ path }) => path === '/usr/bin/id')).toEqual([]);
      expect(told.filter(({ kind }) => kind === 'exit').every(({ cgroupId }) => cgroupId === group.id)).toBe(
        true,
      );
    });

    it('tells once of who is followed for a touch too, and of both', async () => {
      const group = await make('both');
      watched.sensor.followGroup(group.id);
      const pid = await group.run('read x < $T; uname; true', { T: watched.path('trap') });
      await ended(pid);
      const unames = of(group, 'exec').filter(({ path }) => path === '/usr/bin/uname');
      expect(unames).toMatchObject([{ rootPid: pid, cgroupId: group.id }]);
    });

    it('tells of ten thousand datagrams in a few events and a count, and hides no program behind them', async () => {
      const group = await make('tunnel');
      watched.sensor.followGroup(group.id);
      const before = watched.omitted;
      const pid = await group.run(
        `perl -e '${datagrams('10000')}'; perl -e '${datagrams6}'; perl -e '${ping}'; uname; true`,
      );
      await ended(pid);
      const sent = of(group, 'connect');
      const counts = sent.filter(({ address }) => address?.port === 5300).map(({ packets }) => packets);
      expect(counts).toEqual([1, 4, 16, 64, 256, 1024, 4096]);
      expect(sent.slice(counts.length)).toMatchObject([
        { address: { ip: '::1', port: 5301 }, packets: 1 },
        { address: { ip: '127.0.0.1', port: 0 }, packets: 1 },
      ]);
      expect(of(group, 'exec').map(({ path }) => path)).toContain('/usr/bin/uname');
      expect(watched.omitted).toBe(before);
    });

    it('sees messages with an address that are sent in other ways', async () => {
      const group = await make('messages');
      watched.sensor.followGroup(group.id);
      const script = `import socket as s; u = s.socket(s.AF_INET, s.SOCK_DGRAM); u.sendmsg([b"x"], [], 0, ("127.0.0.1", 5302)); u.connect(("127.0.0.1", 5303)); u.send(b"x")`;
      await ended(await group.run(`/usr/bin/python3 -I -c '${script}'; true`));
      // What starts Python may ask the name service for a home folder, by a Unix socket.
      const sent = of(group, 'connect').filter(({ address }) => address?.family !== 'unix');
      expect(sent).toMatchObject([{ address: { port: 5302 }, packets: 1 }, { address: { port: 5303 } }]);
    });

    it('follows a hundred at once', async () => {
      const many = await Promise.all(Array.from({ length: 100 }, (_, index) => make(`many-${index}`)));
      for (const { id } of many) watched.sensor.followGroup(id);
      for (const group of [many[0], many[57], many[99]] as Group[]) {
        await ended(await group.run('uname; true'));
        expect(of(group, 'exec').at(-1)).toMatchObject({ path: '/usr/bin/uname', cgroupId: group.id });
      }
    });

    it('knows its groups again when the script had to be started anew', async () => {
      const group = await make('again');
      watched.sensor.followGroup(group.id);
      const waiting = group.run('while [ ! -e $D/go ]; do sleep 0.2; done; uname; true', {
        D: watched.folder,
      });
      await watched.killScript();
      await until('the sensor is back', () => watched.gaps.length > 0, 90_000);
      await writeFile(join(watched.folder, 'go'), '');
      await ended(await waiting);
      expect(of(group, 'exec').at(-1)).toMatchObject({ path: '/usr/bin/uname' });
      watched.gaps.length = 0;
    });
  });
});
