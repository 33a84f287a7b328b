import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { composeSandbox } from '../../../src/daemon/compose.js';
import type { DemoRecord } from '../../../src/demo/audit-follower.js';
import { benchConfig, type Settings } from '../bench-config.js';
import type { Item } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import { progress } from '../progress.js';
import { hasMirrorImage, requireDocker, requireRoot } from '../requirements.js';
import { highest, lowest, median } from '../statistics.js';

const runs = 10;
/** As short as they may be: a login is one actor, and its next touch opens an incident only after this. */
const settings: Settings = { response: { incident_idle_s: 1 }, sandbox: { time_to_live_s: 1 } };

export const sandbox: Item = {
  name: 'sandbox',
  title: 'From the touch to the running sandbox',
  how: `The real daemon and the real Docker engine. ${runs} times another process, in a session of its own, reads a trap, and the sandbox is removed before the next. What is counted is \`phantom.response.sandbox.took_ms\` of the audit record \`sandbox-started\`: from the kernel's time of the touch until the engine says that the container runs; the daemon gives a container 60 ms to fall over before it asks. A first run that makes the image is not counted.`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root, settings);
    await requireDocker(config.sandbox.socket);
    if (!(await hasMirrorImage(config.sandbox.socket)))
      workspace.defer(() => composeSandbox(config).removeEverything());
    const daemon = await PhantomdProcess.start(workspace, settings);
    const trap = join(config.paths.traps_dir, await firstTrap(config.paths.traps_dir));
    const times: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      progress(`sandbox: ${run === 0 ? 'warming up' : `run ${run} of ${runs}`}`);
      const tookMs = await oneSandbox(daemon, trap);
      if (run > 0) times.push(tookMs);
    }
    return {
      tables: [
        {
          columns: ['from the touch until', 'runs', 'median ms', 'min ms', 'max ms'],
          rows: [
            [
              'the container runs',
              String(times.length),
              ...[median(times), lowest(times), highest(times)].map((time) => time.toFixed(0)),
            ],
          ],
        },
      ],
    };
  },
};

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
  // Removing a container leaves the engine with work.
  await wait(500);
  return started.phantom.response?.sandbox?.took_ms as number;
}

async function firstTrap(folder: string): Promise<string> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  if (files[0] === undefined) throw new Error('phantomd planted no trap');
  return files[0].name;
}
