import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trap } from '../../../src/core/trap.js';
import { until } from '../../support/until.js';
import { benchConfig } from '../bench-config.js';
import { makeTraps, sealCopies } from '../bench-traps.js';
import { boundGoal, type Goal } from '../goal.js';
import type { Item } from '../item.js';
import { bareAppends } from '../line/bare-append.js';
import { OpenLoad } from '../line/open-load.js';
import { delayCells, delayColumns, delays, type Followed, milliseconds } from '../line/stations.js';
import { TouchStamps } from '../line/touch-stamps.js';
import { type Round, TrapReader } from '../line/trap-reader.js';
import { watchedLine } from '../line/watched-line.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { quantile } from '../statistics.js';
import type { Table } from '../table.js';

const opensPerSecond = 100_000;
/** Traps of each round: one process, children that are gone at once, one process seldom. */
const counts = { paced: 300, shortLived: 60, seldom: 8 };
const pauseMs = 30;
/** Longer than anything about ancestors is remembered. */
const seldomMs = 1200;

export const latency: Item = {
  name: 'latency',
  title: 'From the system call to the audit record on disk',
  how: `A C program opens and reads traps, ${counts.paced} of them one every ${pauseMs} ms: each open and each read is a touch with a record of its own. It takes the time in user space just before each call; the clock stops when the audit log's \`append\` has resolved, which is after \`fdatasync\`: both are CLOCK_MONOTONIC, nothing is converted, and what the event loop takes to get there is in the figure. The line is the daemon's own, composed in the process of the benchmark with the default hooks: eBPF sensor, look into /proc, audit log, evidence; no sandbox. A read follows its open within microseconds, so its record waits for the open's to be on disk. Then the same by ${counts.shortLived} children that are gone right after, and at rest by one process ${counts.seldom} times, one every ${seldomMs / 1000} s, when what was learnt of the ancestors is forgotten. All of it at rest, and beside ${opensPerSecond.toLocaleString('en-US')} opens a second of a file that is no trap, made by two processes. A touch that never came is counted as endless.`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root, { sensor: { kind: 'ebpf' }, response: { sandbox: false } });
    const reader = await TrapReader.start(workspace);
    const perPhase = counts.paced + counts.shortLived;
    const traps = await makeTraps(await workspace.folder('files'), 2 * perPhase + counts.seldom);
    await sealCopies(traps, config.paths.state_dir);
    const unrelated = join(workspace.root, 'unrelated');
    await writeFile(unrelated, 'nothing secret\n');
    const stamps = new TouchStamps();
    await watchedLine(workspace, config, traps, {
      composed: (parts) => stamps.watch(parts),
      touched: (touch) => stamps.sensed(touch),
    });
    const left = [...traps];
    const touch = (what: string, count: number, round: Omit<Round, 'paths'>) => {
      progress(`latency: ${count * 2} touches ${what}`);
      return follow(reader, stamps, left.splice(0, count), round);
    };
    const phase = async (where: string) => ({
      paced: await touch(where, counts.paced, { pauseMs }),
      shortLived: await touch(`${where}, by children`, counts.shortLived, { pauseMs, shortLived: true }),
    });
    const bare = await bareAppends(workspace.root, 200);
    const rest = await phase('at rest');
    const seldom = await touch('at rest, far apart', counts.seldom, { pauseMs: seldomMs });
    const load = await OpenLoad.start(workspace, unrelated, opensPerSecond);
    const beside = await phase('beside opens');
    const bareBeside = await bareAppends(workspace.root, 200);
    const reached = Math.round(await load.stop()).toLocaleString('en-US');
    const missing = [
      ...rest.paced,
      ...rest.shortLived,
      ...seldom,
      ...beside.paced,
      ...beside.shortLived,
    ].filter(({ stamps: passed }) => passed?.onDisk === undefined);
    return {
      tables: [
        stationTable('At rest', rest, bare, [
          ['... of an open after a second of silence', ofOp(seldom, 'open')],
        ]),
        stationTable(`Beside ${reached} unrelated opens a second`, beside, bareBeside, []),
      ],
      goals: [
        ...goalsOf('at rest', rest.paced),
        ...goalsOf(`beside ${reached} opens a second`, beside.paced),
      ],
      notes: [
        `The very first touch, with nothing compiled or remembered yet, was on disk after ${milliseconds(delays(rest.paced, 'onDisk')[0] as number)} ms; it is in the figures.`,
        ...(missing.length > 0 ? [`${missing.length} touches did not arrive.`] : []),
      ],
    };
  },
};

interface Phase {
  readonly paced: readonly Followed[];
  readonly shortLived: readonly Followed[];
}

/** Makes the touches and waits until all of them are on disk, or will not come. */
async function follow(
  reader: TrapReader,
  stamps: TouchStamps,
  traps: readonly Trap[],
  round: Omit<Round, 'paths'>,
): Promise<Followed[]> {
  const touched = await reader.read({ ...round, paths: traps.map(({ path }) => path) });
  const followed = () =>
    traps.flatMap(({ id }, index) =>
      (['open', 'read'] as const).map((op) => ({
        op,
        calledAt: (touched[index] as (typeof touched)[number])[op],
        stamps: stamps.of({ trapId: id, op }),
      })),
    );
  const arrived = () => followed().every((one) => one.stamps?.onDisk !== undefined);
  await until('all touches on disk', arrived, 20_000).catch(() => {});
  return followed();
}

function ofOp(followed: readonly Followed[], wanted: Followed['op']): Followed[] {
  return followed.filter(({ op }) => op === wanted);
}

function stationTable(
  caption: string,
  { paced, shortLived }: Phase,
  bare: readonly number[],
  more: readonly (readonly [string, readonly Followed[]])[],
): Table {
  const row = (
    name: string,
    followed: readonly Followed[],
    station: 'sensed' | 'asked' | 'onDisk' = 'onDisk',
  ) => [name, ...delayCells(delays(followed, station))];
  return {
    caption,
    columns: ['from the system call until', ...delayColumns],
    rows: [
      row('the sensor reports it', paced, 'sensed'),
      row('the actor is complete', paced, 'asked'),
      row('**the record is on disk**', paced),
      row('... of an open', ofOp(paced, 'open')),
      row('... of a read', ofOp(paced, 'read')),
      row('... of a process that is gone at once', shortLived),
      ...more.map(([name, followed]) => row(name, followed)),
      ['for comparison: a bare append and fdatasync of 2,000 bytes', ...delayCells(bare)],
    ],
  };
}

function goalsOf(where: string, followed: readonly Followed[]): Goal[] {
  const values = delays(followed, 'onDisk');
  const render = (value: number) => `${milliseconds(value)} ms`;
  return [
    boundGoal(`p50 under 3 ms, ${where}`, quantile(values, 0.5), { below: 3 }, render),
    boundGoal(`p99 under 15 ms, ${where}`, quantile(values, 0.99), { below: 15 }, render),
  ];
}
