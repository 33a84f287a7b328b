import { describe, expect, it } from 'vitest';
import { unitsOf } from '../../../../src/sensor/marks/opener-containment.js';

describe('units of a process', () => {
  it('are the innermost cgroup of systemd, in both versions', () => {
    expect([...unitsOf('0::/system.slice/restic.service\n')]).toEqual(['restic.service']);
    expect([...unitsOf('0::/system.slice/system-x.slice/x@1.service\n')]).toEqual(['x@1.service']);
    const both = '5:devices:/other\n1:name=systemd:/system.slice/borg.service\n0::/\n';
    expect([...unitsOf(both)]).toEqual(['borg.service']);
  });

  it('are none of those that a user makes with a manager of its own', () => {
    const own = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/restic.service\n';
    expect([...unitsOf(own)]).toEqual([]);
    expect([...unitsOf('')]).toEqual([]);
  });
});
