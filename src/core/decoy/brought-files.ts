import type { AuditEvent } from '../audit-event.js';
import type { Incident } from '../incident.js';
import type { Clock } from '../ports/clock.js';
import type { Diagnostics } from '../ports/diagnostics.js';
import type { EvidenceStore } from '../ports/evidence-store.js';
import type { BroughtFile, Sandbox } from '../ports/sandbox.js';
import type { Recorder } from '../record.js';

export interface BroughtFilesOptions {
  readonly sandbox: Sandbox;
  readonly evidence: EvidenceStore;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Larger files are told with their hash, and not kept; bytes. */
  readonly mostBytes: number;
}

/** Files of one sandbox that are told and kept; that there are more is told once. */
const mostFiles = 2000;

/** Keeps what somebody brought into a sandbox, by hash. */
export class BroughtFiles {
  readonly #options: BroughtFilesOptions;
  readonly #known = new Map<string, Set<string>>();
  readonly #files = new Map<string, number>();
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: BroughtFilesOptions) {
    this.#options = options;
  }

  /** Looks into the sandbox of this id once; what is new is on record when it resolves. Never rejects. */
  collect(sandboxId: string, incident: Incident): Promise<void> {
    const before = this.#busy.get(sandboxId) ?? Promise.resolve();
    const mine = before
      .then(() => this.#collect(sandboxId, incident))
      .catch((error: Error) => {
        this.#options.diagnostics.debug(`files of sandbox ${sandboxId} were not read: ${error.message}`);
      });
    this.#busy.set(sandboxId, mine);
    return mine;
  }

  /** The sandbox is gone. */
  forget(sandboxId: string): void {
    this.#known.delete(sandboxId);
    this.#files.delete(sandboxId);
    this.#busy.delete(sandboxId);
  }

  async #collect(sandboxId: string, incident: Incident): Promise<void> {
    const { sandbox, mostBytes } = this.#options;
    const known = this.#known.get(sandboxId) ?? new Set<string>();
    this.#known.set(sandboxId, known);
    for await (const file of sandbox.broughtFiles(sandboxId, mostBytes, (sha256) => known.has(sha256))) {
      // The same content at another place is told too: where it lies may be the point.
      const key = `${file.sha256} ${file.path}`;
      if (known.has(key)) continue;
      const files = (this.#files.get(sandboxId) ?? 0) + 1;
      if (files > mostFiles + 1) return;
      this.#files.set(sandboxId, files);
      if (files > mostFiles) return this.#omit(incident);
      known.add(key);
      known.add(file.sha256);
      await this.#keep(file, incident);
    }
  }

  #omit(incident: Incident): Promise<void> {
    return this.#options.record({
      action: 'decoy-omitted',
      atNs: this.#options.clock.nowNs(),
      message: `more than ${mostFiles} files came into the sandbox: the others are neither told nor kept`,
      incident: incident.facts(),
    });
  }

  async #keep({ path, sha256, size, content }: BroughtFile, incident: Incident): Promise<void> {
    const { evidence, record, clock } = this.#options;
    const event: AuditEvent = {
      action: 'file-brought',
      atNs: clock.nowNs(),
      message: `${path}, ${size} bytes, came into the sandbox`,
      incident: incident.facts(),
      brought: { path, sha256, size },
    };
    try {
      if (content !== undefined) await evidence.save(incident.id, `brought/${sha256}`, content);
      await record(event);
    } catch (error) {
      const reason = (error as Error).message;
      await record({ ...event, outcome: 'failure', reason });
    }
  }
}
