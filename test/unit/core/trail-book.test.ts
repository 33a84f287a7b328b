import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/core/audit-event.js';
import { describeTrail } from '../../../src/core/describe-trail.js';
import { Incident } from '../../../src/core/incident.js';
import type { TechniqueRules } from '../../../src/core/ports/technique-rules.js';
import type { TrailEvent } from '../../../src/core/trail.js';
import { TrailBook } from '../../../src/core/trail-book.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { holdHouse } from '../../support/hold-house.js';
import { touch } from '../../support/touches.js';

const idleMs = 300_000;

function exec(facts: Partial<TrailEvent> = {}): TrailEvent {
  const process = { pid: 900, startedAtNs: 6_000_000_000n, name: 'id', args: ['id', '-a'], uid: 33 };
  return { kind: 'exec', atNs: 1n, process, rootPid: 812, path: '/usr/bin/id', ...facts };
}

const rules: TechniqueRules = {
  attackVersion: '19.1',
  match: ({ kind, path }) =>
    kind === 'exec' && path === '/usr/bin/id'
      ? [{ technique: { id: 'T1033', name: 'System Owner/User Discovery', tactics: [] }, rule: 'id' }]
      : [],
};

function trailFiles(house: ReturnType<typeof holdHouse>): string[] {
  return [...house.evidence.files]
    .filter(([name]) => name.includes('/trail/'))
    .map(([, content]) => Buffer.from(content as Uint8Array).toString());
}

describe('the trail of an actor', () => {
  it('is on record in the incident of the touch, with techniques, and in its evidence', async () => {
    const house = holdHouse({ techniques: rules });
    house.orchestrator.touched(touch());
    house.orchestrator.followed(exec());
    house.orchestrator.followed(exec({ kind: 'exit', exit: { code: 0 } }));
    await house.orchestrator.stop();
    const [opened] = house.events('incident-opened');
    expect(house.events('trail-exec')).toMatchObject([
      {
        incident: { id: opened?.incident?.id },
        message: 'id[900]: exec id -a (T1033 System Owner/User Discovery)',
        techniques: [{ technique: { id: 'T1033' } }],
      },
    ]);
    expect(house.events('trail-exit')).toHaveLength(1);
    expect(house.events('incident-closed')).toMatchObject([
      { incident: { trailEvents: 2 }, techniques: [{ technique: { id: 'T1033' } }] },
    ]);
    expect(house.audit.actions.at(-1)).toBe('incident-closed');
    const lines = trailFiles(house)
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ kind: 'exec', techniques: [{ rule: 'id' }] }, { kind: 'exit' }]);
    expect(house.clock.pendingTimers).toBe(0);
  });

  it('waits for the touch that explains it', async () => {
    const house = holdHouse();
    house.orchestrator.followed(exec());
    house.orchestrator.followed(exec({ rootPid: 5 }));
    house.orchestrator.touched(touch());
    await house.clock.advance(5000);
    expect(house.events('trail-exec')).toHaveLength(1);
  });

  it('tells how many came that no touch explained', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch());
    house.orchestrator.followed(exec({ rootPid: 4711 }));
    await house.clock.advance(1000);
    house.orchestrator.followed(exec({ rootPid: 4712 }));
    await house.clock.advance(1500);
    house.orchestrator.followed(exec({ rootPid: 4713 }));
    await house.orchestrator.stop();
    // The third was still waited for when the incident ended.
    expect(house.events('incident-closed')[0]?.incident?.trailOmitted).toBe(1);
    expect(house.events('trail-exec')).toEqual([]);
  });

  it('knows who touches again after the incident of the one it was followed for', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch());
    const own = exec({ rootPid: 1, process: { pid: 812, startedAtNs: 5_000_000_000n, name: 'sh' } });
    house.orchestrator.followed(own);
    await house.orchestrator.stop();
    expect(house.events('trail-exec')).toHaveLength(1);
  });

  it('keeps an incident open while there is something to tell, but not beyond its limit', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch());
    for (let passed = 0; passed < 3_600_000 - 200_000; passed += 200_000) {
      expect(house.events('incident-closed')).toEqual([]);
      house.orchestrator.followed(exec());
      await house.clock.advance(200_000);
    }
    house.orchestrator.followed(exec());
    await house.clock.advance(200_000);
    expect(house.events('incident-closed')).toHaveLength(1);
  });

  it('closes an incident that is idle', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch());
    house.orchestrator.followed(exec());
    await house.clock.advance(idleMs);
    expect(house.events('incident-closed')).toHaveLength(1);
    house.orchestrator.followed(exec());
    await house.clock.advance(5000);
    expect(house.events('trail-exec')).toHaveLength(1);
    expect(house.clock.pendingTimers).toBe(0);
  });

  it('has a bounded number of records, tells how many more there were, and no technique is missed', async () => {
    const house = holdHouse({ techniques: rules });
    house.orchestrator.touched(touch());
    for (let count = 0; count < 5000; count += 1)
      house.orchestrator.followed(exec({ kind: 'unlink', path: `/tmp/${count}` }));
    house.orchestrator.followed(exec());
    house.orchestrator.trailOmitted(7);
    await settled();
    await house.orchestrator.stop();
    expect(house.events('trail-unlink')).toHaveLength(1000);
    expect(house.events('trail-exec')).toHaveLength(1);
    expect(house.events('trail-omitted')).toMatchObject([{ incident: { trailOmitted: 4007 } }]);
    expect(house.events('incident-closed')).toMatchObject([{ incident: { trailEvents: 5001 } }]);
    expect(trailFiles(house).join('').split('\n')).toHaveLength(5002);
  });

  it('tells what has no record within a minute, while the incident is open', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch());
    house.orchestrator.trailOmitted(7);
    await house.clock.advance(61_000);
    expect(house.events('trail-omitted')).toMatchObject([{ message: expect.stringMatching(/^7 more/) }]);
    house.orchestrator.trailOmitted(3);
    await house.orchestrator.stop();
    expect(house.events('trail-omitted')).toMatchObject([{}, { message: expect.stringMatching(/^3 more/) }]);
    expect(house.clock.pendingTimers).toBe(0);
  });
});

