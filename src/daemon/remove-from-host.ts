import { rm } from 'node:fs/promises';
import type { Config } from '../config/schema.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { stagingFolder } from '../decoy/host/staged-files.js';
import { composeFactory, composeRedirect, composeSandbox } from './compose.js';
import { decoyKeysFolder } from './decoy-house.js';
import { NotRoot } from './failure.js';
import { InstanceLock } from './instance-lock.js';
import { makePrivateFolder } from './make-folder.js';
import { SystemClock } from './system-clock.js';

const nothing = () => undefined;
/** A table that is not there is not removed; nobody is to be told. */
const silent: Diagnostics = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Another command holds the state folder for a moment. */
const commandMs = 15_000;

/**
 * Removes the traps that are still as planted and everything the sandbox engine holds of ours;
 * returns what was done, one line each. The audit log stays.
 * @throws NotRoot, AlreadyRunning
 */
export async function removeFromHost(config: Config): Promise<string[]> {
  if (process.geteuid?.() !== 0) throw new NotRoot('phantomd unplant must run as root');
  await makePrivateFolder('paths.state_dir', config.paths.state_dir);
  const lock = await InstanceLock.take(config.paths.state_dir, { isCommand: true, patienceMs: commandMs });
  try {
    const { removed, left } = await composeFactory(config).unplant();
    const lines = [
      ...removed.map(({ path }) => `removed ${path}`),
      ...left.map(({ path, reason }) => `left ${path}: ${reason}`),
    ];
    // A daemon that was killed leaves the files of its decoy.
    await rm(stagingFolder(decoyKeysFolder(config)), { recursive: true, force: true });
    // So does one that redirected somebody.
    await composeRedirect(config, new SystemClock(), silent).stop();
    try {
      await composeSandbox(config).removeEverything();
      lines.push('removed sandboxes, their image and network');
    } catch (error) {
      lines.push(`sandboxes were not looked for: ${(error as Error).message}`);
    }
    return lines;
  } finally {
    await lock.release();
  }
}
