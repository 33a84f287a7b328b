import type { AuditEvent } from '../../src/core/audit-event.js';
import type { GuestChannel, GuestListener, GuestRequest } from '../../src/core/decoy/guest.js';
import type { AuditLog } from '../../src/core/ports/audit-log.js';
import type { Accomplice, ContainedProcess, Containment } from '../../src/core/ports/containment.js';
import type { Diagnostics } from '../../src/core/ports/diagnostics.js';
import type { EvidenceStore } from '../../src/core/ports/evidence-store.js';
import type { FrozenList, FrozenOrder, FrozenProcess } from '../../src/core/ports/frozen-list.js';
import type { HeldJournal } from '../../src/core/ports/held-journal.js';
import type { BroughtFile, RunningSandbox, Sandbox, SandboxRequest } from '../../src/core/ports/sandbox.js';
import { SandboxUnavailable } from '../../src/core/ports/sandbox.js';
import type { KeptSandbox, SandboxJournal } from '../../src/core/ports/sandbox-journal.js';
import type {
  SessionFacts,
  SessionRecorder,
  SessionRecording,
} from '../../src/core/ports/session-recorder.js';

/** What happened, in order, across all fakes of one test. */
export type Journal = string[];

export class FakeAuditLog implements AuditLog {
  readonly events: AuditEvent[] = [];
  refusal: Error | undefined;
  /** Holds every append until it resolves. */
  gate: Promise<void> = Promise.resolve();

  constructor(readonly journal: Journal) {}

  async append(...events: readonly AuditEvent[]): Promise<void> {
    await this.gate;
    if (this.refusal !== undefined) throw this.refusal;
    this.events.push(...events);
    for (const { action } of events) this.journal.push(`audit ${action}`);
  }

  get actions(): string[] {
    return this.events.map(({ action }) => action);
  }
}

export class FakeSandbox implements Sandbox {
  readonly engine = 'fake';
  readonly running = new Set<string>();
  orphans: string[] = [];
  files: BroughtFile[] = [];
  readonly guests: GuestListener[] = [];
  down: string | undefined;

  constructor(readonly journal: Journal) {}

  async prepare(): Promise<void> {
    this.#answer();
  }

  async start({ incidentId }: SandboxRequest): Promise<RunningSandbox> {
    this.#answer();
    this.running.add(incidentId);
    this.journal.push(`sandbox start ${incidentId}`);
    return { incidentId, name: `phantom_forensics_${incidentId}`, id: 'c0ffee', image: 'mirror' };
  }

  async isRunning(incidentId: string): Promise<boolean> {
    this.#answer();
    return this.running.has(incidentId);
  }

  async run(incidentId: string, request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    this.#answer();
    this.journal.push(`guest ${request.user} in ${incidentId}`);
    this.guests.push(listener);
    return new FakeGuestChannel(this.journal);
  }

  async *broughtFiles(): AsyncIterable<BroughtFile> {
    this.#answer();
    yield* this.files;
  }

  async resume(incidentId: string): Promise<RunningSandbox | undefined> {
    this.#answer();
    if (!this.running.has(incidentId)) return undefined;
    this.journal.push(`sandbox resume ${incidentId}`);
    return { incidentId, name: `phantom_forensics_${incidentId}`, id: 'c0ffee', image: 'mirror' };
  }

  async close(): Promise<void> {
    this.journal.push('sandbox close');
  }

  async remove(incidentId: string): Promise<void> {
    this.#answer();
    this.running.delete(incidentId);
    this.journal.push(`sandbox remove ${incidentId}`);
  }

  async removeOrphans(): Promise<readonly string[]> {
    this.#answer();
    const { orphans } = this;
    this.orphans = [];
    for (const name of orphans) this.journal.push(`orphan removed ${name}`);
    return orphans;
  }

  #answer(): void {
    if (this.down !== undefined) throw new SandboxUnavailable(this.down);
  }
}

export class FakeGuestChannel implements GuestChannel {
  constructor(readonly journal: Journal) {}
  input(bytes: Uint8Array): void {
    this.journal.push(`guest input ${Buffer.from(bytes).toString()}`);
  }
  endInput(): void {
    this.journal.push('guest end of input');
  }
  resize(columns: number, rows: number): void {
    this.journal.push(`guest resize ${columns} ${rows}`);
  }
  pause(paused: boolean): void {
    this.journal.push(`guest pause ${paused}`);
  }
  hangUp(): void {
    this.journal.push('guest hang up');
  }
}

