import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/load-config.js';
import type { Config } from '../../../src/config/schema.js';
import { InstanceLock } from '../../../src/daemon/instance-lock.js';
import { removeFromHost } from '../../../src/daemon/remove-from-host.js';
import { describeWith } from '../../support/requirements.js';

let folder: string;
let config: Config;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'removal-'));
  const paths = ['traps_dir', 'logs_dir', 'state_dir'].map((name) => `${name}: ${join(folder, name)}`);
  config = parseConfig(
    `paths: { ${paths.join(', ')} }\nsandbox: { socket: ${join(folder, 'none.sock')} }\n`,
    'config',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describeWith(['root'], 'unplanting', () => {
  test('is no daemon to other commands, which would send it a signal', async () => {
    const lock = join(config.paths.state_dir, 'phantomd.lock');
    const removing = removeFromHost(config);
    while (!existsSync(lock)) await setImmediate();
    expect(InstanceLock.isHeld(config.paths.state_dir)).toBe(false);
    await removing;
  });

  test('waits for a command that is under way', async () => {
    await removeFromHost(config);
    const lock = await InstanceLock.take(config.paths.state_dir, { isCommand: true });
    const removing = removeFromHost(config);
    await lock.release();
    expect(await removing).toHaveLength(1);
  });
});
