import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Trap } from '../../../src/core/trap.js';
import { benchConfig } from '../bench-config.js';
import { makeTraps } from '../bench-traps.js';
import type { Item } from '../item.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { ebpfSensor, orMissing } from '../watched-line.js';
import type { Workspace } from '../workspace.js';
import { CallTimer, type CallTimes } from './call-timer.js';
import { compareBlocks } from './compare-blocks.js';
import { undisturbed } from './undisturbed.js';

const pairs = 5;
/** About two seconds. */
const rounds = 800;
/** How many blocks may be measured again before others' work is taken as it is. */
const mostRepeats = 6;

export const overhead: Item = {
  name: 'overhead',
  title: 'What the sensor costs everybody else',
  how: `One process makes system calls on a file that is no trap, in batches of 500 to 5,000. A block is ${rounds} batches of each, and its figure the fifth percentile of them, because what else runs on the machine only ever adds. Blocks without and with the sensor (10 traps) alternate; each of the ${pairs} with it is compared with the mean of its two neighbours without, and medians and spread are over these ${pairs} pairs; next to them the difference between the quietest block with and the quietest without, which a busy machine disturbs least. \`getppid\` is a control: the sensor does not look at it. What it pays, every system call pays: while a probe is attached to any system call, the kernel sends all of them through its slower entry.`,
  async measure(workspace) {
    requireRoot();
    await mkdir(benchConfig(workspace.root).paths.state_dir, { recursive: true, mode: 0o700 });
    const traps = await makeTraps(await workspace.folder('files'), 10);
    const timer = await CallTimer.start(workspace);
    const notes = new Set<string>();
    if (timer.language !== 'C')
      notes.add('No C compiler here: the calls were made from Node, whose own cost is in both columns.');
    const block = undisturbed(
      mostRepeats,
      () => timer.run(rounds),
      () => {
        notes.add('Another bpftrace ran on this host at times: its cost is in the figures.');
      },
    );
    await block();
    const without = [await block()];
    const withSensor: CallTimes[] = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`overhead: pair ${pair} of ${pairs}`);
      withSensor.push(await whileArmed(workspace, traps, block));
      without.push(await block());
    }
    return { table: compareBlocks(without, withSensor), notes: [...notes] };
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
