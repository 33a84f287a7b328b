import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config/schema.js';
import { describeProcess } from '../core/describe-touch.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { FrozenOrder } from '../core/ports/frozen-list.js';
import { SignalContainment } from '../response/containment/signal-containment.js';
import { isIncidentId } from '../response/evidence-name.js';
import { HeldListFolder } from '../response/held-list-folder.js';
import { compose } from './compose.js';
import { HeldEnded, NotAnswered, NothingHeld, NotRoot } from './failure.js';
import { AlreadyRunning, InstanceLock } from './instance-lock.js';

/** Longest time in ms that a running daemon may take. */
const patienceMs = 2000;
const everyMs = 25;

/**
 * Releases or kills the frozen processes of an incident: the running daemon does it, else this process.
 * Returns what was done, one line each.
 * @throws NotRoot, NothingHeld, HeldEnded, NotAnswered
 */
export async function carryOut(config: Config, order: FrozenOrder): Promise<string[]> {
  if (process.geteuid?.() !== 0) throw new NotRoot(`phantomd ${order.order} must run as root`);
  const { state_dir: stateDir } = config.paths;
  const list = new HeldListFolder({ stateDir });
  const all = await list.load();
  const meant = all.get(order.incidentId);
  const verb = order.order === 'release' ? 'released' : 'killed';
  if (meant === undefined) {
    // On a full disk the daemon has frozen whom it could not list.
    if (isIncidentId(order.incidentId) && InstanceLock.isHeld(stateDir) && (await askUnlisted(list, order)))
      return [`${verb} the frozen processes of incident ${order.incidentId}`];
    throw nothingHeld(all, order);
  }
  const containment = new SignalContainment({ diagnostics: silent });
  const living = meant.filter((frozen) => containment.isAlive(frozen));
  if (InstanceLock.isHeld(stateDir)) await ask(list, order);
  else await doIt(config, list, order);
  if (living.length === 0)
    throw new HeldEnded(`the frozen processes of incident ${order.incidentId} have ended already`);
  return living.map((frozen) => `${verb} ${describeProcess(frozen)}`);
}

function nothingHeld(all: ReadonlyMap<string, unknown>, { incidentId }: FrozenOrder): NothingHeld {
  const others = [...all.keys()].sort();
  const hint = others.length === 0 ? 'nobody is frozen' : `frozen are those of ${others.join(', ')}`;
  return new NothingHeld(`no process of incident ${incidentId} is frozen: ${hint}`);
}

/** @throws NotAnswered */
async function ask(list: HeldListFolder, order: FrozenOrder): Promise<void> {
  await list.ask(order);
  const isDone = await inTime(async () => !(await list.load()).has(order.incidentId));
  if (isDone) return;
  await list.answered(order);
  throw new NotAnswered(`phantomd runs and did not ${order.order} within ${patienceMs / 1000} s`);
}

/** Whether the daemon had somebody: of whom it has not it answers nothing. */
async function askUnlisted(list: HeldListFolder, order: FrozenOrder): Promise<boolean> {
  await list.ask(order);
  const isDone = await inTime(async () => !(await list.isAsked(order)));
  await list.answered(order);
  return isDone;
}

async function inTime(isDone: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + patienceMs;
  while (!(await isDone())) {
    if (performance.now() > until) return false;
    await wait(everyMs);
  }
  return true;
}

/** No daemon runs: what is done here is put on record here, as far as the disk allows. */
async function doIt(config: Config, list: HeldListFolder, order: FrozenOrder): Promise<void> {
  const lock = await alone(config.paths.state_dir);
  // A daemon has started meanwhile.
  if (lock === undefined) return ask(list, order);
  const { audit, containment } = compose(config, silent);
  try {
    await audit.open().catch(() => {});
    await containment.frozen.load();
    await containment.frozen.carryOut(order);
  } finally {
    await containment.frozen.stop();
    await audit.close();
    await lock.release();
  }
}

/** Undefined where a daemon runs. @throws AlreadyRunning where another command takes too long */
async function alone(stateDir: string): Promise<InstanceLock | undefined> {
  try {
    return await InstanceLock.take(stateDir, { isCommand: true, patienceMs });
  } catch (error) {
    if (error instanceof AlreadyRunning && !error.isCommand) return undefined;
    throw error;
  }
}

const silent: Diagnostics = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
