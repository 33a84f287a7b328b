import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plausibleMac } from '../../../src/sandbox/docker/network-card.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cards-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function card(name: string, address: string, physical = true) {
  await mkdir(join(folder, name, ...(physical ? ['device'] : [])), { recursive: true });
  await writeFile(join(folder, name, 'address'), `${address}\n`);
}

it("has the prefix of the host's own card, and never Docker's", async () => {
  await card('docker0', '02:42:11:22:33:44', false);
  await card('br0', 'aa:bb:cc:11:22:33', false);
  await card('eth0', '00:16:3e:01:02:03');
  expect(await plausibleMac(folder)).toMatch(/^00:16:3e(:[0-9a-f]{2}){3}$/u);
});

it('is that of a virtual machine where the host has no card, or has it from Docker', async () => {
  await card('eth0', '02:42:ac:11:00:02');
  expect(await plausibleMac(folder)).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/u);
  expect(await plausibleMac(join(folder, 'nothing'))).toMatch(/^52:54:00/u);
});
