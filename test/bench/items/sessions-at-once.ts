import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import Docker from 'dockerode';
import { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { until } from '../../support/until.js';
import { story } from '../../unit/sandbox/story.js';
import { progress } from '../progress.js';
import { median } from '../statistics.js';
import type { Table } from '../table.js';
import type { Workspace } from '../workspace.js';

const mebibyte = 1024 * 1024;
const bound = 512 * mebibyte;
/** A host with very cheap sandboxes is not to be filled with them. */
const most = 100;
const patienceMs = 60_000;

export const howSessionsAtOnce = `Then sandboxes are started one after the other, each with a guest who has a shell on a terminal and looks around in it, until all of them together hold more than 512 MiB: what the kernel counts for their containers without cache that it can drop, and the proportional share of the engine's own process for each, which it does not count (smaps_rollup). The programs inside are the host's, so their pages are there once.`;

/** How many sandboxes with a session each there are in 512 MiB, and what one holds. */
export async function sessionsAtOnce(workspace: Workspace, socketPath: string): Promise<Table> {
  const sandbox = new DockerSandbox({
    socketPath,
    instanceId: `bench-${process.pid}`,
    story: () => story,
    limits: { memoryMb: 128, pids: 64, cpus: 0.5 },
    apiTimeoutMs: 30_000,
    warm: 0,
  });
  let interrupted = false;
  workspace.defer(() => {
    interrupted = true;
    return sandbox.removeEverything();
  });
  const docker = new Docker({ socketPath });
  const inside: number[] = [];
  const outside: number[] = [];
  let fitting = 0;
  let ended = 'as many as are tried';
  while (inside.length < most && !interrupted) {
    const id = await Promise.race([
      oneMore(sandbox, inside.length),
      wait(patienceMs, undefined, { ref: false }),
    ]);
    if (id === undefined) {
      ended = `the next did not come within ${patienceMs / 1000} s`;
      break;
    }
    inside.push(await countedFor(docker, id));
    outside.push(await shimOf(id));
    const total = sum(inside) + sum(outside);
    progress(`sessions at once: ${inside.length}, ${inMib(total)} MiB`);
    if (total > bound) {
      ended = 'the bound was reached';
      break;
    }
    fitting = inside.length;
  }
  return {
    columns: ['sessions at once in 512 MiB', 'MiB of one inside', "MiB of the engine's process", 'ended by'],
    rows: [
      [
        fitting === most ? `${most} or more` : String(fitting),
        inMib(median(inside)),
        inMib(median(outside)),
        ended,
      ],
    ],
  };
}

/** A sandbox with a session in it, which stays; its container. */
async function oneMore(sandbox: DockerSandbox, number: number): Promise<string> {
  const incidentId = `bench-${process.pid}-${number}`;
  const { id } = await sandbox.start({ incidentId });
  await lookAround(sandbox, incidentId);
  return id;
}

/** The session stays. */
async function lookAround(sandbox: DockerSandbox, incidentId: string): Promise<void> {
  let shown = '';
  const channel = await sandbox.run(
    incidentId,
    { user: 'alind', terminal: { type: 'xterm', columns: 80, rows: 24 } },
    {
      output: (_stream, bytes) => {
        shown += Buffer.from(bytes).toString('latin1');
      },
      inputFull: () => {},
      exited: () => {},
    },
  );
  await until('the prompt', () => /[$#] $/u.test(shown));
  channel.input(Buffer.from('ls -la; ps aux; cat /etc/passwd; id; echo looked-$((6 * 7))\r'));
  await until('the answer', () => shown.includes('looked-42'), 60_000);
}

interface MemoryStats {
  readonly usage?: number;
  readonly stats?: Readonly<Record<string, number>>;
}

async function countedFor(docker: Docker, id: string): Promise<number> {
  const answer = await docker.getContainer(id).stats({ stream: false, 'one-shot': true });
  const { usage = 0, stats = {} }: MemoryStats = answer.memory_stats;
  // Version 1 of cgroups, then version 2.
  return usage - (stats.total_inactive_file ?? stats.inactive_file ?? 0);
}

/** Of the process that stands between the engine and a container. */
async function shimOf(id: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
    if (!/^[^\0]*containerd-shim/u.test(command) || !command.includes(id)) continue;
    const rollup = await readFile(`/proc/${name}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB/mu.exec(rollup)?.[1] ?? 0) * 1024;
  }
  return 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function inMib(bytes: number): string {
  return (bytes / mebibyte).toFixed(1);
}
