import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoRecord } from '../../../src/demo/audit-follower.js';
import { until } from '../../support/until.js';
import { benchConfig } from '../bench-config.js';
import { makeTraps, sealCopies } from '../bench-traps.js';
import type { Item } from '../item.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, lowest, quantile } from '../statistics.js';
import { TrapReader } from '../trap-reader.js';
import { watchedLine } from '../watched-line.js';
import { bareAppends } from './bare-append.js';
import { TouchStamps } from './touch-stamps.js';

const trapCount = 500;
const pauseMs = 30;

export const latency: Item = {
  name: 'latency',
  title: 'From the system call to the audit record on disk',
  how: `One process opens and reads ${trapCount} traps, one every ${pauseMs} ms: ${trapCount * 2} touches, each with a record of its own. The clock starts at the kernel's own time of the access and stops when the audit log's \`append\` has resolved, which is after \`fdatasync\`. The line is the daemon's own, composed in the process of the benchmark: eBPF sensor, look into /proc, audit log, evidence; no sandbox. A read follows its open within microseconds, so its record waits for the open's to be on disk. The rows above the last two are stations on the way, all counted from the access.`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root, { sensor: { kind: 'ebpf' }, response: { sandbox: false } });
    const traps = await makeTraps(await workspace.folder('files'), trapCount);
    await sealCopies(traps, config.paths.state_dir);
    const stamps = new TouchStamps();
    await watchedLine(workspace, config, traps, {
      composed: (parts) => stamps.watch(parts),
      touched: (touch) => stamps.sensed(touch),
    });
    const bare = await bareAppends(workspace.root, 200);
    const reader = await TrapReader.start(workspace);
    progress(`latency: ${trapCount * 2} touches`);
    await reader.read({ paths: traps.map(({ path }) => path), pauseMs });
    await until('all touches on disk', () => stamps.finished.length === trapCount * 2, 20_000).catch(
      () => {},
    );
    const rendered = await renderedAfter(join(config.paths.logs_dir, config.audit.file));
    const done = stamps.finished;
    const of = (op: string) => done.filter((one) => one.op === op).map(({ onDisk }) => onDisk);
    return {
      table: {
        columns: ['from the access until', 'touches', 'p50 ms', 'p99 ms', 'min ms', 'max ms'],
        rows: [
          row(
            'the sensor reports it',
            done.map(({ sensed }) => sensed),
          ),
          row(
            'the actor is complete',
            done.map(({ asked }) => asked),
          ),
          row('the record is made (`latency_us`)', rendered),
          row(
            '**the record is on disk**',
            done.map(({ onDisk }) => onDisk),
          ),
          row('... of an open', of('open')),
          row('... of a read', of('read')),
          row('for comparison: a bare append and fdatasync of 2,000 bytes', bare),
        ],
      },
      notes: done.length < trapCount * 2 ? [`Only ${done.length} of ${trapCount * 2} touches arrived.`] : [],
    };
  },
};

function row(name: string, values: readonly number[]): string[] {
  const figures = [quantile(values, 0.5), quantile(values, 0.99), lowest(values), highest(values)];
  return [name, String(values.length), ...figures.map((figure) => figure.toFixed(2))];
}

/** What the records themselves say, in ms. */
async function renderedAfter(path: string): Promise<number[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as DemoRecord)
    .filter(({ event }) => event.action === 'trap-touched')
    .map(({ phantom }) => (phantom.touch?.latency_us ?? 0) / 1000);
}
