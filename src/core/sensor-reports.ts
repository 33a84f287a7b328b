import type { Clock } from './ports/clock.js';
import type { SensorGap, SensorListener, SensorName } from './ports/sensor.js';
import type { Recorder } from './record.js';
import type { Touch } from './touch.js';
import type { TrailEvent } from './trail.js';

export interface SensorReportsOptions {
  readonly sensor: SensorName;
  readonly record: Recorder;
  readonly clock: Clock;
  touched(touch: Touch): void;
  followed(event: TrailEvent): void;
  trailOmitted(count: number): void;
  /** Touches may have been seen in the kernel and told to nobody. */
  interrupted(): void;
}

/** Hands touches on, and puts on record when the sensor was blind. */
export class SensorReports implements SensorListener {
  readonly #options: SensorReportsOptions;

  constructor(options: SensorReportsOptions) {
    this.#options = options;
  }

  touched(touch: Touch): void {
    this.#options.touched(touch);
  }

  followed(event: TrailEvent): void {
    this.#options.followed(event);
  }

  trailOmitted(count: number): void {
    this.#options.trailOmitted(count);
  }

  lost(reason: string): void {
    const { sensor, clock, record, interrupted } = this.#options;
    interrupted();
    void record({
      action: 'sensor-lost',
      atNs: clock.nowNs(),
      message: `sensor ${sensor} is blind: ${reason}`,
      outcome: 'failure',
      reason,
      sensor: { name: sensor },
    });
  }

  gap({ fromNs, toNs, lost, reason }: SensorGap): void {
    const { sensor, clock, record, interrupted } = this.#options;
    interrupted();
    const seconds = (Number(toNs - fromNs) / 1e9).toFixed(3);
    void record({
      action: 'sensor-gap',
      atNs: clock.nowNs(),
      message: `sensor ${sensor} may have missed touches for ${seconds} s: ${reason}`,
      reason,
      sensor: { name: sensor, gapFromNs: fromNs, gapToNs: toNs, ...(lost !== undefined && { lost }) },
    });
  }
}
