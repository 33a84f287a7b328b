import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Column, columnNamed, columns, mainWays, type Way, ways } from './containments.js';
import { renderDocument } from './document.js';
import { compileProgram } from './programs.js';
import { keepResult, readResults } from './results.js';
import { Scene } from './scene.js';

const documentFile = new URL('../../docs/containment.md', import.meta.url);
const progress = (message: string) => void process.stderr.write(`${message}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    // The daemon and the attack under way end with this process (execa).
    process.exit(128 + constants.signals[signal]);
  });

const folder = await mkdtemp(join(tmpdir(), 'phantom-hold-'));
try {
  await run();
} catch (error) {
  progress(`hold: ${(error as Error).stack}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      column: { type: 'string', multiple: true },
      way: { type: 'string', multiple: true },
      attempts: { type: 'string', default: '10000' },
      print: { type: 'boolean' },
      'document-only': { type: 'boolean' },
    },
  });
  const wanted = values.column?.map(columnNamed) ?? columns;
  const chosen = ways.filter((way) => values.way?.includes(way) ?? true);
  const most = Number(values.attempts);
  if (!Number.isInteger(most) || most < 1) throw new Error('--attempts: expected a number above 0');
  if (!values['document-only']) {
    const program = await compileProgram('attempts', folder);
    for (const column of wanted)
      for (const way of chosen) {
        const count = mainWays.includes(way) ? most : Math.ceil(most / 10);
        await measure(column, way, count, program, values.print === true);
      }
  }
  if (values.print) return;
  await writeFile(documentFile, renderDocument(await readResults()));
  progress('wrote docs/containment.md');
}

async function measure(
  column: Column,
  way: Way,
  count: number,
  program: string,
  onlyPrints: boolean,
): Promise<void> {
  const begin = performance.now();
  const scene = await Scene.open(column);
  const tally = await scene
    .attack(program, way, count)
    .then((attempts) => scene.count(attempts))
    .finally(() => scene.close());
  const seconds = Math.round((performance.now() - begin) / 1000);
  progress(`${column.name}, ${way}: ${JSON.stringify(tally)} (${seconds} s)`);
  if (!onlyPrints) await keepResult(column, way, tally);
}
