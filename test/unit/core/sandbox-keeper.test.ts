import { beforeEach, describe, expect, it } from 'vitest';
import { Incident } from '../../../src/core/incident.js';
import { recordTo } from '../../../src/core/record.js';
import { SandboxKeeper } from '../../../src/core/sandbox-keeper.js';
import { FakeAuditLog, FakeDiagnostics, FakeSandbox, FakeSandboxJournal } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';

const timeToLiveMs = 900_000;
const idleMs = 300_000;
const retryMs = 10_000;

function house() {
  const journal: string[] = [];
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const sandbox = new FakeSandbox(journal);
  const diagnostics = new FakeDiagnostics();
  const notes = new FakeSandboxJournal();
  /** What is to be done before a sandbox is removed. */
  const farewell = { leaving: async () => {} };
  const keeper = new SandboxKeeper({
    sandbox,
    journal: notes,
    clock,
    diagnostics,
    timeToLiveMs,
    idleMs,
    maxRunning: 2,
    retryMs,
    record: recordTo(audit, diagnostics),
    leaving: () => farewell.leaving(),
  });
  const incident = (id: string, actor = id) => new Incident(id, actor, clock.nowNs());
  return { farewell, notes, journal, clock, audit, sandbox, diagnostics, keeper, incident };
}

describe('sandbox keeper', () => {
  let fixture = house();
  beforeEach(() => {
    fixture = house();
  });

  it('removes a sandbox after its time to live', async () => {
    const incident = fixture.incident('a');
    fixture.keeper.open(incident);
    for (let left = timeToLiveMs - 1; left > 0; left -= idleMs - 1) {
      fixture.keeper.used(incident);
      await fixture.clock.advance(Math.min(left, idleMs - 1));
    }
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

  it('says so once for each incident, however often its visitor asks, until one is free again', async () => {
    const third = fixture.incident('c');
    for (const one of [fixture.incident('a'), fixture.incident('b'), third, third, third])
      fixture.keeper.open(one);
    await settled();
    const refusals = () => fixture.audit.actions.filter((action) => action === 'sandbox-refused').length;
    expect(refusals()).toBe(1);
    await fixture.clock.advance(idleMs);
    for (const id of ['d', 'e', 'c']) fixture.keeper.open(fixture.incident(id));
    await settled();
    expect(refusals()).toBe(2);
  });

  it('gives whoever comes back while their sandbox is removed one that stays', async () => {
    let collected = () => {};
    fixture.farewell.leaving = () => new Promise((resolve) => (collected = resolve));
    const incident = fixture.incident('a');
    fixture.keeper.open(incident);
    await fixture.clock.advance(idleMs);
    fixture.keeper.open(incident);
    await settled();
    collected();
    await settled();
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
    expect(fixture.audit.actions).toEqual(['sandbox-started', 'sandbox-stopped', 'sandbox-started']);
  });

  it('does not remove the sandbox of whoever comes back while Docker does not let it go', async () => {
    const incident = fixture.incident('a');
    fixture.keeper.open(incident);
    await fixture.clock.advance(idleMs - 1);
    fixture.sandbox.down = 'Docker does not answer';
    await fixture.clock.advance(1);
    fixture.sandbox.down = undefined;
    fixture.keeper.open(incident);
    await fixture.clock.advance(2 * retryMs);
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
    expect(fixture.audit.actions).not.toContain('sandbox-lost');
    await fixture.clock.advance(idleMs);
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.clock.pendingTimers).toBe(0);
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

  it('removes a sandbox in which nothing happens', async () => {
    fixture.keeper.open(fixture.incident('a'));
    await fixture.clock.advance(idleMs - 1);
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
    await fixture.clock.advance(1);
    expect(fixture.sandbox.running.size).toBe(0);
  });

  it('gives an actor who comes back the sandbox of before', async () => {
    const [first, second] = [fixture.incident('a', 'somebody'), fixture.incident('b', 'somebody')];
    fixture.keeper.open(first);
    await settled();
    fixture.keeper.open(second);
    expect((await fixture.keeper.ready(second)).incidentId).toBe('a');
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
    expect(fixture.audit.actions).toEqual(['sandbox-started', 'sandbox-returned']);
    expect(fixture.audit.events[1]).toMatchObject({ incident: { id: 'b' } });
  });

  it('lets a visitor at the door wait until the sandbox runs, and not for ever', async () => {
    const incident = fixture.incident('a');
    fixture.sandbox.down = 'Docker does not answer';
    const late = fixture.keeper.ready(incident);
    const refusal = expect(late).rejects.toThrow('has no sandbox');
    await fixture.clock.advance(20_000);
    await refusal;
    const inTime = fixture.keeper.ready(incident);
    fixture.sandbox.down = undefined;
    await fixture.clock.advance(retryMs);
    expect((await inTime).name).toBe('phantom_forensics_a');
  });

  it('says once that a sandbox is out of reach while Docker is away, and once that it goes on', async () => {
    fixture.keeper.open(fixture.incident('a'));
    await settled();
    fixture.sandbox.down = 'Docker does not answer';
    await fixture.clock.advance(5 * retryMs);
    fixture.sandbox.down = undefined;
    await fixture.clock.advance(5 * retryMs);
    expect(fixture.audit.actions).toEqual(['sandbox-started', 'sandbox-failed', 'sandbox-resumed']);
    expect(fixture.audit.events[1]).toMatchObject({ outcome: 'failure', reason: 'Docker does not answer' });
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
  });

  it('starts a sandbox anew that Docker has lost, and says so', async () => {
    fixture.keeper.open(fixture.incident('a'));
    await settled();
    fixture.sandbox.running.clear();
    await fixture.clock.advance(retryMs);
    expect(fixture.audit.actions).toEqual(['sandbox-started', 'sandbox-lost', 'sandbox-started']);
    expect(fixture.sandbox.running).toEqual(new Set(['a']));
  });

  it('takes Docker that does not answer for no loss', async () => {
    fixture.keeper.open(fixture.incident('a'));
    await settled();
    fixture.sandbox.down = 'Docker does not answer';
    await fixture.clock.advance(3 * retryMs);
    expect(fixture.audit.actions).not.toContain('sandbox-lost');
  });

  it('takes up what a killed run left, for the rest of its time', async () => {
    const nowNs = fixture.clock.nowNs();
    const left = { incidentId: 'a', actorKey: 'somebody', openedAtNs: nowNs };
    fixture.notes.kept = [
      { ...left, untilNs: nowNs + 60_000_000_000n },
      { incidentId: 'b', actorKey: 'other', openedAtNs: nowNs, untilNs: nowNs - 1n },
    ];
    fixture.sandbox.running.add('a');
    await fixture.keeper.cleanUp();
    expect(fixture.audit.actions).toEqual(['sandbox-resumed']);
    expect((await fixture.keeper.ready(fixture.incident('c', 'somebody'))).incidentId).toBe('a');
    await fixture.clock.advance(60_000);
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.notes.kept).toEqual([]);
  });

  it('notes what runs', async () => {
    fixture.keeper.open(fixture.incident('a', 'somebody'));
    await settled();
    expect(fixture.notes.kept).toMatchObject([{ incidentId: 'a', actorKey: 'somebody' }]);
  });

  it('leaves no sandbox behind when it stops', async () => {
    fixture.keeper.open(fixture.incident('a'));
    fixture.keeper.open(fixture.incident('b'));
    await fixture.keeper.stop();
    expect(fixture.sandbox.running.size).toBe(0);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
