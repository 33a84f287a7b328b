import { setTimeout as wait } from 'node:timers/promises';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import { allProcesses, cpuNs, cpuNsEver, type Memory, memoryMib } from '../process-usage.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest } from '../statistics.js';
import type { Workspace } from '../workspace.js';

const windows = 4;
const windowMs = 5000;
/** Time for what follows a start: for half a minute it looks often for who stands still, and V8 collects once. */
const settleMs = 45_000;
/** Long enough for a few keys. */
const fillingWindows = 60;
const filling = { keys_ready: 16 };
const mostPercent = 1;

export const idle: Item = {
  name: 'idle',
  title: 'What the daemon costs when nothing happens',
  how: `The real daemon with its default traps and settings, but no sandbox and no making of keys for later traps (\`traps.keys_ready: 0\`), ${settleMs / 1000} s after it was armed. Time on a processor (user and system, /proc/PID/task/*/schedstat) over ${(windows * windowMs) / 1000} s, with the quietest and the busiest window of ${windowMs / 1000} s; memory at the end: resident, and the proportional share, which counts a page that several processes share only in part (smaps_rollup, proc_pid_smaps(5)). The last row is another daemon that makes keys meanwhile, one every minute or two until ${filling.keys_ready} of each length lie ready: all its processes together, with threads that ended (/proc/PID/stat), over ${(fillingWindows * windowMs) / 1000} s.`,
  async measure(workspace) {
    requireRoot();
    const resting = await costOf(workspace, { keys_ready: 0 }, windows, cpuNs);
    const making = await costOf(workspace, filling, fillingWindows, cpuNsEver);
    const row = (name: string, values: readonly number[], resident: number, proportional: number) => [
      name,
      ...[mean(values), lowest(values), highest(values)].map((value) => value.toFixed(2)),
      resident.toFixed(0),
      proportional.toFixed(0),
    ];
    const total = ({ together, memory }: Cost) =>
      [
        together,
        sum(memory.map(({ resident }) => resident)),
        sum(memory.map((one) => one.proportional)),
      ] as const;
    return {
      tables: [
        {
          columns: ['process', 'CPU, % of one core', 'min', 'max', 'resident MiB', 'proportional MiB'],
          rows: [
            ...resting.names.map((name, index) => {
              const { resident, proportional } = resting.memory[index] as Memory;
              return row(name, resting.shares[index] ?? [], resident, proportional);
            }),
            row('**together**', ...total(resting)),
            row('together, while keys are made', ...total(making)),
          ],
        },
      ],
      goals: [
        boundGoal(
          `together under ${mostPercent} % of one core`,
          mean(resting.together),
          { below: mostPercent },
          (value) => `${value.toFixed(2)} %`,
        ),
      ],
    };
  },
};

interface Cost {
  readonly names: readonly string[];
  /** % of a core of each process in each window. */
  readonly shares: readonly number[][];
  readonly together: readonly number[];
  readonly memory: readonly Memory[];
}

async function costOf(
  workspace: Workspace,
  traps: { readonly keys_ready: number },
  count: number,
  cpu: (pid: number) => Promise<number>,
): Promise<Cost> {
  const daemon = await PhantomdProcess.start(workspace, { response: { sandbox: false }, traps });
  await wait(settleMs);
  const children = (await allProcesses()).filter(({ parent }) => parent === daemon.pid);
  const processes = [{ pid: daemon.pid, name: 'phantomd' }, ...children];
  const shares = processes.map((): number[] => []);
  for (let window = 1; window <= count; window += 1) {
    progress(`idle: window ${window} of ${count}, ${traps.keys_ready} keys to lie ready`);
    const before = await usage(processes, cpu);
    const startedAt = performance.now();
    await wait(windowMs);
    const after = await usage(processes, cpu);
    const tookNs = (performance.now() - startedAt) * 1e6;
    for (const [index, values] of shares.entries())
      values.push((100 * ((after[index] as number) - (before[index] as number))) / tookNs);
  }
  const memory = await Promise.all(processes.map(({ pid }) => memoryMib(pid)));
  await daemon.stop();
  const together = Array.from({ length: count }, (_, window) =>
    sum(shares.map((values) => values[window] as number)),
  );
  return { names: processes.map(({ name }) => name), shares, together, memory };
}

function usage(
  processes: readonly { pid: number }[],
  cpu: (pid: number) => Promise<number>,
): Promise<number[]> {
  return Promise.all(processes.map(({ pid }) => cpu(pid)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Windows are of the same length, so this is the share of the whole time. */
function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
