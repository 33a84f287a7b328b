import type { Clock } from '../core/ports/clock.js';
import { type Sensor, SensorUnavailable } from '../core/ports/sensor.js';
import type { Recorder } from '../core/record.js';
import { SensorReports } from '../core/sensor-reports.js';
import type { Touch } from '../core/touch.js';
import type { TrailEvent } from '../core/trail.js';
import type { FirstTraps } from './first-planting.js';

export interface ArmSensorOptions {
  /** In order of preference; the first one that works is taken. */
  readonly candidates: readonly Sensor[];
  readonly firstTraps: FirstTraps;
  /** Files and folders that are added soon, at most. */
  readonly coming: number;
  readonly record: Recorder;
  readonly clock: Clock;
  chosen(sensor: Sensor): void;
  touched(touch: Touch): void;
  followed(event: TrailEvent): void;
  trailOmitted(count: number): void;
  interrupted(): void;
}

/**
 * Arms the best sensor that works here: each is tried, none is assumed to work.
 * @throws SensorUnavailable with every reason
 */
export async function armSensor(options: ArmSensorOptions): Promise<Sensor> {
  const { candidates, firstTraps, coming, record, clock } = options;
  const reasons: string[] = [];
  for (const sensor of candidates) {
    const facts = { sensor: { name: sensor.name } };
    try {
      options.chosen(sensor);
      const reports = new SensorReports({ ...options, sensor: sensor.name });
      await sensor.arm(await firstTraps(sensor), reports, coming);
    } catch (error) {
      await sensor.disarm();
      if (!(error instanceof SensorUnavailable)) throw error;
      reasons.push(`${sensor.name}: ${error.message}`);
      await record({
        action: 'sensor-fallback',
        atNs: clock.nowNs(),
        message: `sensor ${sensor.name} does not work here: ${error.message}`,
        outcome: 'failure',
        reason: error.message,
        ...facts,
      });
      continue;
    }
    const message = `sensor ${sensor.name} sees touches`;
    await record({ action: 'sensor-armed', atNs: clock.nowNs(), message, outcome: 'success', ...facts });
    return sensor;
  }
  throw new SensorUnavailable(`no sensor works here: ${reasons.join('; ')}`);
}
