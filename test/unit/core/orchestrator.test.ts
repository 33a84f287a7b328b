import { beforeEach, describe, expect, it } from 'vitest';
import { Orchestrator } from '../../../src/core/orchestrator.js';
import { AuditUnwritable } from '../../../src/core/ports/audit-log.js';
import type { ProcessInspector } from '../../../src/core/ports/process-inspector.js';
import { recordTo } from '../../../src/core/record.js';
import { SandboxKeeper } from '../../../src/core/sandbox-keeper.js';
import {
  FakeAuditLog,
  FakeDiagnostics,
  FakeEvidence,
  FakeSandbox,
  FakeSandboxJournal,
} from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { actor, passwords, salary, touch } from '../../support/touches.js';

const idleMs = 300_000;

const unhurried: ProcessInspector = {
  glance: async (known) => known,
  describe: async (known) => ({ state: 'alive', actor: known }),
};

function house(processes: ProcessInspector = unhurried) {
  const journal: string[] = [];
  let suffix = 0;
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const sandbox = new FakeSandbox(journal);
  const evidence = new FakeEvidence(journal);
  const diagnostics = new FakeDiagnostics();
  const record = recordTo(audit, diagnostics);
  const sandboxes = new SandboxKeeper({
    sandbox,
    journal: new FakeSandboxJournal(),
    clock,
    diagnostics,
    timeToLiveMs: 900_000,
    idleMs: 900_000,
    maxRunning: 2,
    retryMs: 10_000,
    record,
  });
  const orchestrator = new Orchestrator({
    record,
    processes,
    evidence,
    vault: { content: async () => Buffer.from('secret') },
    sandboxes,
    clock,
    diagnostics,
    incidentIdleMs: idleMs,
    incidentLimitMs: 3_600_000,
    randomSuffix: () => (suffix++).toString(16).padStart(8, '0'),
    trap: (id) => [passwords, salary].find((trap) => trap.id === id),
  });
  return { journal, clock, audit, sandbox, evidence, diagnostics, sandboxes, orchestrator };
}

