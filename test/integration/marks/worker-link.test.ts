import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readlinkSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closeOnExec, nonBlocking } from '../../../src/sensor/marks/fanotify-abi.js';
import { loadLibc } from '../../../src/sensor/marks/libc.js';
import type { WorkerSettings } from '../../../src/sensor/marks/messages.js';
import { WorkerLink } from '../../../src/sensor/marks/worker-link.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

/** `struct fanotify_event_metadata` of nothing, for nobody. */
function emptyEvent(): Buffer {
  const event = Buffer.alloc(24);
  event.writeUInt32LE(24, 0);
  event.writeUInt8(3, 4);
  event.writeUInt16LE(24, 6);
  event.writeInt32LE(-1, 16);
  return event;
}

describeWith(['root'], 'a thread for fanotify that hangs in the kernel', () => {
  it('keeps nobody waiting who wants it closed, and lets go whom its group holds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'worker-link-'));
    execFileSync('mkfifo', [join(folder, 'group')]);
    // Its reads wait for ever, as those of a file system do that does not answer.
    const group = openSync(join(folder, 'group'), constants.O_RDWR);
    const waker = openSync(join(folder, 'group'), constants.O_RDWR | constants.O_NONBLOCK);
    const libc = await loadLibc();
    const settings: WorkerSettings = {
      mode: 'permission',
      group,
      wake: libc.eventfd(0, closeOnExec | nonBlocking),
      daemonId: process.pid,
      probe: undefined,
      settleMs: 0,
      look: false,
      holdMs: 20,
      late: 'allow',
      quietMs: 1000,
      flushMs: 200,
      contain: undefined,
    };
    const link = await WorkerLink.start(libc, settings, { onEvents: () => {}, onLost: () => {} });
    const isGroup = () => readlinkSync(`/proc/self/fd/${group}`) === join(folder, 'group');
    try {
      writeSync(waker, emptyEvent());
      await link.close();
      // The number is nobody else's yet: the thread may still write an answer to it.
      expect(readlinkSync(`/proc/self/fd/${group}`)).toBe('/dev/null');
      expect(link.over).toBe(true);
    } finally {
      writeSync(waker, emptyEvent());
      await until('its number to be free when it has ended', () => {
        try {
          return !isGroup() && readlinkSync(`/proc/self/fd/${group}`) !== '/dev/null';
        } catch {
          return true;
        }
      });
      closeSync(waker);
      rmSync(folder, { recursive: true });
    }
  }, 15_000);
});
