import { execFile } from 'node:child_process';
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
  return own();
}

const of = (trail: readonly TrailEvent[], kind: TrailKind) => trail.filter((event) => event.kind === kind);

describeWith(['root', 'bpf', 'bpftrace'], 'following with system calls', () => {
  let watched: WatchedFolder;
  beforeAll(async () => {
    watched = await WatchedFolder.arm(['trap', 'other'], 'auto', { session: true, idleSeconds: 60 });
  }, 90_000);
  afterAll(() => watched.remove());

  it('tells programs with their arguments, children and grandchildren as well', async () => {
    const root = await shell(
      watched,
      `read x < $T; id -u; sh -c 'true; /bin/echo "$1" "a b" && exit 3' - deep; exit 0`,
    );
    const trail = await trailOf(watched, root);
    const execs = of(trail, 'exec');
    process.stderr.write(JSON.stringify(trail, (_, v) => typeof v === 'bigint' ? `${v}` : v, 0).replaceAll('},{"atNs', '},\n{"atNs'));
    expect(execs.map(({ process: one }) => one.args?.[0])).toEqual(['id', 'sh', '/bin/echo']);
  });
});
