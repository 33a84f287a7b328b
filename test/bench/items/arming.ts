import { mkdir } from 'node:fs/promises';
import type { Trap } from '../../../src/core/trap.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { benchConfig } from '../bench-config.js';
import { makeTraps } from '../bench-traps.js';
import type { Item } from '../item.js';
import { ebpfSensor, orMissing } from '../line/watched-line.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest, median } from '../statistics.js';
import type { Workspace } from '../workspace.js';

const counts = [10, 1000, 5000];
const runs = 4;

export const arming: Item = {
  name: 'arming',
  title: 'From the start of the sensor to armed',
  how: `The sensor's \`arm\` alone, over files that are there already: start bpftrace, which compiles and attaches the script, see the daemon touch its own file, register every trap. ${runs} runs of each, taking turns.`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root);
    await mkdir(config.paths.state_dir, { recursive: true, mode: 0o700 });
    const traps = await makeTraps(await workspace.folder('files'), Math.max(...counts));
    const times = new Map<number, number[]>(counts.map((count) => [count, []]));
    for (let run = 1; run <= runs; run += 1)
      for (const count of counts) {
        progress(`arming: run ${run} of ${runs}, ${count} traps`);
        times.get(count)?.push(await armOnce(workspace, traps.slice(0, count)));
      }
    return {
      tables: [
        {
          columns: ['traps', 'runs', 'median ms', 'min ms', 'max ms'],
          rows: [...times].map(([count, values]) => [
            count.toLocaleString('en-US'),
            String(values.length),
            ...[median(values), lowest(values), highest(values)].map((value) => value.toFixed(0)),
          ]),
        },
      ],
    };
  },
};

async function armOnce(workspace: Workspace, traps: readonly Trap[]): Promise<number> {
  const sensor = ebpfSensor(benchConfig(workspace.root));
  workspace.defer(() => sensor.disarm());
  const startedAt = performance.now();
  await orMissing(sensor.arm(traps, ignoringListener));
  const tookMs = performance.now() - startedAt;
  await sensor.disarm();
  return tookMs;
}