describe('orchestrator', () => {
  let fixture = house();
  beforeEach(() => {
    fixture = house();
  });

  it('records a touch before it responds to it', async () => {
    let open = () => {};
    fixture.audit.gate = new Promise((resolve) => {
      open = resolve;
    });
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.journal).toEqual([]);
    open();
    await settled();
    expect(fixture.journal[0]).toBe('audit incident-opened');
    expect(fixture.journal[1]).toBe('audit trap-touched');
    expect(fixture.journal.findIndex((entry) => entry.startsWith('sandbox start'))).toBeGreaterThan(1);
  });

  it('asks for the details beside the write of the record, and waits for them nowhere before it', async () => {
    let open = () => {};
    const asked: number[] = [];
    fixture = house({
      glance: async (known) => known,
      describe: (known) => {
        asked.push(known.process?.pid ?? 0);
        return new Promise(() => undefined);
      },
    });
    fixture.audit.gate = new Promise((resolve) => {
      open = resolve;
    });
    fixture.orchestrator.touched(touch());
    await settled();
    expect(asked).toEqual([812]);
    expect(fixture.journal).toEqual([]);
    open();
    await settled();
    expect(fixture.audit.actions.slice(0, 2)).toEqual(['incident-opened', 'trap-touched']);
    expect(fixture.journal).toContain(`evidence traps/${passwords.id}`);
    expect(fixture.sandbox.running.size).toBe(1);
  });

  it('keeps no evidence while the next touch waits to be on record', async () => {
    const fixture = house();
    const { audit, journal } = fixture;
    const append = audit.append.bind(audit);
    let writes = 0;
    let goOn = () => {};
    const second = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    audit.append = async (...events) => {
      writes += 1;
      if (writes === 2) await second;
      await append(...events);
    };
    fixture.orchestrator.touched(touch());
    fixture.orchestrator.touched(touch({ op: 'read' }));
    await settled();
    expect(audit.actions).toContain('trap-touched');
    expect(journal.filter((line) => line.startsWith('evidence'))).toEqual([]);
    goOn();
    await settled();
    expect(journal).toContain(`evidence traps/${passwords.id}`);
  });

  it('describes each process once an incident, in a record after the touch and in its evidence', async () => {
    const shell = actor({ process: { pid: 900, startedAtNs: 7_000_000_000n, name: 'sh' } });
    for (const op of ['open', 'read'] as const) {
      fixture.orchestrator.touched(touch({ op }));
      fixture.orchestrator.touched(touch({ op, actor: shell }));
    }
    await settled();
    const described = fixture.audit.events.filter(({ action }) => action === 'actor-described');
    expect(described.map(({ details }) => details?.actor.process?.pid).sort()).toEqual([812, 900]);
    const [touched] = fixture.audit.events.filter(({ action }) => action === 'trap-touched');
    expect(described[0]?.incident?.id).toBe(touched?.incident?.id);
    expect(fixture.audit.actions.indexOf('actor-described')).toBeGreaterThan(
      fixture.audit.actions.indexOf('trap-touched'),
    );
    const files = [...fixture.evidence.files].filter(([name]) => name.includes('-open.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const [, content] of files)
      expect(JSON.parse(Buffer.from(content).toString())).toMatchObject({ details: { state: 'alive' } });
  });

  it('describes a process again in its next incident', async () => {
    fixture.orchestrator.touched(touch());
    await fixture.clock.advance(idleMs);
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.audit.actions.filter((action) => action === 'actor-described')).toHaveLength(2);
  });

  it('counts a touch for as many as it stands for', async () => {
    fixture.orchestrator.touched(touch({ op: 'read', count: 5_000 }));
    fixture.orchestrator.touched(touch({ op: 'read', count: 12 }));
    await fixture.clock.advance(idleMs);
    const closed = fixture.audit.events.find(({ action }) => action === 'incident-closed');
    expect(closed?.incident).toMatchObject({ touches: 5_012 });
  });

  it('keeps the evidence beside the sandbox', async () => {
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.journal).toContain(`evidence traps/${passwords.id}`);
    expect(fixture.sandbox.running.size).toBe(1);
  });

  it('files a login with whoever touched its trap, and else as an incident of its own', async () => {
    const atNs = fixture.clock.nowNs();
    fixture.orchestrator.touched(touch());
    const stolen = fixture.orchestrator.fileLogin({ trapId: passwords.id, ip: '192.0.2.1', atNs });
    expect(stolen.opened).toBe(false);
    const elsewhere = fixture.orchestrator.fileLogin({ trapId: salary.id, ip: '192.0.2.9', atNs });
    expect(elsewhere.opened).toBe(true);
    const again = fixture.orchestrator.fileLogin({ trapId: passwords.id, ip: '192.0.2.9', atNs });
    expect(again.incident).toBe(stolen.incident);
    await fixture.clock.advance(idleMs);
    const closed = fixture.audit.events.filter(({ action }) => action === 'incident-closed');
    expect(closed.map(({ incident }) => [incident?.touches, incident?.logins])).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });

  it('groups touches of one login into one incident with one sandbox', async () => {
    fixture.orchestrator.touched(touch());
    fixture.orchestrator.touched(
      touch({ trapId: salary.id, actor: actor({ process: { pid: 813, startedAtNs: 6_000_000_000n } }) }),
    );
    await settled();
    expect(fixture.audit.actions.filter((action) => action === 'incident-opened')).toHaveLength(1);
    expect(fixture.audit.actions.filter((action) => action === 'trap-touched')).toHaveLength(2);
    expect(fixture.sandbox.running.size).toBe(1);
  });

  it('gives another login another incident', async () => {
    fixture.orchestrator.touched(touch());
    fixture.orchestrator.touched(touch({ actor: actor({ posixSession: 900 }) }));
    await settled();
    expect(new Set(fixture.audit.events.map(({ incident }) => incident?.id)).size).toBe(2);
    expect(fixture.sandbox.running.size).toBe(2);
  });

  it('records a repeated access once and counts it every time', async () => {
    for (let count = 0; count < 50; count += 1) fixture.orchestrator.touched(touch({ op: 'read' }));
    await fixture.clock.advance(idleMs);
    expect(fixture.audit.actions.filter((action) => action === 'trap-touched')).toHaveLength(1);
    const closed = fixture.audit.events.find(({ action }) => action === 'incident-closed');
    expect(closed?.incident).toMatchObject({ touches: 50, traps: 1 });
  });

  it('hides no other trap behind a flood that is told in sum', async () => {
    const by = (pid: number) => actor({ process: { pid, startedAtNs: 6_000_000_000n } });
    for (let pid = 1000; pid < 3000; pid += 1) fixture.orchestrator.touched(touch({ actor: by(pid) }));
    fixture.orchestrator.touched(touch({ trapId: salary.id, actor: by(3000) }));
    await fixture.orchestrator.stop();
    const touched = fixture.audit.events.filter(({ action }) => action === 'trap-touched');
    expect(touched.length).toBeLessThan(1500);
    expect(touched.filter(({ trap }) => trap?.id === salary.id)).toHaveLength(1);
    const sum = fixture.audit.events.find(({ action }) => action === 'touches-coalesced');
    expect(touched.length + (sum?.touch?.count ?? 0)).toBe(2001);
  });

  it('closes an incident only after its actor was idle', async () => {
    fixture.orchestrator.touched(touch());
    await fixture.clock.advance(idleMs - 1);
    fixture.orchestrator.touched(touch({ op: 'read' }));
    await fixture.clock.advance(idleMs - 1);
    expect(fixture.audit.actions).not.toContain('incident-closed');
    await fixture.clock.advance(1);
    expect(fixture.audit.actions).toContain('incident-closed');
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.audit.actions.filter((action) => action === 'incident-opened')).toHaveLength(2);
  });

  it('responds also when the disk refuses the record, and tells the operator', async () => {
    fixture.audit.refusal = new AuditUnwritable('audit log /x cannot be written: ENOSPC');
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.sandbox.running.size).toBe(1);
    expect(fixture.diagnostics.lines).toContain('error audit log /x cannot be written: ENOSPC');
  });

  it('puts lost evidence on record and starts the sandbox all the same', async () => {
    fixture.evidence.refusal = new Error('ENOSPC');
    fixture.orchestrator.touched(touch());
    await settled();
    expect(fixture.audit.actions).toContain('evidence-failed');
    expect(fixture.sandbox.running.size).toBe(1);
  });

  it('survives a sensor that names a trap nobody planted', async () => {
    fixture.orchestrator.touched(touch({ trapId: 'no-such-trap' }));
    await settled();
    expect(fixture.audit.events).toEqual([]);
    expect(fixture.diagnostics.lines[0]).toContain('no-such-trap');
  });

  it('has everything on record and no timer left when it stopped', async () => {
    fixture.orchestrator.touched(touch());
    await fixture.orchestrator.stop();
    await fixture.sandboxes.stop();
    expect(fixture.audit.actions.slice(0, 2)).toEqual(['incident-opened', 'trap-touched']);
    expect(fixture.audit.actions.slice(2, -1).sort()).toEqual([
      'actor-described',
      'incident-closed',
      'sandbox-started',
    ]);
    expect(fixture.audit.actions.at(-1)).toBe('sandbox-stopped');
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
