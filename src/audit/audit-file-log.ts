import { join } from 'node:path';
import type { AuditAction } from '../core/audit-catalogue.js';
import type { AuditEvent } from '../core/audit-event.js';
import { type AuditLog, AuditUnwritable } from '../core/ports/audit-log.js';
import type { Clock } from '../core/ports/clock.js';
import { type ChainHead, chainStart, link, readLink } from './chain.js';
import type { EcsRecorder } from './ecs-record.js';
import { HeadFile } from './head-file.js';
import { LogFile } from './log-file.js';
import type { LogTail } from './log-tail.js';

export interface AuditFileLogOptions {
  /** Absolute path of the log. */
  readonly path: string;
  readonly stateDir: string;
  readonly ecs: EcsRecorder;
  readonly clock: Clock;
  /** Events kept while the disk refuses; 10,000 when absent. */
  readonly keepAtMost?: number;
  readonly retryMs?: number;
}

const headDelayMs = 1000;

/** The audit log as a chained JSONL file. Events that come while it writes go out together. */
export class AuditFileLog implements AuditLog {
  readonly #options: AuditFileLogOptions;
  readonly #file: LogFile;
  readonly #headFile: HeadFile;
  #head: ChainHead = chainStart;
  #queue: AuditEvent[] = [];
  #writing: Promise<void> | undefined;
  #givenUp = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelHead: (() => void) | undefined;

  constructor(options: AuditFileLogOptions) {
    this.#options = options;
    this.#file = new LogFile(options.path);
    this.#headFile = headFileIn(options.stateDir);
  }

  /** How far the chain came, as the daemon that last used this folder remembered it. */
  static rememberedHead(stateDir: string): Promise<ChainHead | undefined> {
    return headFileIn(stateDir).read();
  }

  /**
   * Opens the log, takes up its chain and records what is wrong with its end.
   * @throws AuditUnwritable
   */
  async open(): Promise<void> {
    try {
      const tail = await this.#file.open();
      const remembered = await this.#headFile.read();
      const findings = this.#takeUp(tail, remembered);
      if (findings.length > 0) await this.append(...findings);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  async append(...events: readonly AuditEvent[]): Promise<void> {
    const room = (this.#options.keepAtMost ?? 10_000) - this.#queue.length;
    this.#givenUp += Math.max(0, events.length - room);
    this.#queue.push(...events.slice(0, Math.max(0, room)));
    await this.#writing?.catch(() => {});
    // Whoever comes first after a write takes all that waits; the others wait for that write.
    this.#writing ??= this.#writeQueue().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Opens the file anew by its name, after it was rotated. @throws AuditUnwritable */
  async reopen(): Promise<void> {
    await this.#writing?.catch(() => {});
    try {
      await this.#headFile.write(this.#head);
      await this.#file.open();
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  /** Writes what waits and closes; gives up what the disk still refuses. */
  async close(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelHead?.();
    await this.#writing?.catch(() => {});
    if (this.#queue.length > 0) await this.#writeQueue().catch(() => {});
    this.#cancelRetry?.();
    this.#cancelHead?.();
    await this.#headFile.write(this.#head).catch(() => {});
    await this.#file.close();
  }

  async #writeQueue(): Promise<void> {
    const batch = this.#queue;
    if (batch.length === 0) return;
    const events = this.#givenUp > 0 ? [...batch, this.#lossEvent()] : batch;
    let head = this.#head;
    let text = '';
    for (const event of events) {
      const linked = link(this.#options.ecs.toRecord(event), head);
      head = linked.head;
      text += `${linked.line}\n`;
    }
    this.#queue = [];
    try {
      await this.#file.append(text);
    } catch (error) {
      this.#queue = [...batch, ...this.#queue];
      this.#cancelRetry ??= this.#options.clock.after(this.#options.retryMs ?? 1000, () => {
        this.#cancelRetry = undefined;
        void this.append().catch(() => {});
      });
      throw this.#unwritable(error);
    }
    this.#head = head;
    if (events !== batch) this.#givenUp = 0;
    this.#rememberHead();
  }

  #takeUp(tail: LogTail, remembered: ChainHead | undefined): AuditEvent[] {
    const findings: AuditEvent[] = [];
    const cut = tail.fragmentBytes;
    if (cut > 0)
      findings.push(this.#event('audit-log-repaired', `cut off an unfinished record of ${cut} bytes`));
    this.#head = remembered ?? chainStart;
    if (tail.lastLine === undefined) return findings;
    const last = readLink(tail.lastLine);
    if (!last.valid) {
      findings.push(this.#event('audit-chain-broken', `the last record was altered: ${last.reason}`));
    } else if (remembered !== undefined && last.head.seq < remembered.seq) {
      const missing = remembered.seq - last.head.seq;
      findings.push(this.#event('audit-chain-broken', `the last ${missing} records are missing`));
    } else {
      this.#head = last.head;
    }
    return findings;
  }

  #rememberHead(): void {
    this.#cancelHead ??= this.#options.clock.after(headDelayMs, () => {
      this.#cancelHead = undefined;
      // A stale head is no harm: it only finds fewer missing records.
      void this.#headFile.write(this.#head).catch(() => {});
    });
  }

  #lossEvent(): AuditEvent {
    return this.#event('audit-records-lost', `${this.#givenUp} records were given up`);
  }

  #event(action: AuditAction, message: string): AuditEvent {
    return { action, atNs: this.#options.clock.nowNs(), message, path: this.#options.path };
  }

  #unwritable(error: unknown): AuditUnwritable {
    if (error instanceof AuditUnwritable) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    return new AuditUnwritable(`audit log ${this.#options.path} cannot be written: ${code ?? message}`, {
      cause: error,
    });
  }
}

function headFileIn(stateDir: string): HeadFile {
  return new HeadFile(join(stateDir, 'audit-head.json'));
}
