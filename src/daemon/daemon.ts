import { loadTechniqueRules } from '../attack/load-rules.js';
import type { Config } from '../config/schema.js';
import type { ContainedProcess } from '../core/ports/containment.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Exemptions } from '../core/ports/exemptions.js';
import { type Sensor, SensorUnavailable } from '../core/ports/sensor.js';
import type { SensorProof } from '../core/sensor-proof.js';
import type { PlantingWatch } from '../factory/bringing.js';
import type { PlantResult } from '../factory/planter.js';
import type { TrapEntry } from '../factory/registry.js';
import { ProcReader } from '../process/proc-reader.js';
import { ProcProcessInspector } from '../process/process-inspector.js';
import { UserDatabase } from '../process/user-database.js';
import { endLeftoverScripts } from '../sensor/ebpf/end-leftover.js';
import { armSensor } from './arm-sensor.js';
import { chosenTraps, linesOf } from './change-traps.js';
import { compose, composeProof, composeSandbox, type Parts } from './compose.js';
import { NotRoot } from './failure.js';
import { FirstPlanting, type FirstTraps } from './first-planting.js';
import { InstanceLock } from './instance-lock.js';
import { LivePlanting } from './live-planting.js';
import { makePrivateFolder } from './make-folder.js';
import { packageFiles, packageVersion } from './package-files.js';
import { plantTraps } from './plant-traps.js';
import { plantedTraps } from './planted-traps.js';
import { PlantingOrders } from './planting-orders.js';
import { RotationSchedule } from './rotation-schedule.js';
import { StrandedWatcher } from './stranded-watcher.js';
import { sweepDuring } from './sweep-during.js';

/**
 * Longest time in ms that it waits for `phantomd release` or `kill`: the service manager never starts again
 * a daemon that found another.
 */
const commandMs = 15_000;

