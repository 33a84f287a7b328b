import { setTimeout as wait } from 'node:timers/promises';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import { allProcesses, cpuNs, memoryMib } from '../process-usage.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest } from '../statistics.js';

const windows = 4;
const windowMs = 5000;
/** Time for what follows a start: for half a minute it looks often for who stands still, and V8 collects once. */
const settleMs = 45_000;
const mostPercent = 1;

export const idle: Item = {
  name: 'idle',
  title: 'What the daemon costs when nothing happens',
  how: `The real daemon with its default traps and settings, but no sandbox, ${settleMs / 1000} s after it was armed. Time on a processor (user and system, /proc/PID/task/*/schedstat) over ${(windows * windowMs) / 1000} s, with the quietest and the busiest window of ${windowMs / 1000} s; memory at the end: resident, and the proportional share, which counts a page that several processes share only in part (smaps_rollup, proc_pid_smaps(5)).`,
  async measure(workspace) {
    requireRoot();
    const daemon = await PhantomdProcess.start(workspace, { response: { sandbox: false } });
    await wait(settleMs);
    const children = (await allProcesses()).filter(({ parent }) => parent === daemon.pid);
    const processes = [{ pid: daemon.pid, name: 'phantomd' }, ...children];
    const shares = processes.map((): number[] => []);
    for (let window = 1; window <= windows; window += 1) {
      progress(`idle: window ${window} of ${windows}`);
      const before = await usage(processes);
      const startedAt = performance.now();
      await wait(windowMs);
      const after = await usage(processes);
      const tookNs = (performance.now() - startedAt) * 1e6;
      for (const [index, values] of shares.entries())
        values.push((100 * ((after[index] as number) - (before[index] as number))) / tookNs);
    }
    const memory = await Promise.all(processes.map(({ pid }) => memoryMib(pid)));
    const together = Array.from({ length: windows }, (_, window) =>
      sum(shares.map((values) => values[window] as number)),
    );
    const row = (name: string, values: readonly number[], resident: number, proportional: number) => [
      name,
      ...[mean(values), lowest(values), highest(values)].map((value) => value.toFixed(2)),
      resident.toFixed(0),
      proportional.toFixed(0),
    ];
    return {
      tables: [
        {
          columns: ['process', 'CPU, % of one core', 'min', 'max', 'resident MiB', 'proportional MiB'],
          rows: [
            ...processes.map(({ name }, index) => {
              const { resident, proportional } = memory[index] as (typeof memory)[number];
              return row(name, shares[index] ?? [], resident, proportional);
            }),
            row(
              '**together**',
              together,
              sum(memory.map(({ resident }) => resident)),
              sum(memory.map(({ proportional }) => proportional)),
            ),
          ],
        },
      ],
      goals: [
        boundGoal(
          `together under ${mostPercent} % of one core`,
          mean(together),
          { below: mostPercent },
          (value) => `${value.toFixed(2)} %`,
        ),
      ],
    };
  },
};

function usage(processes: readonly { pid: number }[]): Promise<number[]> {
  return Promise.all(processes.map(({ pid }) => cpuNs(pid)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Windows are of the same length, so this is the share of the whole time. */
function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
