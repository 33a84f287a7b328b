import type { ContainmentPolicy } from '../../src/core/containment-policy.js';
import { ContainmentRecords } from '../../src/core/containment-records.js';
import { FrozenProcesses } from '../../src/core/frozen-processes.js';
import { HoldDesk } from '../../src/core/hold-desk.js';
import { Orchestrator } from '../../src/core/orchestrator.js';
import type { ProcessInspector } from '../../src/core/ports/process-inspector.js';
import type { TechniqueRules } from '../../src/core/ports/technique-rules.js';
import { recordTo } from '../../src/core/record.js';
import { StrandedSweep } from '../../src/core/stranded-sweep.js';
import {
  FakeAuditLog,
  FakeContainment,
  FakeDiagnostics,
  FakeEvidence,
  FakeFrozenList,
  FakeHeldJournal,
} from './core-fakes.js';
import { FakeClock } from './fake-clock.js';
import { passwords, salary } from './touches.js';

export interface HoldHouseOptions extends Partial<ContainmentPolicy> {
  readonly processes?: ProcessInspector;
  readonly techniques?: TechniqueRules;
  readonly list?: FakeFrozenList;
  readonly held?: FakeHeldJournal;
  /** Pids of known readers. */
  readonly exempt?: readonly number[];
}

const quick: ProcessInspector = {
  glance: async (known) => known,
  describe: async (known) => ({ state: 'alive', actor: known }),
};

/** The core with fakes around it, as the daemon joins it. */
export function holdHouse(options: HoldHouseOptions = {}) {
  const journal: string[] = [];
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const evidence = new FakeEvidence(journal);
  const diagnostics = new FakeDiagnostics();
  const containment = new FakeContainment(journal);
  const list = options.list ?? new FakeFrozenList(journal);
  const held = options.held ?? new FakeHeldJournal();
  const spared: number[] = [];
  const record = recordTo(audit, diagnostics);
  const records = new ContainmentRecords(clock, record);
  const common = { containment, records, clock, diagnostics, journal: held };
  const frozen = new FrozenProcesses({
    ...common,
    list,
    spare: (pid) => {
      spared.push(pid);
      journal.push(`spare ${pid}`);
    },
  });
  const policy = { containment: options.containment ?? 'inspect', onTamper: options.onTamper ?? 'freeze' };
  const desk = new HoldDesk({ ...common, frozen, policy, holdMs: 1000 });
  const sweep = new StrandedSweep({
    ...common,
    frozen,
    freezes: policy.containment === 'freeze',
    holds: policy.containment !== 'observe',
    isExempt: async ({ pid }) => options.exempt?.includes(pid) === true,
    traps: () => [passwords, salary],
    isHeld: (process) => desk.isHeld(process),
    newIncidentId: () => 'stranded',
  });
  let suffix = 0;
  const orchestrator = new Orchestrator({
    record,
    processes: options.processes ?? quick,
    evidence,
    vault: { content: async () => Buffer.from('secret') },
    desk,
    clock,
    diagnostics,
    incidentIdleMs: 300_000,
    incidentLimitMs: 3_600_000,
    randomSuffix: () => (suffix++).toString(16).padStart(8, '0'),
    trap: (id) => [passwords, salary].find((trap) => trap.id === id),
    ...(options.techniques && { techniques: options.techniques }),
  });
  const events = (action: string) => audit.events.filter((event) => event.action === action);
  const count = (entry: string) => journal.filter((one) => one === entry).length;
  return {
    ...{ journal, clock, audit, evidence, diagnostics, containment, list, held, spared },
    ...{ records, frozen, desk, sweep, orchestrator, events, count },
  };
}
