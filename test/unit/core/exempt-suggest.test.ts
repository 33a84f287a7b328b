import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objection, ReaderGroups, type SeenReader, suggestedRule } from '../../../src/core/exempt-suggest.js';

function reader(facts: Partial<SeenReader> = {}): SeenReader {
  return {
    executable: '/usr/bin/restic',
    uid: 0,
    parents: ['/usr/bin/dash', '/usr/sbin/cron'],
    touches: 2,
    first: '2026-11-23T02:00:00.000000Z',
    last: '2026-11-23T02:00:01.000000Z',
    traps: new Set(['/srv/a']),
    ...facts,
  };
}

describe('groups of readers', () => {
  it('are of one program, user, unit and chain of parents', () => {
    const groups = new ReaderGroups();
    for (const facts of [{}, {}, { uid: 1 }, { unit: 'a.service' }, { parents: [] }, { executable: '/x' }])
      groups.add(reader(facts));
    expect(groups.inOrder().map(({ processes }) => processes)).toEqual([2, 1, 1, 1, 1]);
  });

  it('count touches and traps, and tell the first and last time', () => {
    const groups = new ReaderGroups();
    groups.add(reader({ traps: new Set(['/srv/b']) }));
    groups.add(reader({ first: '2026-11-22T02:00:00.000000Z', touches: 5 }));
    expect(groups.inOrder()).toMatchObject([
      {
        touches: 7,
        first: '2026-11-22T02:00:00.000000Z',
        last: '2026-11-23T02:00:01.000000Z',
        traps: new Set(['/srv/a', '/srv/b']),
      },
    ]);
  });

  it('are bounded, and tell what was left out', () => {
    const groups = new ReaderGroups();
    for (let uid = 0; uid < 1500; uid += 1) groups.add(reader({ uid }));
    expect([groups.inOrder().length, groups.omitted]).toEqual([1000, 500]);
  });

  it('leave no touch out, in whatever order processes come', () => {
    const one = fc.record({ uid: fc.nat(3), touches: fc.integer({ min: 1, max: 99 }) });
    fc.assert(
      fc.property(fc.array(one), (all) => {
        const groups = new ReaderGroups();
        for (const facts of all) groups.add(reader(facts));
        const told = groups.inOrder().reduce((sum, { touches }) => sum + touches, 0);
        expect(told).toBe(all.reduce((sum, { touches }) => sum + touches, 0));
      }),
    );
  });
});

describe('a suggested rule', () => {
  it.each([
    'bash',
    'sh',
    'dash',
    'python3',
    'python3.11',
    'perl',
    'perl5.36.0',
    'node',
    'ruby3.1',
    'busybox',
    'mawk',
  ])('is none for the interpreter %s without a unit, and may be one with it', (name) => {
    expect(objection(`/usr/bin/${name}`, undefined)).toMatch(/runs whatever it is given/);
    expect(objection(`/usr/bin/${name}`, 'borg.service')).toBeUndefined();
  });

  it.each([
    'cat',
    'cp',
    'tar',
    'rsync',
    'grep',
    'find',
    'vim.basic',
  ])('is none for %s, which everybody uses', (name) => {
    expect(objection(`/usr/bin/${name}`, undefined)).toMatch(/what an intruder uses/);
  });

  it.each([
    'restic',
    'updatedb.plocate',
    'clamscan',
    'aide',
    'borgmatic',
    'shred-logs',
    'catalog',
  ])('may be one for %s', (name) => {
    expect(objection(`/usr/bin/${name}`, undefined)).toBeUndefined();
  });

  it('asks for the unit where there is one, else for the parents', () => {
    const groups = new ReaderGroups();
    groups.add(reader());
    groups.add(reader({ unit: 'restic.service' }));
    const taken = new Set<string>();
    const [cron, unit] = groups.inOrder().map((group) => suggestedRule(group, group.executable, taken));
    expect(cron).toEqual({
      name: 'restic of uid 0',
      executable: '/usr/bin/restic',
      uid: 0,
      parents: ['/usr/bin/dash', '/usr/sbin/cron'],
    });
    expect(unit).toEqual({
      name: 'restic in restic.service',
      executable: '/usr/bin/restic',
      uid: 0,
      unit: 'restic.service',
    });
  });

  it('has a name that a configuration takes, and its own', () => {
    const taken = new Set<string>();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), fc.nat(), (name, uid) => {
        const groups = new ReaderGroups();
        groups.add(reader({ uid }));
        const before = taken.size;
        const rule = suggestedRule(groups.inOrder()[0] as never, `/${name}`, taken);
        expect(rule.name).toMatch(/^[\w .-]{1,80}$/);
        expect(taken.size).toBe(before + 1);
      }),
    );
  });
});
