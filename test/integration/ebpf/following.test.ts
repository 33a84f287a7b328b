import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TrailEvent, TrailKind } from '../../../src/core/trail.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { WatchedFolder } from './watched-folder.js';

const run = promisify(execFile);

/** Runs a shell script that tells its pid first; `$T` is the trap, `$D` a folder of its own. */
async function shell(watched: WatchedFolder, script: string, before: readonly string[] = []) {
  const env = { ...process.env, T: watched.path('trap'), D: watched.folder };
  // A child of the daemon itself is not followed.
  const command = ['-c', '"$@"; true', '-', ...before, '/bin/sh', '-c', `echo $$; ${script}`];
  const { stdout } = await run('/bin/sh', command, { env });
  return Number(stdout.split('\n', 1)[0]);
}

/** Everything that one incident told, once its root has ended. */
async function trailOf(watched: WatchedFolder, root: number): Promise<readonly TrailEvent[]> {
  const own = () => watched.trail.filter(({ rootPid }) => rootPid === root);
  await until('the end of the root', () =>
    own().some(({ kind, process: one }) => kind === 'exit' && one.pid === root),
  );
  await watched.caughtUp();
  return own();
}

const of = (trail: readonly TrailEvent[], kind: TrailKind) => trail.filter((event) => event.kind === kind);

/** Touches the trap, listens on two addresses and connects to them, and to a Unix socket, and ends by SIGKILL. */
const sockets = String.raw`use Socket qw(:all); open(my $t, '<', $ENV{T}); <$t>; my $s;
  socket($s, AF_INET, SOCK_STREAM, 0); bind($s, pack_sockaddr_in(0, inet_aton('127.0.0.1'))); listen($s, 1);
  my ($four) = unpack_sockaddr_in(getsockname($s));
  socket(my $c, AF_INET, SOCK_STREAM, 0); connect($c, pack_sockaddr_in($four, inet_aton('127.0.0.1')));
  socket(my $s6, AF_INET6, SOCK_STREAM, 0); bind($s6, pack_sockaddr_in6(0, inet_pton(AF_INET6, '::1'))); listen($s6, 1);
  my ($six) = unpack_sockaddr_in6(getsockname($s6));
  socket(my $c6, AF_INET6, SOCK_STREAM, 0); connect($c6, pack_sockaddr_in6($six, inet_pton(AF_INET6, '::1')));
  socket(my $m, AF_INET6, SOCK_DGRAM, 0); connect($m, pack_sockaddr_in6(53, inet_pton(AF_INET6, '::ffff:127.0.0.1')));
  socket(my $u, AF_UNIX, SOCK_STREAM, 0); connect($u, pack_sockaddr_un("$ENV{D}/no-such"));
  socket(my $a, AF_UNIX, SOCK_DGRAM, 0); bind($a, pack('Sa*', AF_UNIX, "\0hidden-$$"));
  print "$four $six\n"; close(STDOUT); kill 9, $$;`;