describe('the trail of a sandbox', () => {
  function book() {
    const clock = new FakeClock();
    const events: AuditEvent[] = [];
    const trail = new TrailBook({
      clock,
      record: async (...all) => void events.push(...all),
      seen: () => {},
      keep: async () => {},
    });
    const filed = () => events.map(({ action, incident }) => `${action} ${incident?.id}`);
    return { trail, clock, filed };
  }
  const inGroup = (cgroupId: bigint, rootPid?: number): TrailEvent => {
    const { rootPid: _, ...event } = exec();
    return { ...event, cgroupId, ...(rootPid !== undefined && { rootPid }) };
  };

  it('is of the incident that its cgroup stands for, until that is closed', async () => {
    const { trail, clock, filed } = book();
    const [one, other] = [new Incident('one', 'a', 1n), new Incident('other', 'b', 1n)];
    trail.followed(inGroup(7n));
    expect(trail.followGroup(7n, one)).toBe(true);
    expect(trail.followGroup(7n, one)).toBe(false);
    trail.followGroup(8n, other);
    trail.followed(inGroup(8n));
    trail.followed(inGroup(9n));
    await clock.advance(100);
    expect(filed()).toEqual(['trail-exec one', 'trail-exec other']);
    await trail.closed(one);
    trail.followed(inGroup(7n));
    await trail.closed(other);
    expect(filed().filter((line) => line.startsWith('trail-exec'))).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is one record of who is followed for a touch too, and goes over with the cgroup', async () => {
    const { trail, filed } = book();
    const [host, sandbox, next] = ['host', 'sandbox', 'next'].map((id) => new Incident(id, id, 1n)) as [
      Incident,
      Incident,
      Incident,
    ];
    trail.follow(812, host);
    trail.followGroup(7n, sandbox);
    trail.followed(inGroup(7n, 812));
    trail.followGroup(7n, next);
    trail.followed(inGroup(7n));
    await trail.closed(sandbox);
    trail.followed(inGroup(7n));
    await trail.closed(next);
    await trail.closed(host);
    expect(filed()).toEqual(['trail-exec sandbox', 'trail-exec next', 'trail-exec next']);
  });

  it('says how many datagrams went where', () => {
    const address = { family: 'inet', ip: '192.0.2.1', port: 53 } as const;
    const connect = (packets?: number) =>
      describeTrail({ ...exec({ kind: 'connect', address }), ...(packets && { packets }) }, []);
    expect(connect(64)).toBe('id[900]: connect to 192.0.2.1:53 (64 packets)');
    expect(connect(1)).toBe('id[900]: connect to 192.0.2.1:53');
    expect(connect()).toBe('id[900]: connect to 192.0.2.1:53');
  });
});
