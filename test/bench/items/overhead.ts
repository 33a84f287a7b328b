import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Trap } from '../../../src/core/trap.js';
import { benchConfig } from '../bench-config.js';
import { makeTraps } from '../bench-traps.js';
import type { Item, Measured } from '../item.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest, median } from '../statistics.js';
import { ebpfSensor, orMissing } from '../watched-line.js';
import type { Workspace } from '../workspace.js';
import { CallTimer, type CallTimes } from './call-timer.js';

const pairs = 6;
/** About a second. */
const rounds = 300;

export const overhead: Item = {
  name: 'overhead',
  title: 'What the sensor costs everybody else',
  how: `One process makes system calls on a file that is no trap, in batches of 500 to 5,000, of which the median is taken. Blocks without and with the sensor (10 traps) alternate in one run; each of the ${pairs} blocks with it is compared with the mean of its two neighbours without. Spread is over these ${pairs} pairs. \`getppid\` is a control: the sensor has nothing to do with it.`,
  async measure(workspace) {
    requireRoot();
    await mkdir(benchConfig(workspace.root).paths.state_dir, { recursive: true, mode: 0o700 });
    const traps = await makeTraps(await workspace.folder('files'), 10);
    const timer = await CallTimer.start(workspace);
    await timer.run(rounds);
    const without = [await timer.run(rounds)];
    const withSensor: CallTimes[] = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`overhead: pair ${pair} of ${pairs}`);
      withSensor.push(await whileArmed(workspace, traps, () => timer.run(rounds)));
      without.push(await timer.run(rounds));
    }
    return compared(without, withSensor, timer.language);
  },
};

const ignoring = { touched: () => {}, lost: () => {}, gap: () => {} };

async function whileArmed<Result>(
  workspace: Workspace,
  traps: readonly Trap[],
  work: () => Promise<Result>,
): Promise<Result> {
  const sensor = ebpfSensor(benchConfig(workspace.root));
  workspace.defer(() => sensor.disarm());
  await orMissing(sensor.arm(traps, ignoring));
  await wait(200);
  const result = await work();
  await sensor.disarm();
  // The kernel frees what was attached after bpftrace has ended.
  await wait(500);
  return result;
}

function compared(
  without: readonly CallTimes[],
  withSensor: readonly CallTimes[],
  language: CallTimer['language'],
): Measured {
  const rows = Object.keys(without[0] ?? {}).map((name) => {
    const blocks = without.map((times) => median(times[name] ?? []));
    const bases = withSensor.map((_, pair) => ((blocks[pair] as number) + (blocks[pair + 1] as number)) / 2);
    const loaded = withSensor.map((times) => median(times[name] ?? []));
    const costs = loaded.map((value, pair) => value - (bases[pair] as number));
    const ratios = loaded.map((value, pair) => value / (bases[pair] as number));
    const spread = `${signed(lowest(costs))} to ${signed(highest(costs))}`;
    const figures = [median(bases).toFixed(0), median(loaded).toFixed(0), signed(median(costs)), spread];
    return [name, String(pairs), ...figures, median(ratios).toFixed(2)];
  });
  return {
    table: {
      columns: ['call', 'pairs', 'without ns', 'with ns', 'cost ns', 'spread of the cost', 'with / without'],
      rows,
    },
    notes:
      language === 'C'
        ? []
        : ['No C compiler here: the calls were made from Node, whose own cost is in both columns.'],
  };
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(0);
  return text === '0' ? '0' : `${value < 0 ? '-' : '+'}${text}`;
}
