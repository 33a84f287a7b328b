import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExemptedTouches } from '../../../src/core/exempted-touches.js';
import type { Exemption } from '../../../src/core/exemption.js';
import { Orchestrator } from '../../../src/core/orchestrator.js';
import type { Exemptions } from '../../../src/core/ports/exemptions.js';
import { recordTo } from '../../../src/core/record.js';
import type { TouchOp } from '../../../src/core/touch.js';
import { FakeAuditLog, FakeDiagnostics, FakeEvidence } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { actor, passwords, salary, touch } from '../../support/touches.js';

const backup: Exemption = { name: 'nightly backup', executable: '/usr/bin/restic', uid: 0 };

/** The rule holds for processes called `restic`. */
const byName: Exemptions['ruleFor'] = ({ process }) => (process?.name === 'restic' ? backup : undefined);

function house(ruleFor: Exemptions['ruleFor'] = byName) {
  const clock = new FakeClock();
  const journal: string[] = [];
  const audit = new FakeAuditLog(journal);
  const diagnostics = new FakeDiagnostics();
  const record = recordTo(audit, diagnostics);
  const processes = {
    glance: async (known: ReturnType<typeof actor>) => known,
    describe: async (known: ReturnType<typeof actor>) => ({ state: 'alive' as const, actor: known }),
  };
  const exempted = new ExemptedTouches({
    exemptions: { ruleFor },
    processes,
    record,
    clock,
    spare: (pid) => void journal.push(`spare ${pid}`),
    containment: {
      release: async ({ pid, startedAtNs }) => {
        journal.push(`release ${pid} ${startedAtNs}`);
        return true;
      },
    },
  });
  const orchestrator = new Orchestrator({
    record,
    processes,
    evidence: new FakeEvidence(journal),
    vault: { content: async () => undefined },
    clock,
    diagnostics,
    exempted,
    incidentLimitMs: 3_600_000,
    incidentIdleMs: 300_000,
    randomSuffix: () => '00000000',
    trap: (id) => (id === salary.id ? salary : passwords),
  });
  const exemptedEvents = () => audit.events.filter(({ action }) => action === 'touch-exempted');
  return { clock, audit, journal, diagnostics, orchestrator, exemptedEvents };
}

function by(name: string, pid = 812) {
  return actor({ process: { pid, startedAtNs: BigInt(pid) * 10_000_000n, uid: 0, name } });
}

