import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const patienceMs = 2000;

/**
 * Ends every bpftrace that runs this installation's script. One whose daemon was killed lives on until its next
 * write, and would stop whoever comes near a trap, the next daemon among them, with nobody to let them go.
 * Only for whoever knows that no daemon runs. Waits until they are gone, at most 2 s.
 */
export async function endLeftoverScripts(stateDir: string): Promise<void> {
  const script = join(stateDir, 'run', 'sensor.bt');
  const until = performance.now() + patienceMs;
  for (let left = leftOver(script); left.length > 0 && performance.now() < until; left = leftOver(script)) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended by itself.
      }
    }
    await wait(10);
  }
}

function leftOver(script: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => runs(pid, script));
}

/** A zombie has no arguments: it is gone, and so are its probes. */
function runs(pid: number, script: string): boolean {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return /(?:^|\/)bpftrace$/.test(args[0] ?? '') && args.includes(script);
  } catch {
    return false;
  }
}
