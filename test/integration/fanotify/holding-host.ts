import { ignoringListener } from '../../support/ignoring-listener.js';
import { realSensor } from './real-sensor.js';

/** A daemon that holds whoever opens the trap given to it, for as long as it lives. */
const [, , stateDir, path] = process.argv as [string, string, string, string];
const trap = { id: 'trap-1', kind: 'passwords', path, sha256: '', size: 7 };
const never = new Promise<never>(() => undefined);
const inspect = () => {
  process.stdout.write('held\n');
  return never;
};
const ignore = () => undefined;
await realSensor(stateDir, { inspect, holdMs: 3_600_000 }).arm([trap], ignoringListener);
process.stdout.write('armed\n');
setInterval(ignore, 1000);
