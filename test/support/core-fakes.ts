import type { AuditEvent } from '../../src/core/audit-event.js';
import type { AuditLog } from '../../src/core/ports/audit-log.js';
import type { Accomplice, ContainedProcess, Containment } from '../../src/core/ports/containment.js';
import type { Diagnostics } from '../../src/core/ports/diagnostics.js';
import type { EvidenceStore } from '../../src/core/ports/evidence-store.js';
import type { FrozenList, FrozenOrder, FrozenProcess } from '../../src/core/ports/frozen-list.js';
import type { HeldJournal } from '../../src/core/ports/held-journal.js';
import type { RunningSandbox, Sandbox, SandboxRequest } from '../../src/core/ports/sandbox.js';
import { SandboxUnavailable } from '../../src/core/ports/sandbox.js';

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
