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
  const reader = new ProcReader();
  const inspector = new ProcProcessInspector({ reader, users: new UserDatabase() });
  const ignore = () => undefined;
  return new FanotifySensor({
    inspect: async (pid, threadId) => {
      const stat = await reader.stat(pid);
      const facts = stat && { startedAtNs: stat.startedAtNs, name: stat.name };
      return inspector.complete({ certainty: 'kernel', process: { pid, ...facts }, threadId, ancestors: [] });
    },
    deny: false,
    clock,
    diagnostics: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    stateDir,
    restartMinMs: 20,
    restartMaxMs: 200,
    ...more,
  });
}