describeWith(['root', 'bpf', 'bpftrace'], 'following with system calls', () => {
  let watched: WatchedFolder;
  beforeAll(async () => {
    watched = await WatchedFolder.arm(['trap', 'other'], { follow: { session: true, idleSeconds: 60 } });
  }, 90_000);
  afterAll(() => watched.remove());

  it('tells programs with their arguments, of children and grandchildren too, and how they ended', async () => {
    const deep = `sh -c 'true; /bin/echo "$1" "a b" && exit 3' - deep`;
    const root = await shell(watched, `read x < $T; id -u; ${deep}; exit 0`);
    const trail = await trailOf(watched, root);
    expect(of(trail, 'exec').map(({ process: one, path, parent }) => [one.args, path, parent?.name])).toEqual(
      [
        [['id', '-u'], '/usr/bin/id', 'sh'],
        [expect.arrayContaining(['sh', 'deep']), '/usr/bin/sh', 'sh'],
        [['/bin/echo', 'deep', 'a b'], '/bin/echo', 'sh'],
      ],
    );
    expect(of(trail, 'exec')[0]?.parent?.pid).toBe(root);
    expect(of(trail, 'exit').map(({ exit }) => exit)).toEqual([
      { code: 0 },
      { code: 0 },
      { code: 3 },
      { code: 0 },
    ]);
    const now = BigInt(Date.now()) * 1_000_000n;
    for (const { atNs } of trail) expect(now - atNs).toBeLessThan(60_000_000_000n);
  });

  it('tells long arguments without a hole, up to what it tells at all', async () => {
    const long = 'A'.repeat(300);
    const root = await shell(watched, `read x < $T; /bin/echo ${long} end 'of it' >/dev/null; true`);
    const [echo] = of(await trailOf(watched, root), 'exec');
    expect(echo?.process.args).toEqual(['/bin/echo', long, 'end', 'of it']);
  });

  it('hides no program behind a thousand files', async () => {
    const root = await shell(
      watched,
      `read x < $T; perl -e 'for (1..3000) { rename "/nowhere-$_", "/no" } exec "/bin/echo", "after"' >/dev/null`,
    );
    await until('the program after them', () =>
      watched.trail.some(({ rootPid, process: one }) => rootPid === root && one.args?.[1] === 'after'),
    );
  });

  it('follows on when the script had to be started anew', async () => {
    const begun = shell(
      watched,
      `read x < $T; while [ ! -e $D/go ]; do sleep 0.2; done; /bin/echo later; true`,
    );
    await until('its touch is followed', () =>
      watched.trail.some(({ kind, process: one }) => kind === 'exec' && one.args?.[0] === 'sleep'),
    );
    watched.sensor.restart('for a test');
    await until('the sensor is back', () => watched.gaps.length > 0, 90_000);
    await writeFile(join(watched.folder, 'go'), '');
    const root = await begun;
    await until('what it does next', () =>
      watched.trail.some(({ rootPid, process: one }) => rootPid === root && one.args?.[1] === 'later'),
    );
    watched.gaps.length = 0;
    watched.losses.length = 0;
  });

  it('tells what was written, removed, renamed and had its mode changed', async () => {
    const root = await shell(
      watched,
      `read x < $T; cd $D; echo hi > $D/made; echo no 2>/dev/null; mv made moved; chmod 4750 moved
       perl -e 'open(my $f, "<", "moved"); chmod 0640, $f'; rm $D/moved`,
    );
    const trail = await trailOf(watched, root);
    expect(of(trail, 'open-write').map(({ path }) => path)).toEqual([join(watched.folder, 'made')]);
    expect(of(trail, 'rename')).toMatchObject([{ path: 'made', destination: 'moved' }]);
    expect(of(trail, 'chmod')).toMatchObject([
      { path: 'moved', mode: 0o4750 },
      { path: join(watched.folder, 'moved'), mode: 0o640 },
    ]);
    expect(of(trail, 'unlink')).toMatchObject([
      { path: join(watched.folder, 'moved'), process: { name: 'rm' } },
    ]);
  });

  it('tells addresses once, and a death by signal', async () => {
    const { stdout } = await run('/bin/sh', ['-c', '"$@"; true', '-', 'perl', '-e', sockets], {
      env: { ...process.env, T: watched.path('trap'), D: watched.folder },
    });
    const [four, six] = stdout.trim().split(' ').map(Number);
    const end = await until('the end', () =>
      watched.trail.find(
        ({ kind, exit, process: one }) => kind === 'exit' && exit?.signal === 9 && one.name === 'perl',
      ),
    );
    await watched.caughtUp();
    const trail = watched.trail.filter(({ rootPid }) => rootPid === end.rootPid);
    expect(of(trail, 'connect').map(({ address }) => address)).toEqual([
      { family: 'inet', ip: '127.0.0.1', port: four },
      { family: 'inet6', ip: '::1', port: six },
      { family: 'inet', ip: '127.0.0.1', port: 53 },
      { family: 'unix', path: `${watched.folder}/no-such` },
    ]);
    const binds = of(trail, 'bind').map(({ address }) => address);
    expect(binds).toContainEqual({ family: 'inet', ip: '127.0.0.1', port: four });
    expect(binds).toContainEqual({ family: 'inet6', ip: '::1', port: six });
    expect(binds).toContainEqual({ family: 'unix', path: `@hidden-${end.rootPid}` });
  });

  it('tells who became another user', async () => {
    const drop = `use POSIX; POSIX::setuid(65534); exec 'true'`;
    const root = await shell(watched, `read x < $T; perl -e "${drop}"; true`);
    const [change] = of(await trailOf(watched, root), 'privilege');
    expect(change).toMatchObject({
      before: { uid: 0, effectiveUid: 0 },
      process: { uid: 65534, effectiveUid: 65534, name: 'perl' },
    });
  });

  it('follows who touched in a way that only fanotify tells', async () => {
    await watched.sensor.add([await watched.plant('gone')]);
    const root = await shell(
      watched,
      `perl -e 'unlink "$ENV{D}/traps/gone"; select(undef, undef, undef, 0.6); exec "id"'`,
    );
    expect(root).toBeGreaterThan(0);
    await until('its next program', () =>
      watched.trail.some(
        ({ kind, process: one }) => kind === 'exec' && one.name === 'id' && one.args?.length === 1,
      ),
    );
  });

  it('tells nothing of others', async () => {
    const root = await shell(watched, 'read x < $T; sleep 0.5');
    const other = await shell(watched, 'id; echo hi > $D/unrelated; chmod 600 $D/unrelated; rm $D/unrelated');
    await trailOf(watched, root);
    const told = watched.trail.filter(
      ({ process: one, parent }) => one.pid === other || parent?.pid === other,
    );
    expect(told).toEqual([]);
  });

  it('follows the login session: what else the terminal runs', async () => {
    const root = await shell(watched, `script -qec 'echo start; cat $T; /bin/echo after' /dev/null`);
    expect(root).toBeGreaterThan(0);
    const after = await until('the program after', () =>
      watched.trail.find(({ kind, path }) => kind === 'exec' && path === '/bin/echo'),
    );
    expect(after.process.pid).not.toBe(after.rootPid);
  });

  it('counts what is too much', async () => {
    const root = await shell(
      watched,
      `perl -e 'open(my $t, "<", $ENV{T}); rename "/no/$_", "/no" for 1..5000'`,
    );
    expect(root).toBeGreaterThan(0);
    await until('the count', () => watched.omitted > 3000);
    await watched.caughtUp();
    const told = of(watched.trail, 'rename').filter(({ destination }) => destination === '/no');
    expect(told.length).toBeGreaterThan(100);
    expect(watched.gaps).toEqual([]);
  });
});