describe('an exempted touch', () => {
  it('is on record with its rule and its actor, and opens no incident', async () => {
    const { audit, diagnostics, orchestrator } = house();
    orchestrator.touched(touch({ actor: by('restic') }));
    await settled();
    expect(audit.events).toMatchObject([
      {
        action: 'touch-exempted',
        exemption: { name: 'nightly backup' },
        trap: passwords,
        touch: { op: 'open', actor: { process: { name: 'restic' } } },
        message: 'exempted by rule nightly backup: restic[812] (uid 0): open of /srv/share/passwords.txt',
      },
    ]);
    expect(audit.events[0]).not.toHaveProperty('incident');
    expect(diagnostics.lines).toEqual([]);
  });

  it('does not cover the touch of somebody else', async () => {
    const { audit, orchestrator } = house();
    orchestrator.touched(touch({ actor: by('restic') }));
    orchestrator.touched(touch({ actor: by('thief', 900) }));
    await settled();
    expect(audit.actions).toContain('incident-opened');
    expect(audit.events.filter(({ action }) => action === 'trap-touched')).toHaveLength(1);
  });

  it('is let go at once when the kernel stopped it, and is stopped no more', async () => {
    const { journal, orchestrator } = house();
    orchestrator.touched(touch({ actor: by('restic'), held: 'stopped' }));
    orchestrator.touched(touch({ actor: by('thief', 900), held: 'stopped' }));
    await settled();
    expect(journal.filter((line) => line.startsWith('release'))).toEqual(['release 812 8120000000']);
    expect(journal.slice(0, 2)).toEqual(['spare 812', 'release 812 8120000000']);
  });

  it('says so when the kernel killed it, which nobody can undo', async () => {
    const { exemptedEvents, orchestrator } = house();
    orchestrator.touched(touch({ actor: by('restic'), held: 'killed' }));
    await settled();
    expect(exemptedEvents()[0]?.message).toMatch(/; it was killed before the rule was known$/);
  });

  it('is decided later where a program was replaced a moment ago', async () => {
    const answers: ((rule: Exemption | undefined) => void)[] = [];
    const { audit, orchestrator } = house(() => new Promise((resolve) => answers.push(resolve)));
    orchestrator.touched(touch({ actor: by('restic') }));
    orchestrator.touched(touch({ actor: by('thief', 900) }));
    await settled();
    expect(audit.actions).toEqual([]);
    answers[0]?.(backup);
    answers[1]?.(undefined);
    await settled();
    expect(audit.actions.filter((action) => action === 'touch-exempted')).toHaveLength(1);
    expect(audit.events.find(({ action }) => action === 'incident-opened')?.touch?.actor.process?.name).toBe(
      'thief',
    );
  });

  it('that is still being decided is on record before the stop is over', async () => {
    let answer: (rule: Exemption | undefined) => void = () => {};
    const { audit, orchestrator } = house(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    orchestrator.touched(touch({ actor: by('restic') }));
    const stopped = orchestrator.stop();
    answer(backup);
    await stopped;
    expect(audit.actions).toEqual(['touch-exempted']);
  });
});

describe('a backup of many traps', () => {
  it('has few records, and a sum that leaves no touch out', async () => {
    const { clock, exemptedEvents, orchestrator } = house();
    for (let at = 0; at < 50_000; at += 1)
      orchestrator.touched(touch({ actor: by('restic', 2 + (at % 40_000)), op: 'read' }));
    await clock.advance(10_000);
    const events = exemptedEvents();
    expect(events.length).toBeLessThan(120);
    expect(events.reduce((sum, { touch: one }) => sum + (one?.count ?? 1), 0)).toBe(50_000);
    expect(events.at(-1)?.message).toMatch(/exempted by rule nightly backup: 499\d\d more touches, read of /);
    expect(clock.pendingTimers).toBe(0);
  });

  it('has one record for what a process does to a trap again and again', async () => {
    const { clock, exemptedEvents, orchestrator } = house();
    for (let at = 0; at < 1000; at += 1)
      orchestrator.touched(touch({ actor: by('restic'), op: 'read', count: 3 }));
    await clock.advance(10_000);
    expect(exemptedEvents().map(({ touch: one }) => one?.count)).toEqual([3, 2997]);
  });

  it('is told whole when the daemon stops', async () => {
    const { exemptedEvents, orchestrator } = house();
    for (let at = 0; at < 5; at += 1) orchestrator.touched(touch({ actor: by('restic') }));
    await orchestrator.stop();
    expect(exemptedEvents().reduce((sum, { touch: one }) => sum + (one?.count ?? 1), 0)).toBe(5);
  });

  it('never loses or invents a touch, in whatever order they come', async () => {
    const one = fc.record({
      pid: fc.integer({ min: 2, max: 6 }),
      op: fc.constantFrom<TouchOp>('open', 'read', 'write'),
      count: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      trapId: fc.constantFrom(passwords.id, salary.id),
      pause: fc.constantFrom(0, 0, 0, 4000, 11_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (touches) => {
        const { clock, exemptedEvents, orchestrator } = house();
        for (const { pid, count, pause, ...rest } of touches) {
          orchestrator.touched(
            touch({ ...rest, actor: by('restic', pid), ...(count !== undefined && { count }) }),
          );
          if (pause > 0) await clock.advance(pause);
        }
        await orchestrator.stop();
        const told = exemptedEvents().reduce((sum, { touch: event }) => sum + (event?.count ?? 1), 0);
        expect(told).toBe(touches.reduce((sum, { count }) => sum + (count ?? 1), 0));
      }),
      { numRuns: 40 },
    );
  });
});
