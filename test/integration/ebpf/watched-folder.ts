import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { SensorGap } from '../../../src/core/ports/sensor.js';
import type { Touch, TouchOp } from '../../../src/core/touch.js';
import type { TrailEvent } from '../../../src/core/trail.js';
import type { Trap } from '../../../src/core/trap.js';
import { SystemClock } from '../../../src/daemon/system-clock.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { EbpfSensor } from '../../../src/sensor/ebpf/ebpf-sensor.js';
import type { EbpfSensorOptions } from '../../../src/sensor/ebpf/ebpf-sensor-options.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { until } from '../../support/until.js';

/** A folder of traps with the real sensor on them; the test process is the daemon. */
export class WatchedFolder {
  readonly folder: string;
  readonly touches: Touch[] = [];
  readonly trail: TrailEvent[] = [];
  omitted = 0;
  readonly losses: string[] = [];
  readonly gaps: SensorGap[] = [];
  readonly diagnostics = new FakeDiagnostics();
  readonly sensor: EbpfSensor;

  private constructor(folder: string, options: Partial<EbpfSensorOptions>) {
    this.folder = folder;
    const inspector = new ProcProcessInspector({ reader: new ProcReader(), users: new UserDatabase() });
    this.sensor = new EbpfSensor({
      bpfFolder: resolve('bpf'),
      stateDir: join(folder, 'state'),
      restartMinMs: 100,
      restartMaxMs: 1000,
      clock: new SystemClock(),
      diagnostics: this.diagnostics,
      inspect: (actor) => inspector.glance(actor),
      ...options,
    });
  }

  static async arm(
    names: readonly string[],
    options: Partial<EbpfSensorOptions> = {},
  ): Promise<WatchedFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'phantom-ebpf-'));
    await chmod(folder, 0o755);
    const watched = new WatchedFolder(folder, options);
    await mkdir(join(folder, 'traps'));
    const traps = await Promise.all(names.map((name) => watched.plant(name)));
    await watched.sensor.arm(traps, {
      ...ignoringListener,
      touched: (touch) => watched.touches.push(touch),
      followed: (event) => watched.trail.push(event),
      trailOmitted: (count) => {
        watched.omitted += count;
      },
      lost: (reason) => watched.losses.push(reason),
      gap: (gap) => watched.gaps.push(gap),
    });
    return watched;
  }

  path(name: string): string {
    return join(this.folder, 'traps', name);
  }

  async plant(name: string): Promise<Trap> {
    await writeFile(this.path(name), 'secret\n');
    return { id: name, kind: 'test', path: this.path(name), sha256: '', size: 7 };
  }

  /** How many touches with an operation were told of a trap. */
  counted(name: string, op: TouchOp): number {
    return this.touches
      .filter((touch) => touch.trapId === name && touch.op === op)
      .reduce((sum, { count = 1 }) => sum + count, 0);
  }

  /** Once all is told that happened until now: processors are read apart, so what is older may come later. */
  async caughtUp(): Promise<void> {
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    await until('what happened until now', () => !this.sensor.isBehind(nowNs));
  }

  /** Kills the bpftrace that this process started. */
  async killScript(): Promise<void> {
    const { stdout } = await execa('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)]);
    const line = stdout.split('\n').find((one) => one.trim().endsWith(' bpftrace')) ?? '';
    process.kill(Number.parseInt(line, 10), 'SIGKILL');
  }

  async remove(): Promise<void> {
    await this.sensor.disarm();
    await rm(this.folder, { recursive: true, force: true });
  }
}
