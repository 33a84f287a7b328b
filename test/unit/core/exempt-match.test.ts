import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActorFacts,
  concerns,
  fulfils,
  type ProgramIdentity,
  type ResolvedExemption,
} from '../../../src/core/exempt-match.js';

const restic: ProgramIdentity = { device: 0xfe00000n, inode: 4711n };
const shell: ProgramIdentity = { device: 0xfe00000n, inode: 12n };
const timer: ProgramIdentity = { device: 0xfe00000n, inode: 1n };
const other: ProgramIdentity = { device: 0xfe00000n, inode: 4712n };

const strict: ResolvedExemption = {
  rule: {
    name: 'restic',
    executable: '/usr/bin/restic',
    uid: 0,
    unit: 'restic.service',
    parents: ['/bin/sh', '/sbin/init'],
  },
  programs: [restic],
  parents: [[shell], [timer]],
};

function facts(changed: Partial<ActorFacts> & { chain?: readonly ProgramIdentity[] } = {}): ActorFacts {
  const { chain = [shell, timer], ...rest } = changed;
  return {
    program: restic,
    uid: 0,
    isInUnit: (unit) => unit === 'restic.service',
    ancestor: (index) => chain[index],
    ...rest,
  };
}

describe('an exemption', () => {
  it('holds when everything that it asks for is so', () => expect(fulfils(strict, facts())).toBe(true));

  it.each<[string, ActorFacts]>([
    ['another program', facts({ program: other })],
    ['the same inode number on another device', facts({ program: { ...restic, device: 7n } })],
    ['a program that is not known', facts({ program: undefined })],
    ['another user', facts({ uid: 1000 })],
    ['a user that is not known', facts({ uid: undefined })],
    ['another unit', facts({ isInUnit: () => false })],
    ['another parent', facts({ chain: [other, timer] })],
    ['the parents in another order', facts({ chain: [timer, shell] })],
    ['fewer ancestors than asked for', facts({ chain: [shell] })],
  ])('does not hold for %s', (_, actor) => expect(fulfils(strict, actor)).toBe(false));

  it('compares as many ancestors as it gives', () => {
    expect(fulfils(strict, facts({ chain: [shell, timer, other] }))).toBe(true);
  });

  it('rests without a file, and without a file of a parent', () => {
    expect(fulfils({ ...strict, programs: [] }, facts())).toBe(false);
    expect(fulfils({ ...strict, parents: [[shell], []] }, facts())).toBe(false);
    expect(fulfils({ ...strict, parents: [] }, facts())).toBe(false);
  });

  it('holds for a program that was replaced while it runs', () => {
    expect(fulfils({ ...strict, programs: [other, restic] }, facts())).toBe(true);
  });

  it('tells files of one number apart by their subvolume', () => {
    const rule = { ...strict, programs: [{ ...restic, subvolume: 51n }] };
    expect(fulfils(rule, facts({ program: { ...restic, subvolume: 51n } }))).toBe(true);
    expect(fulfils(rule, facts({ program: { ...restic, subvolume: 52n } }))).toBe(false);
    expect(fulfils(rule, facts())).toBe(false);
  });

  it('asks nothing of the host about a program that it does not name', () => {
    const never = () => {
      throw new Error('asked');
    };
    expect(fulfils(strict, facts({ program: other, isInUnit: never, ancestor: never }))).toBe(false);
    expect(concerns(strict, other)).toBe(false);
    expect(concerns(strict, restic)).toBe(true);
  });

  it('never holds for more when it asks for more', () => {
    const small = fc.integer({ min: 0, max: 2 });
    const file = small.map((inode) => ({ device: 1n, inode: BigInt(inode) }));
    const files = fc.array(file, { maxLength: 2 });
    const chain = fc.array(file, { maxLength: 3 });
    fc.assert(
      fc.property(
        files,
        files,
        small,
        small,
        file,
        chain,
        (programs, parent, uid, actorUid, program, ancestors) => {
          const actor = facts({ program, uid: actorUid, chain: ancestors });
          const rule = { name: 'r', executable: '/x' };
          const loose = fulfils({ rule, programs, parents: [] }, actor);
          const byUser = fulfils({ rule: { ...rule, uid }, programs, parents: [] }, actor);
          const byParent = fulfils(
            { rule: { ...rule, uid, parents: ['/y'] }, programs, parents: [parent] },
            actor,
          );
          expect([byParent && !byUser, byUser && !loose]).toEqual([false, false]);
          expect(loose).toBe(programs.some(({ inode }) => inode === program.inode));
        },
      ),
    );
  });
});
