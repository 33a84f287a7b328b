import type { SensorListener } from '../../src/core/ports/sensor.js';

/** Takes what a test has no use for. */
export const ignoringListener: SensorListener = {
  touched: () => {},
  followed: () => {},
  trailOmitted: () => {},
  lost: () => {},
  gap: () => {},
};