/** What an earlier run left, and what this one notes. */
export class FakeSandboxJournal implements SandboxJournal {
  kept: readonly KeptSandbox[] = [];

  async load(): Promise<readonly KeptSandbox[]> {
    return this.kept;
  }

  async save(sandboxes: readonly KeptSandbox[]): Promise<void> {
    this.kept = sandboxes;
  }
}

export class FakeSessionRecorder implements SessionRecorder {
  constructor(readonly journal: Journal) {}

  start({ incidentId, visitId }: SessionFacts): SessionRecording {
    const { journal } = this;
    journal.push(`recording of ${incidentId}`);
    return {
      name: `session-${visitId}-1.cast`,
      input: (bytes) => void journal.push(`recorded in ${Buffer.from(bytes).toString()}`),
      output: (bytes) => void journal.push(`recorded out ${Buffer.from(bytes).toString()}`),
      resize: (columns, rows) => void journal.push(`recorded size ${columns} ${rows}`),
      close: async (code) => void journal.push(`recording closed ${code}`),
    };
  }
}

export class FakeEvidence implements EvidenceStore {
  opened(): void {}

  closed(): void {}

  readonly files = new Map<string, Uint8Array>();
  refusal: Error | undefined;

  constructor(readonly journal: Journal) {}

  async save(incidentId: string, name: string, content: Uint8Array): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.files.set(`${incidentId}/${name}`, content);
    this.journal.push(`evidence ${name}`);
  }

  folder(incidentId: string): string {
    return `/state/incidents/${incidentId}`;
  }
}

export class FakeDiagnostics implements Diagnostics {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}

/** Processes that stand still or run as the test says. */
export class FakeContainment implements Containment {
  readonly stopped = new Set<number>();
  readonly gone = new Set<number>();
  besides: Accomplice[] = [];
  strandedNow: (ContainedProcess & { readonly name: string })[] = [];
  /** How often was looked for them. */
  looks = 0;

  constructor(readonly journal: Journal) {}

  async stop({ pid }: ContainedProcess): Promise<boolean> {
    return this.#signal('stop', pid, () => this.stopped.add(pid));
  }

  async release({ pid }: ContainedProcess): Promise<boolean> {
    return this.#signal('release', pid, () => this.stopped.delete(pid));
  }

  async kill({ pid }: ContainedProcess): Promise<boolean> {
    return this.#signal('kill', pid, () => this.gone.add(pid));
  }

  isStopped({ pid }: ContainedProcess): boolean {
    return this.stopped.has(pid) && !this.gone.has(pid);
  }

  async standsStill(process: ContainedProcess): Promise<boolean> {
    return this.isStopped(process);
  }

  async accomplices() {
    return this.besides;
  }

  async stranded() {
    this.looks += 1;
    return this.strandedNow;
  }

  #signal(name: string, pid: number, work: () => void): boolean {
    if (this.gone.has(pid)) return false;
    work();
    this.journal.push(`${name} ${pid}`);
    return true;
  }
}

export class FakeFrozenList implements FrozenList {
  readonly saved = new Map<string, readonly FrozenProcess[]>();
  asked: FrozenOrder[] = [];
  refusal: Error | undefined;

  constructor(readonly journal: Journal) {}

  async load() {
    return this.saved;
  }

  async save(incidentId: string, processes: readonly FrozenProcess[]): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.journal.push(`list ${processes.map(({ pid }) => pid).join(' ')}`);
    if (processes.length === 0) this.saved.delete(incidentId);
    else this.saved.set(incidentId, processes);
  }

  async orders() {
    return this.asked;
  }

  async answered(order: FrozenOrder): Promise<void> {
    this.asked = this.asked.filter((other) => other !== order);
  }
}

export class FakeHeldJournal implements HeldJournal {
  readonly held = new Map<number, ContainedProcess>();

  holding(process: ContainedProcess): void {
    this.held.set(process.pid, process);
  }

  freed({ pid }: ContainedProcess): void {
    this.held.delete(pid);
  }

  left(): readonly ContainedProcess[] {
    return [...this.held.values()];
  }
}
