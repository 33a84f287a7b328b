import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigInvalid } from '../config/load-config.js';
import type { Config } from '../config/schema.js';
import { exitCodes, NotRoot } from '../daemon/failure.js';
import { removeFromHost } from '../daemon/remove-from-host.js';
import { Play } from '../demo/play.js';
import { Stage } from '../demo/stage.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd demo`: plays an intrusion for real; exit code 9 when one of its acts did not happen. */
export async function demo(options: RunOptions): Promise<void> {
  const config = await effectiveConfig(options);
  if (process.geteuid?.() !== 0) throw new NotRoot('phantomd demo must run as root');
  const stage = new Stage();
  const wanting = (['passwords', 'salary'] as const).filter((kind) => !config.traps.kinds.includes(kind));
  if (wanting.length > 0)
    throw new ConfigInvalid(`traps.kinds: the demonstration needs ${wanting.join(' and ')} as well`);
  const { state_dir } = config.paths;
  if (await exists(join(state_dir, 'registry.json'))) {
    stage.failed(
      `phantomd is installed here already (${state_dir}); the demonstration would remove its traps`,
    );
    stage.say('give it a configuration of its own with --config, or run phantomd unplant first');
    process.exitCode = exitCodes.demoFailed;
    return;
  }
  const stateWasThere = await exists(state_dir);
  const play = new Play({ config, daemonArgs: daemonArgs(options), stage });
  try {
    const { sensor, sandbox, reduced } = await interruptible(play.perform());
    stage.headline(
      `All five acts happened. Sensor: ${sensor}. Sandbox: ${sandbox}.${reduced ? ' Reduced scenario: see the lines marked !' : ''}`,
    );
  } catch (error) {
    stage.failed((error as Error).message);
    process.exitCode = exitCodes.demoFailed;
  } finally {
    await play.end();
    await cleanUp(config, stage, stateWasThere);
  }
}

function daemonArgs({ config, sensor, logLevel }: RunOptions): string[] {
  const given = Object.entries({ '--config': config, '--sensor': sensor, '--log-level': logLevel });
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

async function cleanUp(config: Config, stage: Stage, stateWasThere: boolean): Promise<void> {
  const { state_dir, traps_dir, logs_dir } = config.paths;
  await removeFromHost(config);
  if (!stateWasThere) await rm(state_dir, { recursive: true, force: true });
  if (await exists(traps_dir)) stage.reduced(`${traps_dir} is still there: something else lies in it`);
  stage.say(`Cleaned up: daemon, traps, sandbox. The audit log stays: ${join(logs_dir, config.audit.file)}`);
}

/** Rejects when somebody presses Ctrl-C, so that the clean-up runs. */
function interruptible<Result>(work: Promise<Result>): Promise<Result> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
  return Promise.race([work, interrupted]);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
