import { readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { configSchema } from '../../src/config/schema.js';
import { type Outcome, renderDocument, renderOutcome } from './document.js';
import { type Item, Missing } from './item.js';
import { arming } from './items/arming.js';
import { hold } from './items/hold.js';
import { idle } from './items/idle.js';
import { latency } from './items/latency.js';
import { overhead } from './items/overhead.js';
import { planting } from './items/planting.js';
import { ransomware } from './items/ransomware.js';
import { recording } from './items/recording.js';
import { sandbox } from './items/sandbox.js';
import { techniques } from './items/techniques.js';
import { circumstances } from './machine-facts.js';
import { progress } from './progress.js';
import { Workspace } from './workspace.js';

const items: readonly Item[] = [
  latency,
  hold,
  ransomware,
  sandbox,
  recording,
  arming,
  overhead,
  idle,
  planting,
  techniques,
];
const documentFile = new URL('../../docs/benchmarks.md', import.meta.url);

let open: Workspace | undefined;
let interrupted = false;

// Handlers stay: a second signal must not cut the clean-up short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, async () => {
    if (interrupted) return;
    interrupted = true;
    progress(`${signal}: cleaning up`);
    await open?.close().catch((error: Error) => progress(`clean-up failed: ${error.message}`));
    process.exit(128 + constants.signals[signal]);
  });

try {
  await run(wanted());
} catch (error) {
  if (!interrupted) process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function wanted(): readonly Item[] {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const names = values.only?.flatMap((list) => list.split(','));
  const unknown = names?.find((name) => !items.some((item) => item.name === name));
  if (unknown !== undefined)
    throw new Error(`no item ${unknown}; there are ${items.map(({ name }) => name).join(', ')}`);
  return items.filter(({ name }) => names?.includes(name) ?? true);
}

async function run(chosen: readonly Item[]): Promise<void> {
  const { socket } = configSchema.parse(undefined).sandbox;
  const outcomes: Outcome[] = [];
  for (const item of chosen) {
    progress(item.title);
    const before = await circumstances('/var/tmp', socket);
    const outcome = { item, result: await measured(item), circumstances: before };
    outcomes.push(outcome);
    process.stdout.write(`\n${renderOutcome(outcome)}\n`);
    if (outcomes.every(({ result }) => 'missing' in result)) continue;
    // At once: whoever stops here has what was measured.
    const old = await readFile(documentFile, 'utf8').catch(() => '');
    await writeFile(documentFile, renderDocument(old, outcomes, items));
  }
  if (outcomes.every(({ result }) => 'missing' in result))
    throw new Error('nothing could be measured here; docs/benchmarks.md stays as it was');
  progress('wrote docs/benchmarks.md');
}

async function measured(item: Item): Promise<Outcome['result']> {
  open = await Workspace.open();
  try {
    return await item.measure(open);
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message };
    if (interrupted) throw error;
    // The other items are worth their while all the same.
    progress(`${item.name} failed: ${(error as Error).stack}`);
    process.exitCode = 1;
    return { missing: (error as Error).message };
  } finally {
    await open.close();
  }
}
