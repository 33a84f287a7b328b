import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { type AuditRecord, Installation } from './phantomd.js';

/** Whoever is inspected goes on within this, in ms: the whole run of a reader is shorter. */
const goal = 2000;
const readers = 5;

/** How long each of some readers takes from its start to its end, in ms. */
async function runTimes(path: string): Promise<number[]> {
  const times: number[] = [];
  for (let reader = 0; reader < readers; reader += 1) {
    const from = performance.now();
    expect(await asIntruder('/bin/cat', [path])).not.toBe('');
    times.push(performance.now() - from);
  }
  return times;
}

async function heldReaders(installation: Installation): Promise<AuditRecord[]> {
  const held = (record: AuditRecord) => record.event.action === 'actor-held' && record.process.name === 'cat';
  return until('every reader to be on record', async () => {
    const found = (await installation.records()).filter(held);
    return found.length === readers ? found : undefined;
  });
}

describeWith(['root', 'bpf', 'bpftrace'], 'an inspected reader goes on within 2 s', () => {
  let installation: Installation;

  describe('while Docker takes calls and never answers', () => {
    let silent: Server;
    let calls = 0;
    beforeEach(async () => {
      installation = await Installation.make();
      const socket = join(installation.folder, 'silent.sock');
      silent = createServer((connection) => {
        calls += 1;
        connection.on('error', () => {});
        connection.resume();
      });
      await new Promise<void>((resolve) => silent.listen(socket, resolve));
      // The usual patience: half a minute for each call.
      await installation.configure({ sandbox: { socket } });
    });
    afterEach(async () => {
      silent.close();
      // Whoever removes it asks Docker too.
      await installation.configure({ response: { sandbox: false } });
      await installation.remove();
    });

    it('and its incident is on record all the same', async () => {
      const daemon = await installation.start(['--sensor=ebpf']);
      const times = await runTimes(installation.trap('passwords.txt'));
      expect(Math.max(...times)).toBeLessThan(goal);
      await heldReaders(installation);
      await installation.action('incident-opened');
      expect(calls).toBeGreaterThan(0);
      daemon.kill('SIGKILL');
      await daemon.end();
    });
  });

  describe('while neither log nor evidence finds room', () => {
    const full = ['logs', 'state'];
    beforeEach(async () => {
      installation = await Installation.make({ response: { sandbox: false } });
      for (const name of full) {
        await mkdir(join(installation.folder, name));
        const size = name === 'logs' ? 'size=512k' : 'size=4m';
        await execa('mount', [
          '-t',
          'tmpfs',
          '-o',
          `${size},mode=700`,
          'tmpfs',
          join(installation.folder, name),
        ]);
      }
    });
    afterEach(async () => {
      await installation.stop();
      for (const name of full) await execa('umount', ['-l', join(installation.folder, name)]);
      await installation.remove();
    });

    it('and is on record when there is room again', async () => {
      const daemon = await installation.start(['--sensor=ebpf']);
      const fillers = full.map((name) => join(installation.folder, name, 'filler'));
      for (const filler of fillers) await writeFile(filler, Buffer.alloc(4 * 1024 * 1024)).catch(() => {});
      const times = await runTimes(installation.trap('passwords.txt'));
      expect(Math.max(...times)).toBeLessThan(goal);
      await until('the operator to be told', () => daemon.stderr.includes('ENOSPC'));
      for (const filler of fillers) await rm(filler);
      await heldReaders(installation);
      expect(await daemon.stop()).toBe(0);
      expect((await installation.command('verify')).stdout).toContain('intact');
    });
  });
});
