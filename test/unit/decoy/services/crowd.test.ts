import { describe, expect, it } from 'vitest';
import { Crowd, sourceOf } from '../../../../src/decoy/services/crowd.js';
import { FakeClock } from '../../../support/fake-clock.js';

const connections = { burst: 1000, perSecond: 50 };

describe('the crowd at the decoy', () => {
  it('is let in up to its size, and again when somebody has left', () => {
    const crowd = new Crowd({ mostVisits: 2, mostOfOneSource: 2, connections }, new FakeClock());
    const leave = crowd.enter('192.0.2.1');
    expect(crowd.enter('192.0.2.2')).toBeDefined();
    expect(crowd.enter('192.0.2.3')).toBeUndefined();
    leave?.();
    leave?.();
    expect(crowd.enter('192.0.2.3')).toBeDefined();
    expect(crowd.enter('192.0.2.4')).toBeUndefined();
  });

  it('is of several sources: one alone does not fill it', () => {
    const crowd = new Crowd({ mostVisits: 10, mostOfOneSource: 1, connections }, new FakeClock());
    expect(crowd.enter('2001:db8::1')).toBeDefined();
    expect(crowd.enter('2001:db8::2:3')).toBeUndefined();
    expect(crowd.enter('2001:db8:0:1::1')).toBeDefined();
  });

  it('comes at a bounded rate', async () => {
    const clock = new FakeClock();
    const crowd = new Crowd(
      { mostVisits: 10, mostOfOneSource: 10, connections: { burst: 1, perSecond: 1 } },
      clock,
    );
    expect(crowd.enter('192.0.2.1')).toBeDefined();
    expect(crowd.enter('192.0.2.1')).toBeUndefined();
    await clock.advance(1000);
    expect(crowd.enter('192.0.2.1')).toBeDefined();
  });

  it('takes all addresses of one IPv6 network for one source, however they are written', () => {
    expect(sourceOf('2001:0db8::5')).toBe('2001:db8:0:0::/64');
    expect(sourceOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(sourceOf('::1')).toBe('0:0:0:0::/64');
    expect(sourceOf('1:2:3:4:5:6:7:8')).toBe('1:2:3:4::/64');
    expect(sourceOf('192.0.2.1')).toBe('192.0.2.1');
  });
});
