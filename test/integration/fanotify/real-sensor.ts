import type { Clock } from '../../../src/core/ports/clock.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { FanotifySensor, type FanotifySensorOptions } from '../../../src/sensor/fanotify/fanotify-sensor.js';

export const clock: Clock = {
  nowNs: () => BigInt(Date.now()) * 1_000_000n,
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The sensor as the daemon joins it with /proc. */
export function realSensor(stateDir: string, more: Partial<FanotifySensorOptions> = {}): FanotifySensor {
  // A busy machine has other times than those that the daemon grants a look.
  const patience = { glanceMs: 500, searchMs: 500 };
  const inspector = new ProcProcessInspector({
    reader: new ProcReader(),
    users: new UserDatabase(),
    ...patience,
  });
  const ignore = () => undefined;
  return new FanotifySensor({
    inspect: (actor) => inspector.glance(actor),
    deny: false,
    clock,
    diagnostics: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    stateDir,
    restartMinMs: 20,
    restartMaxMs: 200,
    ...more,
  });
}
