import type { Config } from '../../../src/config/schema.js';
import { type Sensor, SensorUnavailable } from '../../../src/core/ports/sensor.js';
import type { Touch } from '../../../src/core/touch.js';
import type { Trap } from '../../../src/core/trap.js';
import { armSensor } from '../../../src/daemon/arm-sensor.js';
import { compose, type Parts } from '../../../src/daemon/compose.js';
import { hurry, priorities } from '../../../src/sensor/scheduling.js';
import { Missing } from '../item.js';
import { quietDiagnostics } from '../progress.js';
import type { Workspace } from '../workspace.js';

/** The eBPF sensor as the daemon composes it. */
export function ebpfSensor(config: Config): Sensor {
  const [sensor] = compose(
    { ...config, sensor: { ...config.sensor, kind: 'ebpf' } },
    quietDiagnostics,
  ).sensors;
  return sensor as Sensor;
}

/** The daemon's own line from sensor to audit log in this process, over other traps. */
export async function watchedLine(
  workspace: Workspace,
  config: Config,
  traps: readonly Trap[],
  hooks: { composed(parts: Parts): void; touched(touch: Touch): void },
): Promise<Parts> {
  // As the daemon does.
  hurry(0, priorities.daemon);
  const parts = compose(config, quietDiagnostics);
  hooks.composed(parts);
  for (const trap of traps) parts.traps.set(trap.id, trap);
  workspace.defer(() => parts.audit.close());
  await parts.audit.open();
  workspace.defer(() => parts.orchestrator.stop());
  for (const sensor of parts.sensors) workspace.defer(() => sensor.disarm());
  await orMissing(
    armSensor({
      ...parts,
      candidates: parts.sensors,
      firstTraps: async () => traps,
      coming: 0,
      chosen: ({ name }) => {
        parts.ecs.sensor = name;
      },
      followed: () => {},
      trailOmitted: () => {},
      interrupted: () => {},
      touched: (touch) => {
        hooks.touched(touch);
        parts.orchestrator.touched(touch);
      },
    }),
  );
  return parts;
}

/** A sensor that cannot work here is no failure of the benchmark. */
export async function orMissing<Result>(arming: Promise<Result>): Promise<Result> {
  try {
    return await arming;
  } catch (error) {
    if (error instanceof SensorUnavailable) throw new Missing(error.message);
    throw error;
  }
}
