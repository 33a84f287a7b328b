import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Goal } from '../goal.js';
import type { Item } from '../item.js';
import { requireRoot } from '../requirements.js';
import { median, medianInterval } from '../statistics.js';
import { CallTimer } from '../turns/call-timer.js';
import type { Column } from '../turns/column.js';
import { costTable, ratioTable } from '../turns/compare.js';
import { atMostGoal, belowGoal, bothMet, noCostGoal } from '../turns/cost-goals.js';
import { takeTurns } from '../turns/take-turns.js';
import type { Figures } from '../turns/turn.js';
import { undisturbed } from '../turns/undisturbed.js';
import { allWatchers, auditdTitle, phantoms } from '../watchers/all.js';
import { KernelAudit } from '../watchers/kernel-audit.js';
import { npmCi } from '../workloads/npm-ci.js';
import { unpack } from '../workloads/unpack.js';
import { walk } from '../workloads/walk.js';
import type { PreparedWorkload, Workload } from '../workloads/workload.js';
import type { Workspace } from '../workspace.js';

const passes = { calls: 9, workloads: 3 };
/** On a machine that is slow or busy there are fewer turns; how many is said. */
const mostSeconds = { calls: 150, workloads: 130 };
/** About half a second. */
const rounds = 120;
/** How many blocks may be measured again before others' work is taken as it is. */
const mostRepeats = 6;

const control = 'none: user space only';
const calls = ['getppid', 'open+close', 'pread of 1 byte', 'mmap+fault of 1 page', 'fork+exec'];
/** What no watcher of files needs to look at. */
const otherCalls = ['getppid', 'mmap+fault of 1 page', 'fork+exec'];
const workloads: readonly Workload[] = [walk, npmCi, unpack];

export const overhead: Item = {
  name: 'overhead',
  title: 'What watching costs everybody else',
  how: `A C program makes system calls on a file that nobody watches: a block is ${rounds} short batches of each call, taking turns, and its figure the median of the batches; then real work, up to three runs of each a block. Blocks are taken in the order bare, with a watcher, with it again, bare; a turn compares the geometric mean of the two in the middle with that of the two around them, so that a machine that drifts gives 1. Every watcher is started and stopped for each of its turns, and in every pass another one is first. Ratios are medians over the turns, none left out, in brackets the interval that holds the true median. Phantom is the real daemon with its default traps; auditd, inotifywait watch one other file; fatrace and opensnoop whatever there is. The row of user space makes no system call: what it shows is the noise of the machine.`,
  async measure(workspace) {
    requireRoot();
    const watched = join(workspace.root, 'watched-by-others.txt');
    await writeFile(watched, 'nothing secret\n');
    const audit = await KernelAudit.open(workspace);
    const watchers = allWatchers(watched, audit);
    let disturbed = 0;
    const careful = (block: () => Promise<Figures>) =>
      undisturbed(mostRepeats, block, () => {
        disturbed += 1;
      });
    const timer = await CallTimer.start(workspace);
    const callBlock = careful(() => timer.run(rounds));
    const ofCalls = await takeTurns(workspace, {
      name: 'calls',
      watchers,
      passes: passes.calls,
      mostSeconds: mostSeconds.calls,
      block: callBlock,
    });
    const able = watchers.filter(({ title }) => ofCalls.every((one) => one.title !== title || !one.missing));
    const ofWork = await takeTurns(workspace, {
      name: 'real work',
      watchers: able,
      passes: passes.workloads,
      mostSeconds: mostSeconds.workloads,
      block: careful(await workBlock(workspace)),
    });
    const work = workloads.map(({ title }) => title);
    const complete = ofCalls.map((one) => ofWork.find(({ title }) => title === one.title) ?? one);
    return {
      tables: [
        ratioTable([control, ...calls], ofCalls),
        ratioTable(work, complete),
        costTable([control, ...calls], ofCalls),
        costTable(work, complete),
      ],
      goals: phantoms.flatMap(({ title }) => goalsOf(title, { ofCalls, ofWork: complete, work })),
      notes: notesOf(ofCalls, ofWork, disturbed, audit),
    };
  },
};

/** Some runs of each real workload, and their median. */
async function workBlock(workspace: Workspace): Promise<() => Promise<Figures>> {
  const prepared: { workload: Workload; ready: PreparedWorkload }[] = [];
  for (const workload of workloads) prepared.push({ workload, ready: await workload.prepare(workspace) });
  return async () => {
    const figures: Record<string, number> = {};
    for (const { workload, ready } of prepared) {
      const times: number[] = [];
      for (let run = 0; run < workload.runs; run += 1) {
        await ready.reset();
        const startedAt = process.hrtime.bigint();
        await ready.run();
        times.push(Number(process.hrtime.bigint() - startedAt));
      }
      figures[workload.title] = median(times);
    }
    return figures;
  };
}

function goalsOf(
  title: string,
  {
    ofCalls,
    ofWork,
    work,
  }: { ofCalls: readonly Column[]; ofWork: readonly Column[]; work: readonly string[] },
): Goal[] {
  const of = (columns: readonly Column[], wanted: string): Column =>
    columns.find((column) => column.title === wanted) ?? { title: wanted, turns: [] };
  const column = of(ofCalls, title);
  if (column.missing !== undefined) return [];
  return [
    atMostGoal(column, 'open+close'),
    atMostGoal(column, 'pread of 1 byte'),
    noCostGoal(column, otherCalls),
    bothMet(
      belowGoal(column, of(ofCalls, auditdTitle), calls),
      belowGoal(of(ofWork, title), of(ofWork, auditdTitle), work),
    ),
  ];
}

function notesOf(
  columns: readonly Column[],
  ofWork: readonly Column[],
  disturbed: number,
  audit: KernelAudit | string,
): string[] {
  return [
    `Turns of each watcher: ${turnsOf(columns)} for the calls; ${turnsOf(ofWork)} for the real work.`,
    ...columns
      .filter(({ missing }) => missing !== undefined)
      .map(({ title, missing }) => `${title} does not run here: ${missing?.replace(/\.$/, '')}.`),
    ...[...columns, ...ofWork].flatMap(({ title, failures = [] }) =>
      failures.map((failure) => `${title} has a turn less, because once it did not start: ${failure}.`),
    ),
    ...(typeof audit === 'string'
      ? []
      : [
          'Once audit was on, the kernel sends every process made later through its slower entry of system calls until the next boot, also with audit off and no rules. So that bare is bare, the rule `never,task` is set while auditd does not run.',
        ]),
    ...(disturbed > 0
      ? [`In ${disturbed} blocks another bpftrace ran on this host: its cost is in the figures.`]
      : []),
  ];
}

/** How many there were, and with what confidence so many give an interval. */
function turnsOf(columns: readonly Column[]): string {
  const turns = Math.max(0, ...columns.map((column) => column.turns.length));
  if (turns === 0) return 'none';
  const { confidence } = medianInterval(Array.from({ length: turns }, () => 1));
  return `${turns}, whose interval holds the true median with ${(100 * confidence).toFixed(0)} % confidence`;
}