describeWith(['root', 'bpf', 'bpftrace'], 'following without system calls or sessions', () => {
  let watched: WatchedFolder;
  beforeAll(async () => {
    watched = await WatchedFolder.arm(['trap'], {
      hookSet: 'light',
      follow: { session: false, idleSeconds: 60 },
    });
  }, 90_000);
  afterAll(() => watched.remove());

  it('tells programs, connections and ends after a touch that fanotify told', async () => {
    const connect = `use Socket; socket(my $s, AF_INET, SOCK_STREAM, 0); connect($s, pack_sockaddr_in(9, inet_aton("127.0.0.1")))`;
    const root = await shell(watched, `read x < $T; sleep 0.7; perl -e '${connect}'; exit 4`);
    const trail = await trailOf(watched, root);
    expect(of(trail, 'exec').map(({ process: one }) => one.name)).toContain('perl');
    expect(of(trail, 'connect')).toMatchObject([{ address: { family: 'inet', ip: '127.0.0.1', port: 9 } }]);
    expect(of(trail, 'exit')).toContainEqual(expect.objectContaining({ exit: { code: 4 } }));
  });

  it('leaves the rest of the session alone where that is not wanted', async () => {
    await shell(watched, `script -qec 'echo start; cat $T; sleep 0.5; /bin/echo after' /dev/null`);
    const root = await shell(watched, 'read x < $T; sleep 0.7; exit 4');
    await trailOf(watched, root);
    expect(watched.trail.filter(({ path }) => path === '/bin/echo')).toEqual([]);
  });
});
