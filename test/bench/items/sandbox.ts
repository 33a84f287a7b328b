import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { composeSandbox } from '../../../src/daemon/compose.js';
import type { DemoRecord } from '../../../src/demo/audit-follower.js';
import { benchConfig, type Settings } from '../bench-config.js';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import { progress } from '../progress.js';
import { hasMirrorImage, requireDocker, requireRoot } from '../requirements.js';
import { highest, lowest, median } from '../statistics.js';
import type { Workspace } from '../workspace.js';
import { howSessionsAtOnce, sessionsAtOnce } from './sessions-at-once.js';

const runs = 10;
/** As short as they may be: a login is one actor, and its next touch opens an incident only after this. */
const settings = (warm: number): Settings => ({
  response: { incident_idle_s: 1 },
  sandbox: { time_to_live_s: 1, warm },
});

export const sandbox: Item = {
  name: 'sandbox',
  title: 'From the touch to the running sandbox',
  how: `The real daemon and the real Docker engine. ${runs} times another process, in a session of its own, reads a trap, and the sandbox is removed before the next. What is counted is \`phantom.response.sandbox.took_ms\` of the audit record \`sandbox-started\`: from the kernel's time of the touch until the sandbox runs and has its homes. Once with one that stands ready (\`sandbox.warm: 1\`, the default), given the time to be made anew, and once without. A first run that makes the image is not counted. ${howSessionsAtOnce}`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root, settings(1));
    await requireDocker(config.sandbox.socket);
    if (!(await hasMirrorImage(config.sandbox.socket)))
      workspace.defer(() => composeSandbox(config).removeEverything());
    const warm = await times(workspace, 1);
    const cold = await times(workspace, 0);
    const row = (name: string, took: readonly number[]) => [
      name,
      String(took.length),
      ...[median(took), lowest(took), highest(took)].map((time) => time.toFixed(0)),
    ];
    return {
      tables: [
        {
          columns: ['from the touch until the sandbox runs', 'runs', 'median ms', 'min ms', 'max ms'],
          rows: [row('one stands ready', warm), row('none does', cold)],
        },
        await sessionsAtOnce(workspace, config.sandbox.socket),
      ],
      goals: [
        boundGoal('a median under 300 ms where one stands ready', median(warm), { below: 300 }, inMs),
        boundGoal('a median under 1 s where none does', median(cold), { below: 1000 }, inMs),
      ],
    };
  },
};

const inMs = (value: number) => `${value.toFixed(0)} ms`;

async function times(workspace: Workspace, warm: number): Promise<readonly number[]> {
  const { traps_dir: folder } = benchConfig(workspace.root).paths;
  const daemon = await PhantomdProcess.start(workspace, settings(warm));
  const trap = join(folder, await firstTrap(folder));
  const took: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    progress(`sandbox, ${warm} ready: ${run === 0 ? 'warming up' : `run ${run} of ${runs}`}`);
    const tookMs = await oneSandbox(daemon, trap);
    if (run > 0) took.push(tookMs);
  }
  await daemon.stop();
  return took;
}

async function oneSandbox(daemon: PhantomdProcess, trap: string): Promise<number> {
  const known = new Set(daemon.records.map(({ phantom }) => phantom.incident?.id));
  await execa('cat', [trap], { detached: true, stdin: 'ignore', stdout: 'ignore' });
  const opened = await daemon.record(
    'an incident',
    ({ event, phantom }) => event.action === 'incident-opened' && !known.has(phantom.incident?.id),
  );
  const its = (action: string) => (record: DemoRecord) =>
    record.event.action === action && record.phantom.incident?.id === opened.phantom.incident?.id;
  const started = await daemon.record('a running sandbox', its('sandbox-started'));
  await daemon.record('the end of the sandbox', its('sandbox-stopped'));
  await daemon.record('the end of the incident', its('incident-closed'));
  // Removing a container leaves the engine with work, and the next is made ready.
  await wait(5000);
  return started.phantom.response?.sandbox?.took_ms as number;
}

async function firstTrap(folder: string): Promise<string> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  if (files[0] === undefined) throw new Error('phantomd planted no trap');
  return files[0].name;
}
