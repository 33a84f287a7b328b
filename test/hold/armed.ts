import type { Installation, PhantomdRun } from '../e2e/phantomd.js';
import { until } from '../support/until.js';

/** Starts a daemon and waits until it is armed, on a busy machine too. */
export async function startArmed(installation: Installation): Promise<PhantomdRun> {
  const daemon = installation.launch();
  await until(
    'the daemon to be armed',
    () => {
      if (daemon.ended) throw new Error(`the daemon ended: ${daemon.stderr}`);
      return daemon.stderr.includes('armed: ');
    },
    110_000,
  );
  return daemon;
}
