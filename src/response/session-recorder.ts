import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { castHeaderLine } from '../core/asciicast.js';
import type { SessionFacts, SessionRecorder, SessionRecording } from '../core/ports/session-recorder.js';
import type { GrowingEvidence } from './session-evidence.js';
import { SessionLines } from './session-lines.js';
import { SessionText } from './session-text.js';

export interface RecordingFolder {
  folder(incidentId: string): string;
  grow(incidentId: string, name: string): Promise<GrowingEvidence | undefined>;
}

export interface CastRecorderOptions {
  /** Most bytes of one recording; 8 MiB when absent. */
  readonly recordingBytes?: number;
  /** Most bytes of one recording that wait for the disk; 1 MiB when absent. */
  readonly waitingBytes?: number;
  /** Longest that something waits before it is written, and before it is on disk, in ms. */
  readonly writeEveryMs?: number;
  readonly syncEveryMs?: number;
  /** A recording could not be written. Must not throw. */
  readonly failed?: (incidentId: string, name: string, error: Error) => void;
  /** ms of a clock that never goes back. */
  readonly nowMs?: () => number;
}

const defaults = {
  recordingBytes: 8 * 1024 * 1024,
  waitingBytes: 1024 * 1024,
  writeEveryMs: 250,
  syncEveryMs: 3000,
  failed: () => undefined,
  nowMs: () => performance.now(),
};

/** Records sessions as `session-<visit>-<n>.cast` in the evidence of their incident. */
export class CastRecorder implements SessionRecorder {
  readonly #evidence: RecordingFolder;
  readonly #options: Required<CastRecorderOptions>;
  readonly #taken = new Set<string>();

  constructor(evidence: RecordingFolder, options: CastRecorderOptions = {}) {
    this.#evidence = evidence;
    this.#options = { ...defaults, ...options };
  }

  start(facts: SessionFacts): SessionRecording {
    const name = this.#freeName(facts);
    const key = `${facts.incidentId}/${name}`;
    this.#taken.add(key);
    const file = this.#evidence.grow(facts.incidentId, name);
    return new CastRecording(facts, name, file, this.#options, () => this.#taken.delete(key));
  }

  /** Numbers of visits begin anew with each run of the daemon, and an incident may be older. */
  #freeName({ incidentId, visitId }: SessionFacts): string {
    for (let number = 1; ; number += 1) {
      const name = `session-${visitId}-${number}.cast`;
      if (this.#taken.has(`${incidentId}/${name}`)) continue;
      if (!existsSync(join(this.#evidence.folder(incidentId), name))) return name;
    }
  }
}

class CastRecording implements SessionRecording {
  readonly #input = new SessionText();
  readonly #output = new SessionText();
  readonly #lines: SessionLines;
  readonly #file: Promise<GrowingEvidence | undefined>;
  readonly #options: Required<CastRecorderOptions>;
  readonly #ended: () => void;
  readonly #incidentId: string;
  #timer: NodeJS.Timeout | undefined;
  #syncedMs: number;
  #writing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #hasFailed = false;

  constructor(
    facts: SessionFacts,
    readonly name: string,
    file: Promise<GrowingEvidence | undefined>,
    options: Required<CastRecorderOptions>,
    ended: () => void,
  ) {
    this.#incidentId = facts.incidentId;
    this.#options = options;
    this.#ended = ended;
    this.#syncedMs = options.nowMs();
    this.#lines = new SessionLines(options, options.nowMs);
    this.#file = file.catch((error: Error) => this.#fail(error));
    const { columns, rows, terminalType, command, title, atNs } = facts;
    this.#lines.header(
      castHeaderLine({
        columns,
        rows,
        timestamp: Number(atNs / 1_000_000_000n),
        title,
        ...(terminalType !== undefined && { terminalType }),
        ...(command !== undefined && { command }),
      }),
    );
    this.#soon();
  }

  input(bytes: Uint8Array): void {
    this.#add('i', this.#input.add(bytes), bytes.length);
  }

  output(bytes: Uint8Array): void {
    this.#add('o', this.#output.add(bytes), bytes.length);
  }

  resize(columns: number, rows: number): void {
    this.#add('r', `${columns}x${rows}`, 0);
  }

  close(exitCode: number | undefined): Promise<void> {
    this.#closing ??= this.#close(exitCode);
    return this.#closing;
  }

  async #close(exitCode: number | undefined): Promise<void> {
    this.#add('i', this.#input.end(), 0);
    this.#add('o', this.#output.end(), 0);
    clearTimeout(this.#timer);
    try {
      await this.#write();
      const file = await this.#file;
      await file?.end(this.#lines.end(exitCode));
    } catch (error) {
      this.#fail(error as Error);
    } finally {
      this.#ended();
    }
  }

  #add(code: 'i' | 'o' | 'r', data: string, bytes: number): void {
    if (data === '' || this.#closing !== undefined) return;
    this.#lines.add(code, data, bytes);
    this.#soon();
  }

  /** In batches: a disk that is synced with each key stroke does nothing else. */
  #soon(): void {
    if (this.#timer !== undefined || this.#lines.waiting === 0) return;
    this.#timer = setTimeout(() => {
      this.#write().then(() => {
        this.#timer = undefined;
        if (this.#closing === undefined) this.#soon();
      });
    }, this.#options.writeEveryMs);
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow()).catch((error: Error) => this.#fail(error));
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const file = await this.#file;
    const bytes = this.#lines.take();
    if (bytes.length === 0) return;
    if (file === undefined || !(await file.append(bytes))) {
      this.#lines.lost(bytes.length);
      this.#lines.full('the evidence of the incident has reached its bound');
    }
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#syncedMs < this.#options.syncEveryMs) return;
    this.#syncedMs = nowMs;
    await file?.sync();
  }

  #fail(error: Error): undefined {
    this.#lines.full('the disk refused');
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.failed(this.#incidentId, this.name, error);
  }
}
