import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedUnit } from '../../../src/core/exempt-unit.js';

describe('the unit that a rule may rely on', () => {
  it.each([
    ['/system.slice/restic.service', 'restic.service'],
    ['/system.slice/restic.service/payload', 'restic.service'],
    ['/system.slice/system-borg.slice/borg@home.service', 'borg@home.service'],
    ['/system.slice/_cgroup.service', 'cgroup.service'],
    ['/backup.slice/borg.service', 'borg.service'],
    ['/init.scope', 'init.scope'],
  ])('%s: %s', (path, unit) => expect(trustedUnit(path)).toBe(unit));

  it.each([
    ['a user calls their own so', '/user.slice/user-1000.slice/user@1000.service/app.slice/restic.service'],
    ['it is a login', '/user.slice/user-1000.slice/session-3.scope'],
    ['a container calls it so', '/docker/0123/system.slice/restic.service'],
    ['it is outside of what is seen', '/../system.slice/restic.service'],
    ['it is no service', '/system.slice/dbus.socket'],
    ['there is no path', 'restic.service'],
    ['there is no name', '/system.slice/.service'],
    ['it is the root', '/'],
    ['it is empty', ''],
  ])('is none when %s', (_, path) => expect(trustedUnit(path)).toBeUndefined());

  it('is never named by what lies below another unit or below user.slice', () => {
    const below = fc.array(fc.stringMatching(/^[a-z.@-]{1,12}$/), { maxLength: 4 });
    fc.assert(
      fc.property(below, (names) => {
        const rest = [...names, 'restic.service'].join('/');
        expect(trustedUnit(`/system.slice/web.service/${rest}`)).toBe('web.service');
        expect(trustedUnit(`/user.slice/${rest}`)).toBeUndefined();
      }),
    );
  });
});
