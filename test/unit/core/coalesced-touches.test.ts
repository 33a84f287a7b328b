import { describe, expect, it } from 'vitest';
import { Orchestrator } from '../../../src/core/orchestrator.js';
import { recordTo } from '../../../src/core/record.js';
import { FakeAuditLog, FakeDiagnostics, FakeEvidence } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { actor, passwords, touch } from '../../support/touches.js';

function house() {
  const clock = new FakeClock();
  const audit = new FakeAuditLog([]);
  const diagnostics = new FakeDiagnostics();
  let suffix = 0;
  const orchestrator = new Orchestrator({
    record: recordTo(audit, diagnostics),
    processes: {
      glance: async (known) => known,
      describe: async (known) => ({ state: 'alive', actor: known }),
    },
    evidence: new FakeEvidence([]),
    vault: { content: async () => undefined },
    clock,
    diagnostics,
    incidentIdleMs: 300_000,
    incidentLimitMs: 3_600_000,
    randomSuffix: () => (suffix++).toString(16).padStart(8, '0'),
    trap: () => passwords,
  });
  return { clock, audit, orchestrator };
}

/** One process in a session of its own. */
function loner(pid: number, name = 'cat', uid = 33) {
  const process = { pid, startedAtNs: BigInt(pid) * 10_000_000n, uid, name };
  return touch({ actor: actor({ process, posixSession: pid, ancestors: [] }) });
}

describe('a flood of one user', () => {
  it('has a bounded number of records, and a sum that leaves no touch out', async () => {
    const { clock, audit, orchestrator } = house();
    for (let pid = 2; pid < 5002; pid += 1) orchestrator.touched(loner(pid));
    await clock.advance(10_000);
    const touched = audit.events.filter(({ action }) => action === 'trap-touched').length;
    const [sum] = audit.events.filter(({ action }) => action === 'touches-coalesced');
    expect(touched).toBeLessThan(1100);
    expect(touched + (sum?.touch?.count ?? 0)).toBe(5000);
    expect(sum?.message).toContain('cat[');
  });

  it('does not hide a program that was not seen before, nor another user', async () => {
    const { clock, audit, orchestrator } = house();
    for (let pid = 2; pid < 5002; pid += 1) orchestrator.touched(loner(pid));
    orchestrator.touched(loner(6000, 'thief'));
    orchestrator.touched(loner(6001, 'cat', 1000));
    await settled();
    const pids = audit.events
      .filter(({ action }) => action === 'trap-touched')
      .map(({ touch: one }) => one?.actor.process?.pid);
    expect(pids).toContain(6000);
    expect(pids).toContain(6001);
    await clock.advance(10_000);
  });

  it('is over when it is over: what comes later has records of its own again', async () => {
    const { clock, audit, orchestrator } = house();
    for (let pid = 2; pid < 5002; pid += 1) orchestrator.touched(loner(pid));
    await clock.advance(10_000);
    orchestrator.touched(loner(7000));
    await settled();
    const last = audit.events.filter(({ action }) => action === 'trap-touched').at(-1);
    expect(last?.touch?.actor.process?.pid).toBe(7000);
  });
});
