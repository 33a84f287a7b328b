import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complaintAbout } from '../../../src/core/root-only-path.js';

interface Entry {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly link?: string;
}

/** A host whose folders and files are root's, but for what is given. */
function host(entries: Readonly<Record<string, Entry>>) {
  return {
    lstat: async (path: string) => {
      const { uid = 0, gid = 0, mode = 0o755, link } = entries[path] ?? {};
      return { uid, gid, mode: link === undefined ? mode : 0o777, isSymbolicLink: () => link !== undefined };
    },
    readlink: async (path: string) => entries[path]?.link ?? '',
  };
}

describe('a path that root alone decides about', () => {
  it('has no folder, link or file on its way that another may change', async () => {
    expect(await complaintAbout('/usr/bin/restic', host({}))).toBeUndefined();
    expect(await complaintAbout('/opt/x', host({ '/opt/x': { uid: 1000 } }))).toBe(
      '/opt/x belongs to uid 1000',
    );
    const everybody = host({ '/tmp': { mode: 0o1777 } });
    expect(await complaintAbout('/tmp/a/b', everybody)).toBe('/tmp can be written by everybody');
    const staff = host({ '/usr/local': { mode: 0o2775, gid: 50 } });
    expect(await complaintAbout('/usr/local/bin/x', staff)).toBe('/usr/local can be written by group 50');
    expect(await complaintAbout('/x', host({ '/': { uid: 7 } }))).toBe('/ belongs to uid 7');
  });

  it('is followed through links, and what they lead through is looked at', async () => {
    const files = host({
      '/bin': { link: 'usr/bin' },
      '/usr/bin/up': { link: '../../srv/./tool' },
      '/srv/tool': { link: '/home/eve/tool' },
      '/home/eve': { uid: 1000 },
      '/usr/bin/mine': { uid: 1000, link: '/usr/bin/cat' },
    });
    expect(await complaintAbout('/bin/cat', files)).toBeUndefined();
    expect(await complaintAbout('/bin/up', files)).toBe('/home/eve belongs to uid 1000');
    expect(await complaintAbout('/bin/mine', files)).toBe('/usr/bin/mine belongs to uid 1000');
    expect(await complaintAbout('/../home/../bin/cat', files)).toBeUndefined();
  });

  it('is none in a circle of links', async () => {
    const files = host({ '/a': { link: 'b' }, '/b': { link: '/a' } });
    await expect(complaintAbout('/a', files)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('ends for any path and any link', async () => {
    const part = fc.constantFrom('.', '..', 'a', 'b', '');
    const path = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`);
    await fc.assert(
      fc.asyncProperty(path, path, async (at, link) => {
        await complaintAbout(at, host({ '/a': { link } })).catch((error) => {
          expect(error.code).toBe('ELOOP');
        });
      }),
    );
  });
});
