import { describe, expect, it } from 'vitest';
import { Incident } from '../../../src/core/incident.js';
import { type Redirect, RedirectUnavailable } from '../../../src/core/ports/redirect.js';
import { recordTo } from '../../../src/core/record.js';
import { RedirectDesk } from '../../../src/core/redirect-desk.js';
import { FakeAuditLog, FakeDiagnostics } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';

function house(refused?: string, unavailable?: string) {
  const journal: string[] = [];
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const added: [string, number][] = [];
  const redirect: Redirect = {
    start: async () => {
      if (unavailable !== undefined) throw new RedirectUnavailable(unavailable);
    },
    add: async (source, untilMs) => {
      added.push([source, untilMs]);
      return refused === undefined ? 'added' : { refused };
    },
    stop: async () => {},
  };
  const record = recordTo(audit, new FakeDiagnostics());
  const desk = new RedirectDesk({ redirect, record, clock, forMs: 60_000 });
  return { desk, audit, added, clock, incident: new Incident('i', 'a', clock.nowNs()) };
}

describe('redirect desk', () => {
  it('redirects an address for its time, once an incident, and puts it on record', async () => {
    const { desk, audit, added, clock, incident } = house();
    desk.take('192.0.2.1', incident);
    desk.take('192.0.2.1', incident);
    await settled();
    expect(added).toEqual([['192.0.2.1', Number(clock.nowNs() / 1_000_000n) + 60_000]]);
    expect(audit.events).toMatchObject([
      { action: 'redirect-added', outcome: 'success', source: '192.0.2.1', incident: { id: 'i' } },
    ]);
  });

  it('puts on record why an address is never redirected', async () => {
    const { desk, audit, incident } = house('it is a gateway of this host');
    desk.take('192.0.2.254', incident);
    await settled();
    expect(audit.events).toMatchObject([
      { action: 'redirect-refused', outcome: 'failure', reason: 'it is a gateway of this host' },
    ]);
  });

  it('goes on without where the host cannot', async () => {
    const { desk, audit } = house(undefined, 'nft is not installed');
    await desk.start();
    expect(audit.events).toMatchObject([{ action: 'redirect-failed', reason: 'nft is not installed' }]);
  });
});
