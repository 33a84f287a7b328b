import type { Config } from '../config/schema.js';
import type { AuditEvent } from '../core/audit-event.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { endLeftoverScripts } from '../sensor/ebpf/end-leftover.js';
import { ContainmentParts } from './containment-parts.js';
import { NotRoot } from './failure.js';
import { AlreadyRunning, InstanceLock } from './instance-lock.js';
import { plantedTraps } from './planted-traps.js';
import { sweepDuring } from './sweep-during.js';
import { SystemClock } from './system-clock.js';

/** So long it looks at the least, in ms: a stop may be on its way. */
const lookForMs = 2000;

/**
 * Sees to whoever stands still because a daemon was killed: releases them, or has them frozen in order where
 * the configuration freezes. Looks for two seconds and until the script of the killed daemon is detached, and
 * no longer than until another daemon runs. Returns what was done, one line each. Keeps no daemon from starting.
 * @throws NotRoot, AlreadyRunning
 */
export async function freeStranded(config: Config): Promise<string[]> {
  if (process.geteuid?.() !== 0) throw new NotRoot('phantomd release must run as root');
  const { state_dir: stateDir } = config.paths;
  if (InstanceLock.isHeld(stateDir)) throw new AlreadyRunning('phantomd runs and sees to them itself');
  const lines: string[] = [];
  const diagnostics = told(lines);
  const parts = new ContainmentParts(config, {
    // The chain of the audit log is the daemon's alone; it is told when somebody reads the service's log.
    record: async (...events: readonly AuditEvent[]) => {
      lines.push(...events.map(({ message }) => message));
    },
    clock: new SystemClock(),
    diagnostics,
    traps: await plantedTraps(stateDir, diagnostics),
  });
  await parts.frozen.load();
  await sweepDuring(parts.sweep, endLeftoverScripts(stateDir), {
    forMs: lookForMs,
    isOver: () => InstanceLock.isHeld(stateDir),
  });
  await parts.frozen.stop();
  await parts.flush();
  return lines;
}

function told(lines: string[]): Diagnostics {
  const tell = (message: string) => void lines.push(message);
  return { debug: () => {}, info: tell, warn: tell, error: tell };
}