/** One running phantomd, from lock to lock. */
export class Daemon {
  readonly #diagnostics: Diagnostics;
  readonly #parts: Parts;
  readonly #sensor: Sensor;
  readonly #lock: InstanceLock;
  readonly #proof: SensorProof | undefined;
  readonly #watcher: StrandedWatcher;
  readonly #orders: PlantingOrders;
  readonly #schedule: RotationSchedule;
  #reloading: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(
    config: Config,
    diagnostics: Diagnostics,
    parts: Parts,
    sensor: Sensor,
    lock: InstanceLock,
    proof: SensorProof | undefined,
    watcher: StrandedWatcher,
  ) {
    this.#diagnostics = diagnostics;
    this.#parts = parts;
    this.#sensor = sensor;
    this.#lock = lock;
    this.#proof = proof;
    this.#watcher = watcher;
    this.#orders = new PlantingOrders(config.paths.state_dir);
    const { rotate_after_days: days, rotate_after_incident: afterIncident } = config.traps;
    this.#schedule = new RotationSchedule({
      days,
      clock: parts.clock,
      entries: () => parts.factory.entries(),
      rotate: (trapIds) => this.rotate(trapIds),
      failed: (reason) => diagnostics.warn(`traps are not rotated: ${reason}`),
    });
    this.#schedule.start();
    if (afterIncident) parts.incidents.closed = (trapIds) => void this.rotate(trapIds);
  }

  /**
   * Plants, arms and returns when the first touch would be seen. `configFile` is for whoever sees to
   * stopped processes should the daemon be killed.
   * @throws NotRoot, AlreadyRunning, AuditUnwritable, NoTraps, SensorUnavailable
   */
  static async start(config: Config, diagnostics: Diagnostics, configFile: string): Promise<Daemon> {
    if (process.geteuid?.() !== 0) throw new NotRoot('phantomd must run as root');
    await makePrivateFolder('paths.state_dir', config.paths.state_dir);
    await makePrivateFolder('paths.logs_dir', config.paths.logs_dir);
    const techniques = await loadTechniqueRules(packageFiles.techniques);
    const lock = await InstanceLock.take(config.paths.state_dir, { patienceMs: commandMs });
    const parts = compose(config, diagnostics, techniques);
    const { containment } = parts;
    const watcher = new StrandedWatcher({ configFile, diagnostics });
    try {
      // Even where nothing else comes about, whoever an earlier run left standing goes on.
      await containment.frozen.load();
      for (const [id, trap] of await plantedTraps(config.paths.state_dir, diagnostics))
        parts.traps.set(id, trap);
      await parts.audit.open();
      await containment.takeUp();
      const rulesKnown = parts.exemptions.start();
      containment.isExempt = exemptQuestion(parts.exemptions, rulesKnown);
      // From here on traps are read, and an earlier run would stop whoever does.
      await sweepDuring(containment.sweep, endEarlierSensor(config));
      await rulesKnown;
      // Before anybody else is stopped: whoever stands still now was stopped by an earlier run.
      await containment.sweep.sweep();
      watcher.start();
      void parts.evidence.prepare().catch((error: Error) => {
        diagnostics.warn(`evidence of earlier runs was not looked at: ${error.message}`);
      });
      const proof: { of?: SensorProof | undefined } = {};
      const arm = async (firstTraps: FirstTraps, coming: number) => {
        const armed = await armSensor({
          ...parts,
          candidates: parts.sensors,
          firstTraps,
          coming,
          chosen: (candidate) => {
            parts.ecs.sensor = candidate.name;
            containment.sensor = candidate;
          },
          touched: (touch) => {
            if (proof.of?.claims(touch) === true) containment.desk.dismiss(touch);
            else parts.orchestrator.touched(touch);
          },
          interrupted: () => containment.interrupted(),
          followed: (event) => parts.orchestrator.followed(event),
          trailOmitted: (count) => parts.orchestrator.trailOmitted(count),
        });
        // A candidate that did not work may have stopped somebody all the same.
        containment.sweep.watchClosely();
        return armed;
      };
      // Docker may take long; before the first planting there is no story to make sandboxes of.
      const cleanUp = () => void (parts.sandboxes?.cleanUp() ?? removeOrphans(config, diagnostics));
      // The planting tells of a registry that cannot be read.
      await parts.decoy?.renew().catch(() => {});
      const isFirst = parts.traps.size === 0;
      if (!isFirst) cleanUp();
      const appearing = async () => parts.decoy?.renew();
      const planting = new FirstPlanting({ ...parts, diagnostics, arm, appearing });
      const sensor = await planting.run(async () => {
        await plantTraps(parts, diagnostics, { watch: planting });
        await parts.decoy?.renew();
        if (isFirst) cleanUp();
        return [...parts.watched.values()];
      });
      const watched = () => [...parts.watched.values()];
      proof.of = composeProof(config, parts, sensor, watched);
      proof.of?.start();
      await parts.record({
        action: 'daemon-started',
        atNs: parts.clock.nowNs(),
        message: `phantomd ${packageVersion()} watches ${parts.watched.size} traps with ${sensor.name}`,
        outcome: 'success',
        sensor: { name: sensor.name },
      });
      void parts.decoy?.open();
      // Rules that a killed run left end here too where nobody is to be redirected any more.
      void (config.response.redirect ? parts.redirect.start() : parts.redirect.stop());
      // Only now: making keys for later takes a core.
      parts.keys.fill();
      return new Daemon(config, diagnostics, parts, sensor, lock, proof.of, watcher);
    } catch (error) {
      await giveUp(parts, diagnostics);
      watcher.stop();
      await parts.audit.close();
      await lock.release();
      throw error;
    }
  }

  /** What it watches with, for a person. */
  get summary(): string {
    return `${this.#parts.watched.size} traps watched with ${this.#sensor.name}`;
  }

  /**
   * Opens the audit log anew, which may have been rotated, carries out what commands ask for, and plants
   * what is missing. Never throws.
   */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#step('audit log', async () => {
        await this.#parts.audit.reopen();
        this.#diagnostics.info('audit log reopened');
      });
      await this.#step('traps', () =>
        this.#orders.carryOut(async (order) =>
          linesOf(
            order.order === 'rotate'
              ? await this.#rotate(await chosenTraps(this.#parts.factory, order.traps))
              : await this.#replant(),
          ),
        ),
      );
    });
  }

  /** Replaces those of these traps that still are as they were planted, when nothing else is under way. */
  rotate(trapIds: readonly string[]): Promise<void> {
    const chosen = new Set(trapIds);
    return this.#inTurn(() =>
      this.#step('traps', async () => {
        if (!this.#stopping) await this.#rotate((entry) => chosen.has(entry.id));
      }),
    );
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#reloading = this.#reloading.then(work);
    return this.#reloading;
  }

  #replant(): Promise<PlantResult> {
    return this.#change((watch) => plantTraps(this.#parts, this.#diagnostics, { watch }));
  }

  #rotate(rotates: (entry: TrapEntry) => boolean): Promise<PlantResult> {
    return this.#change((watch) => plantTraps(this.#parts, this.#diagnostics, { watch, rotates }));
  }

  async #change(work: (watch: PlantingWatch) => Promise<PlantResult>): Promise<PlantResult> {
    const { watched, traps, factory, keys, decoy } = this.#parts;
    const before = new Map(watched);
    const watch = new LivePlanting({ sensor: this.#sensor, traps, diagnostics: this.#diagnostics });
    await watch.begin([...watched.values()]);
    try {
      const result = await work(watch);
      await decoy?.renew();
      await this.#sensor.remove([...before.values()].filter(({ id }) => !watched.has(id)));
      await watch.end([...watched.values()]);
      const news = [...watched.keys()].filter((id) => !before.has(id)).length;
      this.#diagnostics.info(`${watched.size} traps watched, ${news} of them new`);
      return result;
    } catch (error) {
      const entries = await factory.entries().catch(() => []);
      const there = new Set([...before.keys(), ...entries.map(({ id }) => id)]);
      for (const trap of watch.coming) if (there.has(trap.id)) watched.set(trap.id, trap);
      await watch.end([...watched.values()]);
      throw error;
    } finally {
      keys.fill();
    }
  }

  /** Ends in order: no new touch, nothing unrecorded, no container, no child process left. */
  async stop(reason: string): Promise<void> {
    const { sandboxes, orchestrator, exemptions, audit, record, clock, containment, keys, decoy, redirect } =
      this.#parts;
    const message = `phantomd stops: ${reason}`;
    this.#stopping = true;
    this.#schedule.stop();
    await this.#reloading;
    this.#proof?.stop();
    await this.#step('redirect', () => redirect.stop());
    await this.#step('decoy', async () => decoy?.close());
    const keysClosed = this.#step('keys', () => keys.close());
    await this.#step('sensor', () => this.#sensor.disarm());
    await this.#step('held processes', () => containment.stop());
    await this.#step('incidents', () => orchestrator.stop());
    await this.#step('held processes', () => containment.flush());
    await this.#step('exemptions', () => exemptions.stop());
    await this.#step('sandboxes', async () => sandboxes?.stop());
    await this.#step('audit log', () =>
      record({ action: 'daemon-stopped', atNs: clock.nowNs(), message, reason }),
    );
    await this.#step('audit log', () => audit.close());
    await keysClosed;
    this.#watcher.stop();
    await this.#step('lock', () => this.#lock.release());
  }

  /** What goes wrong in one step must not keep the others from being done. */
  async #step(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#diagnostics.error(`${what}: ${(error as Error).message}`);
    }
  }
}

