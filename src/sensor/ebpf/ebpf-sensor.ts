import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import { type Sensor, type SensorListener, SensorUnavailable } from '../../core/ports/sensor.js';
import type { TouchOp } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';
import { BackOff } from '../back-off.js';
import { BpftraceSession } from './bpftrace-session.js';
import { requireBpftrace } from './bpftrace-version.js';
import { type HookPlan, planAlternatives, readKernelOffer } from './hook-plan.js';
import { newNonce } from './registration.js';
import { renderScript } from './script.js';
import { TrapSlots } from './trap-slots.js';

export interface EbpfSensorOptions {
  /** Folder of the script pieces. */
  readonly bpfFolder: string;
  /** Folder of the daemon's own files, only root may enter it. */
  readonly stateDir: string;
  readonly restartMinMs: number;
  readonly restartMaxMs: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly command?: string;
  readonly startTimeoutMs?: number;
  readonly heartbeatMs?: number;
}

/** Sees touches through bpftrace, which it starts, proves, watches and restarts. */
export class EbpfSensor implements Sensor {
  readonly name = 'ebpf';
  readonly #options: EbpfSensorOptions;
  readonly #command: string;
  readonly #backOff: BackOff;
  #session: BpftraceSession | undefined;
  #cancelRestart = () => {};
  #stopped = false;

  constructor(options: EbpfSensorOptions) {
    this.#options = options;
    this.#command = options.command ?? 'bpftrace';
    this.#backOff = new BackOff({
      minMs: options.restartMinMs,
      maxMs: options.restartMaxMs,
      stableMs: 60_000,
      nowMs: () => performance.now(),
    });
  }

  async arm(traps: readonly Trap[], listener: SensorListener): Promise<void> {
    this.#stopped = false;
    const version = await requireBpftrace(this.#command);
    const failures: string[] = [];
    for (const hooks of planAlternatives(await readKernelOffer())) {
      this.#options.diagnostics.debug(`bpftrace ${version}`, { hooks });
      try {
        await this.#run(hooks, traps, listener);
        return;
      } catch (error) {
        failures.push((error as Error).message);
        this.#options.diagnostics.warn(`bpftrace ${version}: ${failures.at(-1)}`);
      }
    }
    throw new SensorUnavailable(`bpftrace ${version} does not work here: ${failures[0]}`);
  }

  async disarm(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart();
    await this.#session?.stop();
    await rm(this.#scriptPath, { force: true });
  }

  get #scriptPath(): string {
    return join(this.#options.stateDir, 'run', 'sensor.bt');
  }

  /** One session from start to armed; when it ends later it is followed by another. */
  async #run(hooks: HookPlan, traps: readonly Trap[], listener: SensorListener): Promise<void> {
    const { bpfFolder, clock, diagnostics, stateDir } = this.#options;
    const nonce = newNonce();
    await mkdir(join(stateDir, 'run'), { recursive: true, mode: 0o700 });
    await rm(this.#scriptPath, { force: true });
    await writeFile(this.#scriptPath, renderScript(bpfFolder, hooks, nonce), { mode: 0o600, flag: 'wx' });
    let armed = false;
    const session = new BpftraceSession({
      command: this.#command,
      scriptPath: this.#scriptPath,
      nonce,
      probePath: join(stateDir, 'run', 'probe'),
      slots: new TrapSlots(traps),
      clock,
      diagnostics,
      startTimeoutMs: this.#options.startTimeoutMs ?? 60_000,
      heartbeatMs: this.#options.heartbeatMs ?? 1000,
      touched: (touch) => listener.touched(touch),
      lostMessages: (lost, fromNs) =>
        listener.gap({ fromNs, toNs: clock.nowNs(), lost, reason: 'bpftrace lost messages' }),
      ended: (reason) => {
        if (armed && !this.#stopped) this.#lost(reason, session, hooks, traps, listener);
      },
    });
    this.#session = session;
    try {
      await session.start(await this.#provableOps(hooks));
      armed = true;
      this.#backOff.started();
    } catch (error) {
      await session.stop();
      throw error;
    }
  }

  /** What the probe file must be seen to suffer before the sensor counts as armed. */
  async #provableOps(hooks: HookPlan): Promise<readonly TouchOp[]> {
    const readsSeen = [...hooks.filemap, ...hooks.kprobe].some(({ op }) => op === 'read');
    // Reads of a file system in memory pass the page cache's tracepoints by.
    const passedBy = hooks.filemap.length > 0 && (await isInMemory(this.#options.stateDir));
    return readsSeen && !passedBy ? ['open', 'read'] : ['open'];
  }

  #lost(
    reason: string,
    session: BpftraceSession,
    hooks: HookPlan,
    traps: readonly Trap[],
    listener: SensorListener,
  ): void {
    const fromNs = session.provenAtNs ?? this.#options.clock.nowNs();
    listener.lost(reason);
    const again = () => {
      this.#cancelRestart = this.#options.clock.after(this.#backOff.nextDelayMs(), () => {
        this.#run(hooks, traps, listener).then(
          () => listener.gap({ fromNs, toNs: this.#options.clock.nowNs(), reason }),
          (error: Error) => {
            if (this.#stopped) return;
            this.#options.diagnostics.error(`sensor restart failed: ${error.message}`);
            again();
          },
        );
      });
    };
    again();
  }
}

/** `TMPFS_MAGIC` and `RAMFS_MAGIC` of include/uapi/linux/magic.h. */
async function isInMemory(folder: string): Promise<boolean> {
  return [0x0102_1994, 0x8584_58f6].includes((await statfs(folder)).type);
}
