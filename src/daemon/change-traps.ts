import { setTimeout as wait } from 'node:timers/promises';
import { ConfigInvalid } from '../config/config-invalid.js';
import type { Config } from '../config/schema.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { printableText } from '../core/printable.js';
import type { PlantResult } from '../factory/planter.js';
import type { TrapEntry } from '../factory/registry.js';
import type { TrapFactory } from '../factory/trap-factory.js';
import { compose } from './compose.js';
import { NotAnswered, NotRoot, OrderFailed } from './failure.js';
import { AlreadyRunning, InstanceLock } from './instance-lock.js';
import { makePrivateFolder } from './make-folder.js';
import { plantTraps } from './plant-traps.js';
import { type PlantingOrder, PlantingOrders } from './planting-orders.js';

/** Longest time in ms that a running daemon may take: keys of a thousand traps take their time. */
const patienceMs = 300_000;
/** Another command holds the state folder for a moment. */
const commandMs = 15_000;
const everyMs = 50;

/**
 * Plants what is missing or rotates: the running daemon does it, else this process. Returns what was done,
 * one line each.
 * @throws NotRoot, NoTraps, OrderFailed, NotAnswered, AlreadyRunning, ConfigInvalid
 */
export async function changeTraps(config: Config, order: PlantingOrder): Promise<string[]> {
  if (process.geteuid?.() !== 0) throw new NotRoot(`phantomd ${order.order} must run as root`);
  const { state_dir: stateDir } = config.paths;
  await makePrivateFolder('paths.state_dir', stateDir);
  await makePrivateFolder('paths.logs_dir', config.paths.logs_dir);
  if (InstanceLock.isHeld(stateDir)) return askDaemon(stateDir, order);
  const lock = await alone(stateDir);
  // A daemon has started meanwhile.
  if (lock === undefined) return askDaemon(stateDir, order);
  const parts = compose(config, silent);
  try {
    await parts.audit.open();
    const rotates = order.order === 'rotate' ? await chosenTraps(parts.factory, order.traps) : undefined;
    return linesOf(await plantTraps(parts, silent, { rotates }));
  } finally {
    await parts.audit.close();
    await lock.release();
  }
}

/**
 * Which entries are meant by these ids or paths; all when none are named.
 * @throws ConfigInvalid where there is no such trap
 */
export async function chosenTraps(
  factory: TrapFactory,
  names: readonly string[],
): Promise<(entry: TrapEntry) => boolean> {
  if (names.length === 0) return () => true;
  const known = new Set((await factory.entries()).flatMap(({ id, path }) => [id, path]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new ConfigInvalid(`no trap ${printableText(unknown)} is planted; phantomd traps lists them`);
  const meant = new Set(names);
  return ({ id, path }) => meant.has(id) || meant.has(path);
}

/** What a planting did, for an operator. */
export function linesOf({ planted, kept, skipped, replaced }: PlantResult): string[] {
  const rotated = new Set(replaced.map(({ path }) => path));
  return [
    ...planted.map(({ id, path }) => `${rotated.has(path) ? 'rotated' : 'planted'} ${path} (${id})`),
    ...skipped.map(({ path, reason }) => `left out ${path}: ${reason}`),
    `${planted.length} planted or rotated, ${kept.length} kept, ${skipped.length} left out`,
  ];
}

/** @throws OrderFailed, NotAnswered */
async function askDaemon(stateDir: string, order: PlantingOrder): Promise<string[]> {
  const orders = new PlantingOrders(stateDir);
  const id = await orders.ask(order);
  try {
    const until = performance.now() + patienceMs;
    const pid = InstanceLock.holder(stateDir);
    if (pid !== undefined) process.kill(pid, 'SIGHUP');
    while (InstanceLock.holder(stateDir) === pid && pid !== undefined && performance.now() < until) {
      const answer = await orders.answer(id);
      if (answer?.failure !== undefined)
        throw new OrderFailed(answer.failure.message, answer.failure.exitCode);
      if (answer !== undefined) return answer.lines;
      await wait(everyMs);
    }
    const why = pid === InstanceLock.holder(stateDir) ? `within ${patienceMs / 1000} s` : 'before it ended';
    throw new NotAnswered(`phantomd did not ${order.order} ${why}; run the command again`);
  } finally {
    await orders.withdraw(id);
  }
}

/** Undefined where a daemon runs. @throws AlreadyRunning where another command takes too long */
async function alone(stateDir: string): Promise<InstanceLock | undefined> {
  try {
    return await InstanceLock.take(stateDir, { isCommand: true, patienceMs: commandMs });
  } catch (error) {
    if (error instanceof AlreadyRunning && !error.isCommand) return undefined;
    throw error;
  }
}

const silent: Diagnostics = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
