import { execa } from 'execa';
import type { Diagnostics } from '../core/ports/diagnostics.js';

/**
 * Tells systemd about the daemon's state (sd_notify(3)), when it was started with Type=notify.
 * Node has no datagram sockets of the Unix family, so systemd's own program sends the message.
 */
export async function notifyServiceManager(
  state: 'READY=1' | 'STOPPING=1',
  status: string,
  diagnostics: Diagnostics,
): Promise<void> {
  if (process.env.NOTIFY_SOCKET === undefined) return;
  const result = await execa('systemd-notify', [state, `STATUS=${status}`], {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
  });
  if (result.failed) diagnostics.error(`systemd could not be told ${state}: systemd-notify failed`);
}
