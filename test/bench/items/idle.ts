import { setTimeout as wait } from 'node:timers/promises';
import type { Item } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest, median } from '../statistics.js';
import { allProcesses, cpuNs, residentMib } from './process-usage.js';

const windows = 3;
const windowMs = 4000;
/** Time for what follows a start: clean-up, first garbage collections. */
const settleMs = 3000;

export const idle: Item = {
  name: 'idle',
  title: 'What the daemon costs when nothing happens',
  how: `The real daemon with its five traps and default settings, but no sandbox, ${settleMs / 1000} s after it was armed. Time on a processor in ${windows} windows of ${windowMs / 1000} s (user and system, /proc/PID/task/*/schedstat), and resident memory at the end.`,
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
    const memory = await Promise.all(processes.map(({ pid }) => residentMib(pid)));
    return {
      table: {
        columns: ['process', 'CPU, % of one core', 'min', 'max', 'resident MiB'],
        rows: processes.map(({ name }, index) => {
          const values = shares[index] ?? [];
          const cpu = [median(values), lowest(values), highest(values)].map((value) => value.toFixed(2));
          return [name, ...cpu, (memory[index] as number).toFixed(0)];
        }),
      },
    };
  },
};

function usage(processes: readonly { pid: number }[]): Promise<number[]> {
  return Promise.all(processes.map(({ pid }) => cpuNs(pid)));
}
