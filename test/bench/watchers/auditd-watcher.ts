import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import { Missing } from '../item.js';
import { programExists } from '../requirements.js';
import type { Workspace } from '../workspace.js';
import { startChild, type WatcherChild } from './child.js';
import type { KernelAudit } from './kernel-audit.js';
import { untilSeen } from './seen.js';
import type { Watcher } from './watcher.js';

/** auditd in the foreground with Debian's settings and one watch; where one runs already, that one. */
export function auditdWatcher(title: string, file: string, audit: KernelAudit | string): Watcher {
  return {
    title,
    async start(workspace) {
      if (typeof audit === 'string') throw new Missing(audit);
      const key = `phantom-bench-${randomBytes(4).toString('hex')}`;
      let auditd: WatcherChild | undefined;
      let stopping: Promise<void> | undefined;
      const stopOnce = async () => {
        await audit.unwatch(file, key);
        await auditd?.stop();
      };
      const stop = () => {
        stopping ??= stopOnce();
        return stopping;
      };
      const stopAndExempt = () => stop().then(() => audit.exempt());
      workspace.defer(stop);
      try {
        await audit.watch(file, key);
        if (audit.former.pid === 0) auditd = await startAuditd(workspace, audit, file, key);
      } catch (error) {
        await stopAndExempt();
        throw error;
      }
      return { stop: stopAndExempt };
    },
  };
}

async function startAuditd(
  workspace: Workspace,
  audit: KernelAudit,
  file: string,
  key: string,
): Promise<WatcherChild> {
  if (!programExists('auditd')) throw new Missing('no auditd on this host');
  const folder = join(workspace.root, key);
  const log = join(folder, 'audit.log');
  await mkdir(join(folder, 'plugins.d'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'auditd.conf'), settings(folder, log), { mode: 0o600 });
  const command = ['auditd', '-n', '-c', folder, '-s', 'nochange'];
  const auditd = startChild(workspace, command, join(folder, 'auditd.out'));
  const isIts = async () => auditd.ended || (await audit.status()).pid === auditd.pid;
  await until('auditd to take over', isIts, 15_000);
  await untilSeen(auditd, { file, mark: `key="${key}"`, output: log });
  return auditd;
}

/** What Debian 12 ships as /etc/audit/auditd.conf, as far as it decides what a record costs. */
function settings(folder: string, log: string): string {
  const lines = {
    local_events: 'yes',
    write_logs: 'yes',
    log_file: log,
    log_format: 'ENRICHED',
    flush: 'INCREMENTAL_ASYNC',
    freq: 50,
    max_log_file: 8,
    num_logs: 5,
    max_log_file_action: 'ROTATE',
    priority_boost: 4,
    name_format: 'NONE',
    space_left: 75,
    space_left_action: 'IGNORE',
    admin_space_left: 50,
    admin_space_left_action: 'IGNORE',
    disk_full_action: 'IGNORE',
    disk_error_action: 'IGNORE',
    q_depth: 2000,
    overflow_action: 'IGNORE',
    max_restarts: 10,
    plugin_dir: join(folder, 'plugins.d'),
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
