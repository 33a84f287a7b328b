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
const seldomCount = 10;
/** Longer than anything about ancestors is remembered. */
const seldomMs = 1200;

export const latency: Item = {
  name: 'latency',
  title: 'From the system call to the audit record on disk',
  how: `One process opens and reads ${trapCount} traps, one every ${pauseMs} ms: ${trapCount * 2} touches, each with a record of its own. The clock starts at the kernel's own time of the access and stops when the audit log's \`append\` has resolved, which is after \`fdatasync\`. The line is the daemon's own, composed in the process of the benchmark: eBPF sensor, look into /proc, audit log, evidence; no sandbox. The first rows are stations on the way, all counted from the access. A read follows its open within microseconds, so its record waits for the open's to be on disk. At the end ${seldomCount} more traps are opened and read, one every ${seldomMs / 1000} s, when what was learnt of the ancestors is forgotten.`,
  async measure(workspace) {
    requireRoot();
    const config = benchConfig(workspace.root, { sensor: { kind: 'ebpf' }, response: { sandbox: false } });
    const traps = await makeTraps(await workspace.folder('files'), trapCount + seldomCount);
    await sealCopies(traps, config.paths.state_dir);
    const stamps = new TouchStamps();
    await watchedLine(workspace, config, traps, {
      composed: (parts) => stamps.watch(parts),
      touched: (touch) => stamps.sensed(touch),
    });
    const bare = await bareAppends(workspace.root, 200);
    const reader = await TrapReader.start(workspace);
    const paths = traps.map(({ path }) => path);
    progress(`latency: ${trapCount * 2} touches`);
    await reader.read({ paths: paths.slice(0, trapCount), pauseMs });
    progress(`latency: ${seldomCount * 2} touches, far apart`);
    await reader.read({ paths: paths.slice(trapCount), pauseMs: seldomMs });
    const expected = traps.length * 2;
    await until('all touches on disk', () => stamps.finished.length === expected, 20_000).catch(() => {});
    const seldomIds = new Set(traps.slice(trapCount).map(({ id }) => id));
    const paced = stamps.finished.filter(({ trapId }) => !seldomIds.has(trapId));
    const seldom = stamps.finished.filter(({ trapId }) => seldomIds.has(trapId));
    const missing = expected - paced.length - seldom.length;
    const early = paced.filter(({ sensed }) => sensed < 0).length;
    return {
      table: {
        columns: ['from the access until', 'touches', 'p50 ms', 'p99 ms', 'min ms', 'max ms'],
        rows: [
          row('the sensor reports it', paced, ({ sensed }) => sensed),
          row('the actor is complete', paced, ({ asked }) => asked),
          row('the record is made (`latency_us`)', await rendered(config, seldomIds), (value) => value),
          row('**the record is on disk**', paced, ({ onDisk }) => onDisk),
          row('... of an open', paced.filter(isOpen), ({ onDisk }) => onDisk),
          row('... of a read', paced.filter(isRead), ({ onDisk }) => onDisk),
          row('... of an open after a second of silence', seldom.filter(isOpen), ({ onDisk }) => onDisk),
          row('for comparison: a bare append and fdatasync of 2,000 bytes', bare, (value) => value),
        ],
      },
      notes: [
        `The very first touch, with nothing compiled or remembered yet, was on disk after ${paced[0]?.onDisk.toFixed(1)} ms.`,
        ...(early > 0
          ? [`${early} touches were reported before their own time: the sensor's clock was off.`]
          : []),
        ...(missing > 0 ? [`${missing} of ${expected} touches did not arrive.`] : []),
      ],
    };
  },
};

const isOpen = ({ op }: { op: string }) => op === 'open';
const isRead = ({ op }: { op: string }) => op === 'read';

function row<Of>(name: string, of: readonly Of[], value: (one: Of) => number): string[] {
  const values = of.map(value);
  const figures = [quantile(values, 0.5), quantile(values, 0.99), lowest(values), highest(values)];
  return [name, String(values.length), ...figures.map((figure) => figure.toFixed(2))];
}

/** What the records of the paced touches themselves say, in ms. */
async function rendered(
  { paths, audit }: ReturnType<typeof benchConfig>,
  without: ReadonlySet<string>,
): Promise<number[]> {
  const lines = (await readFile(join(paths.logs_dir, audit.file), 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as DemoRecord)
    .filter(({ event }) => event.action === 'trap-touched')
    .filter(({ phantom }) => !without.has(phantom.trap?.id ?? ''))
    .map(({ phantom }) => (phantom.touch?.latency_us ?? 0) / 1000);
}
