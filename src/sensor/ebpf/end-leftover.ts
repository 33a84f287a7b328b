import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The kernel takes some 4 s to detach the probes of a bpftrace that was killed (seen on 6.18); in ms. */
const patienceMs = 30_000;
const everyMs = 20;

/**
 * Ends every bpftrace that runs this installation's script, and waits until the kernel has detached it: one
 * whose daemon was killed would stop whoever comes near a trap, the next daemon among them, with nobody to
 * let them go. Only for whoever knows that no daemon runs. Returns the pids that are still there after 30 s.
 */
export async function endLeftoverScripts(stateDir: string): Promise<number[]> {
  const script = join(stateDir, 'run', 'sensor.bt');
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = processIds().filter((pid) => isAttached(pid, script));
    if (left.length === 0 || performance.now() > until) return left;
    for (const pid of left) end(pid);
    await wait(everyMs);
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * A process that ends has no arguments any more while its probes are still attached, so that any bpftrace in
 * that state counts: a wait for a stranger's harms nobody.
 */
function isAttached(pid: number, script: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // Name and arguments are anybody's choice, but only root runs a script.
    if (!/^Name:\tbpftrace$/m.test(status) || !/^Uid:\t0\t0\t/m.test(status)) return false;
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return args[0] === '' ? hasLivingThread(pid) : args.includes(script);
  } catch {
    return false;
  }
}

/** The descriptors of a process are closed by its last thread, which need not be the one that names it. */
function hasLivingThread(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).some((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return !'ZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended by itself.
  }
}
