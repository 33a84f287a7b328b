import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config/schema.js';
import { describeProcess } from '../core/describe-touch.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { FrozenOrder, FrozenProcess } from '../core/ports/frozen-list.js';
import { SignalContainment } from '../response/containment/signal-containment.js';
import { HeldListFolder } from '../response/held-list-folder.js';
import { compose } from './compose.js';
import { HeldEnded, NotAnswered, NothingHeld, NotRoot } from './failure.js';
import { InstanceLock } from './instance-lock.js';

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
  const meant = await frozenOf(list, order.incidentId);
  const containment = new SignalContainment({ diagnostics: silent });
  const isThere = (frozen: FrozenProcess) => containment.isAlive(frozen);
  const living = meant.filter(isThere);
  if (InstanceLock.isHeld(stateDir)) await ask(list, order);
  else await doIt(config, order);
  if (living.length === 0)
    throw new HeldEnded(`the frozen processes of incident ${order.incidentId} have ended already`);
  const verb = order.order === 'release' ? 'released' : 'killed';
  return living.map((frozen) => `${verb} ${describeProcess(frozen)}`);
}

/** @throws NothingHeld */
async function frozenOf(list: HeldListFolder, incidentId: string): Promise<readonly FrozenProcess[]> {
  const all = await list.load();
  const found = all.get(incidentId);
  if (found !== undefined) return found;
  const others = [...all.keys()].sort();
  const hint = others.length === 0 ? 'nobody is frozen' : `frozen are those of ${others.join(', ')}`;
  throw new NothingHeld(`no process of incident ${incidentId} is frozen: ${hint}`);
}

/** @throws NotAnswered */
async function ask(list: HeldListFolder, order: FrozenOrder): Promise<void> {
  await list.ask(order);
  const until = performance.now() + patienceMs;
  while ((await list.load()).has(order.incidentId)) {
    if (performance.now() > until) {
      await list.answered(order);
      throw new NotAnswered(`phantomd runs and did not ${order.order} within ${patienceMs / 1000} s`);
    }
    await wait(everyMs);
  }
}

/** No daemon runs: what is done here is put on record here, as far as the disk allows. */
async function doIt(config: Config, order: FrozenOrder): Promise<void> {
  const lock = await InstanceLock.take(config.paths.state_dir);
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

const silent: Diagnostics = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