/** Touches may have been told before the start failed: what they began ends as it would at a stop. */
async function giveUp(
  { containment, orchestrator, sandboxes }: Parts,
  diagnostics: Diagnostics,
): Promise<void> {
  const steps = [
    () => containment.stop(),
    () => orchestrator.stop(),
    () => containment.flush(),
    async () => sandboxes?.stop(),
  ];
  for (const step of steps) await step().catch((error: Error) => diagnostics.error(error.message));
}

/** Sandboxes were switched off in the configuration: an earlier run may have left some all the same. */
async function removeOrphans(config: Config, diagnostics: Diagnostics): Promise<void> {
  try {
    for (const name of await composeSandbox(config).removeOrphans()) diagnostics.info(`removed ${name}`);
  } catch (error) {
    diagnostics.debug(`sandboxes of an earlier run were not looked for: ${(error as Error).message}`);
  }
}

/** Asks of a process that nobody told of, with what /proc tells of it. */
function exemptQuestion(
  exemptions: Exemptions,
  rulesKnown: Promise<void>,
): (process: ContainedProcess) => Promise<boolean> {
  const inspector = new ProcProcessInspector({ reader: new ProcReader(), users: new UserDatabase() });
  return async (process) => {
    await rulesKnown;
    // That it is this process is known; whoever does not stand in /proc any more fulfils no rule.
    const actor = await inspector.glance({ certainty: 'kernel', process, ancestors: [] });
    return (await exemptions.ruleFor(actor)) !== undefined;
  };
}

/** @throws NoTraps */
async function endEarlierSensor(config: Config): Promise<void> {
  const left = await endLeftoverScripts(config.paths.state_dir);
  if (left.length > 0)
    throw new SensorUnavailable(`bpftrace of an earlier run does not end: see process ${left.join(', ')}`);
}
