import { execa } from 'execa';
import { programExists } from '../requirements.js';
import type { Workspace } from '../workspace.js';

/** What `auditctl -s` says of the kernel's audit. */
export interface AuditStatus {
  /** 0 off, 1 on, 2 on and locked until the next boot. */
  readonly enabled: number;
  /** Of the daemon; 0 without one. */
  readonly pid: number;
  readonly backlogLimit: number;
}

/** @throws Error when it is not what auditctl(8) describes */
export function parseAuditStatus(text: string): AuditStatus {
  const field = (name: string) => {
    const value = new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`auditctl -s did not say ${name}`);
    return Number(value);
  };
  return { enabled: field('enabled'), pid: field('pid'), backlogLimit: field('backlog_limit') };
}

/**
 * The kernel's audit rules. Once audit has been on, every process made later pays for it until the
 * next boot, also with audit off and no rules (`audit_ever_enabled` in kernel/audit.c), unless a rule
 * says `never,task` when it is made. So that bare is bare, that rule is there whenever auditd is not.
 */
export class KernelAudit {
  /** As it was before. */
  readonly former: AuditStatus;
  #restored = false;
  /** One change at a time: an interruption may undo while a change is being made. */
  #last: Promise<void> = Promise.resolve();

  private constructor(former: AuditStatus) {
    this.former = former;
  }

  /** Gives why audit cannot be used here where it cannot; then nothing is changed. */
  static async open(workspace: Workspace): Promise<KernelAudit | string> {
    if (!programExists('auditctl')) return 'no auditctl on this host';
    const status = await auditctl('-s');
    if (status.failed) return `auditctl does not work here: ${status.output}`;
    const rules = await auditctl('-l');
    if (rules.output !== 'No rules') return 'this host has audit rules of its own';
    const former = parseAuditStatus(status.output);
    if (former.enabled === 2) return 'audit is locked on this host';
    const audit = new KernelAudit(former);
    workspace.defer(() => audit.#restore());
    await audit.exempt();
    return audit;
  }

  /** Processes made from now on are not audited. */
  exempt(): Promise<void> {
    return this.#change(() => mustWork('-a', 'never,task'));
  }

  /** Audit on, with one watch; processes made from now on are audited. */
  watch(file: string, key: string): Promise<void> {
    return this.#change(async () => {
      await mustWork('-d', 'never,task');
      await mustWork('-b', '8192');
      await mustWork('-w', file, '-p', 'rwa', '-k', key);
      await mustWork('-e', '1');
    });
  }

  /** Audit as it was, without the watch, which need not be there. */
  unwatch(file: string, key: string): Promise<void> {
    return this.#change(async () => {
      await auditctl('-W', file, '-p', 'rwa', '-k', key);
      await auditctl('-e', String(this.former.enabled));
      await auditctl('-b', String(this.former.backlogLimit));
    });
  }

  async status(): Promise<AuditStatus> {
    return parseAuditStatus((await auditctl('-s')).output);
  }

  #change(change: () => Promise<void>): Promise<void> {
    const result = this.#last.then(() => {
      if (this.#restored) throw new Error('interrupted');
      return change();
    });
    this.#last = result.catch(() => {});
    return result;
  }

  async #restore(): Promise<void> {
    await this.#change(async () => {
      this.#restored = true;
      await auditctl('-d', 'never,task');
      const { output } = await auditctl('-l');
      if (output !== 'No rules') throw new Error(`audit rules are left: ${output}`);
    });
  }
}

async function mustWork(...args: string[]): Promise<void> {
  const { failed, output } = await auditctl(...args);
  if (failed) throw new Error(`auditctl ${args.join(' ')}: ${output}`);
}

async function auditctl(...args: string[]): Promise<{ failed: boolean; output: string }> {
  const { failed, all } = await execa('auditctl', args, {
    reject: false,
    all: true,
    timeout: 10_000,
    // Ctrl-C must not cut a change short.
    detached: true,
  });
  return { failed, output: String(all).trim() };
}
