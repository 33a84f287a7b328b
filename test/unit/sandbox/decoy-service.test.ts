import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseDecoy } from '../../../src/sandbox/docker/decoy-service.js';

let usr: string;

beforeEach(async () => {
  usr = await mkdtemp(join(tmpdir(), 'decoy-usr-'));
});
afterEach(() => rm(usr, { recursive: true, force: true }));

async function busybox(folder: string, applets: string) {
  await mkdir(join(usr, folder));
  await writeFile(join(usr, folder, 'busybox'), `#!/bin/sh\nprintf '${applets}'\n`);
  await chmod(join(usr, folder, 'busybox'), 0o755);
}

it('serves pages where busybox can', async () => {
  await busybox('sbin', 'cat\\nhttpd\\nls\\n');
  const decoy = await chooseDecoy(usr);
  expect(decoy).toMatchObject({ name: 'busybox-httpd', port: 8080 });
  expect(decoy.command.slice(0, 3)).toEqual(['/usr/sbin/busybox', 'httpd', '-f']);
});

it('stays alive and idle where busybox has no HTTP server', async () => {
  await busybox('bin', 'cat\\nls\\n');
  expect(await chooseDecoy(usr)).toEqual({ name: 'idle', command: ['/usr/bin/sleep', 'infinity'] });
});

it('stays alive and idle where there is no busybox', async () => {
  expect((await chooseDecoy(usr)).name).toBe('idle');
});
