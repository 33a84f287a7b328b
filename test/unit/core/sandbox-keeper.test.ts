import { beforeEach, describe, expect, it } from 'vitest';
import { Incident } from '../../../src/core/incident.js';
import { recordTo } from '../../../src/core/record.js';
import { SandboxKeeper } from '../../../src/core/sandbox-keeper.js';
import { FakeAuditLog, FakeDiagnostics, FakeEvidence, FakeSandbox } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';

const timeToLiveMs = 900_000;
const retryMs = 10_000;

function house() {
  const journal: string[] = [];
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const sandbox = new FakeSandbox(journal);
  const diagnostics = new FakeDiagnostics();
  const keeper = new SandboxKeeper({
    sandbox,
    evidence: new FakeEvidence(journal),
    clock,
    diagnostics,
    timeToLiveMs,
    maxRunning: 2,
    retryMs,
    record: recordTo(audit, diagnostics),
  });
  const incident = (id: string) => new Incident(id, id, clock.nowNs());
  return { journal, clock, audit, sandbox, diagnostics, keeper, incident };
}

describe('sandbox keeper', () => {
  let fixture = house();
  beforeEach(() => {
    fixture = house();
  });

  it('removes a sandbox after its time to live', async () => {
    fixture.keeper.open(fixture.incident('a'));
    await fixture.clock.advance(timeToLiveMs - 1);
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
    await fixture.clock.advance(1);
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.audit.actions).toEqual(['sandbox-started', 'sandbox-stopped']);
  });

  it('starts one sandbox for an incident however often it is asked', async () => {
    const incident = fixture.incident('a');
    fixture.keeper.open(incident);
    fixture.keeper.open(incident);
    await settled();
    expect(fixture.journal.filter((entry) => entry === 'sandbox start a')).toHaveLength(1);
  });

  it('records once that Docker is away and starts the sandbox when it is back', async () => {
    fixture.sandbox.down = 'Docker does not answer';
    fixture.keeper.open(fixture.incident('a'));
    await fixture.clock.advance(5 * retryMs);
    expect(fixture.audit.actions).toEqual(['sandbox-failed']);
    expect(fixture.audit.events[0]).toMatchObject({ outcome: 'failure', reason: 'Docker does not answer' });
    fixture.sandbox.down = undefined;
    await fixture.clock.advance(retryMs);
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
  });

  it('does not start a sandbox any more when Docker is back too late', async () => {
    fixture.sandbox.down = 'Docker does not answer';
    fixture.keeper.open(fixture.incident('a'));
    await fixture.clock.advance(timeToLiveMs + 1);
    fixture.sandbox.down = undefined;
    await fixture.clock.advance(10 * retryMs);
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('says so when as many sandboxes as allowed are in use', async () => {
    for (const id of ['a', 'b', 'c']) fixture.keeper.open(fixture.incident(id));
    await settled();
    expect(fixture.sandbox.running).toEqual(new Set(['a', 'b']));
    expect(fixture.audit.actions).toContain('sandbox-refused');
  });

  it('removes what an earlier run left before its own first sandbox starts', async () => {
    fixture.sandbox.orphans = ['phantom_forensics_old'];
    fixture.keeper.open(fixture.incident('a'));
    await settled();
    expect(fixture.journal).toEqual([
      'orphan removed phantom_forensics_old',
      'audit sandbox-orphan-removed',
      'sandbox start a',
      'audit sandbox-started',
    ]);
  });

  it('cleans up as soon as Docker answers, without an incident', async () => {
    fixture.sandbox.orphans = ['phantom_forensics_old'];
    fixture.sandbox.down = 'Docker does not answer';
    await fixture.keeper.cleanUp();
    fixture.sandbox.down = undefined;
    await fixture.clock.advance(retryMs);
    expect(fixture.journal).toContain('orphan removed phantom_forensics_old');
  });

  it('leaves no sandbox behind when it stops', async () => {
    fixture.keeper.open(fixture.incident('a'));
    fixture.keeper.open(fixture.incident('b'));
    await fixture.keeper.stop();
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
