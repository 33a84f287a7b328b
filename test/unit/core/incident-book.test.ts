import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/core/incident.js';
import { IncidentBook } from '../../../src/core/incident-book.js';
import { FakeClock } from '../../support/fake-clock.js';
import { actor, touch } from '../../support/touches.js';

function book() {
  const clock = new FakeClock();
  const closed: Incident[] = [];
  let next = 0;
  const incidents = new IncidentBook({
    clock,
    idleMs: 1000,
    limitMs: 3_600_000,
    newId: () => `incident-${++next}`,
    closed: (incident) => closed.push(incident),
  });
  const bySession = (session: number, uid = 33) =>
    touch({
      actor: actor({ process: { pid: session, startedAtNs: BigInt(session), uid }, posixSession: session }),
    });
  return { incidents, clock, closed, bySession };
}

describe('incident book', () => {
  it('opens few incidents for a user who starts a session for every touch, and loses no touch', async () => {
    const { incidents, clock, closed, bySession } = book();
    const ids = new Set<string>();
    for (let session = 2; session < 5002; session += 1)
      ids.add(incidents.file(bySession(session)).incident.id);
    expect(ids.size).toBe(33);
    await clock.advance(1000);
    expect(closed.reduce((sum, incident) => sum + (incident.facts().touches ?? 0), 0)).toBe(5000);
  });

  it('keeps the incidents of others apart from a crowd', () => {
    const { incidents, bySession } = book();
    for (let session = 2; session < 102; session += 1) incidents.file(bySession(session));
    expect(incidents.file(bySession(500, 1000))).toMatchObject({ opened: true });
    expect(incidents.file(bySession(501, 1000)).opened).toBe(true);
  });

  it('gives a user incidents of their own again when the others are closed', async () => {
    const { incidents, clock, bySession } = book();
    for (let session = 2; session < 102; session += 1) incidents.file(bySession(session));
    await clock.advance(1000);
    expect(incidents.file(bySession(200)).opened).toBe(true);
    expect(incidents.file(bySession(201)).opened).toBe(true);
  });
});
