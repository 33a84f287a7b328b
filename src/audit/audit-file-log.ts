import { join } from 'node:path';
import type { AuditAction } from '../core/audit-catalogue.js';
import type { AuditEvent } from '../core/audit-event.js';
import { type AuditLog, AuditUnwritable } from '../core/ports/audit-log.js';
import type { Clock } from '../core/ports/clock.js';
import { type ChainHead, chainStart, link } from './chain.js';
import type { EcsRecorder } from './ecs-record.js';
import { HeadFile, type RememberedChain } from './head-file.js';
import { LogFile } from './log-file.js';
import { takeUpChain } from './take-up-chain.js';

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
  /** Number of the first record in the file. */
  #first = 1;
  #queue: AuditEvent[] = [];
  #turn: Promise<void> = Promise.resolve();
  #nextWrite: Promise<void> | undefined;
  #givenUp = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelHead: (() => void) | undefined;

  constructor(options: AuditFileLogOptions) {
    this.#options = options;
    this.#file = new LogFile(options.path);
    this.#headFile = headFileIn(options.stateDir);
  }

  /** How far the chain came, as the daemon that last used this folder remembered it. */
  static rememberedChain(stateDir: string): Promise<RememberedChain | undefined> {
    return headFileIn(stateDir).read();
  }

  /**
   * Opens the log, takes up its chain and records what is wrong with its ends.
   * @throws AuditUnwritable
   */
  async open(): Promise<void> {
    const findings = await this.#inTurn(async () => {
      const found = await this.#file.open();
      const remembered = await this.#headFile.read();
      const { head, first, complaints } = takeUpChain(found, remembered);
      this.#head = head;
      this.#first = first;
      const cut = found.fragmentBytes;
      const repaired =
        cut > 0 ? [this.#event('audit-log-repaired', `cut off an unfinished record of ${cut} bytes`)] : [];
      return [...repaired, ...complaints.map((complaint) => this.#event('audit-chain-broken', complaint))];
    });
    if (findings.length > 0) await this.append(...findings);
  }

  async append(...events: readonly AuditEvent[]): Promise<void> {
    const room = (this.#options.keepAtMost ?? 10_000) - this.#queue.length;
    this.#givenUp += Math.max(0, events.length - room);
    this.#queue.push(...events.slice(0, Math.max(0, room)));
    // All that is queued when its turn comes goes out in one write with one sync.
    this.#nextWrite ??= this.#inTurn(() => {
      this.#nextWrite = undefined;
      return this.#writeQueue();
    });
    await this.#nextWrite;
  }

  /** Opens the file anew by its name, after it was rotated. @throws AuditUnwritable */
  async reopen(): Promise<void> {
    await this.#inTurn(() => this.#file.open());
    // A log that was rotated in order is never empty: one that is was emptied.
    await this.append(this.#event('audit-log-reopened', 'the audit log was opened anew'));
    await this.#inTurn(() => this.#rememberChain());
  }

  /** Writes what waits and closes; gives up what the disk still refuses. Never rejects. */
  async close(): Promise<void> {
    if (this.#queue.length > 0) await this.append().catch(() => {});
    this.#cancelRetry?.();
    this.#cancelHead?.();
    await this.#inTurn(() => this.#rememberChain()).catch(() => {});
    await this.#inTurn(() => this.#file.close()).catch(() => {});
  }

  /** One thing at a time happens to the file: a rotation in the middle of a write would tear it. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  async #writeQueue(): Promise<void> {
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    const events = this.#givenUp > 0 ? [...batch, this.#lossEvent()] : batch;
    try {
      let head = this.#head;
      let text = '';
      for (const event of events) {
        const linked = link(this.#options.ecs.toRecord(event), head);
        head = linked.head;
        text += `${linked.line}\n`;
      }
      const { fresh } = await this.#file.append(text);
      if (fresh) this.#first = this.#head.seq + 1;
      this.#head = head;
    } catch (error) {
      this.#queue = [...batch, ...this.#queue];
      this.#cancelRetry ??= this.#options.clock.after(this.#options.retryMs ?? 1000, () => {
        this.#cancelRetry = undefined;
        void this.append().catch(() => {});
      });
      throw error;
    }
    if (events !== batch) this.#givenUp = 0;
    this.#cancelHead ??= this.#options.clock.after(headDelayMs, () => {
      this.#cancelHead = undefined;
      // A stale head is no harm: it only finds fewer missing records.
      void this.#inTurn(() => this.#rememberChain()).catch(() => {});
    });
  }

  #rememberChain(): Promise<void> {
    return this.#headFile.write({ ...this.#head, first: this.#first });
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
