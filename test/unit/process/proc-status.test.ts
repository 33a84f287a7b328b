import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuditId, parseCredentials } from '../../../src/process/proc-status.js';

describe('parseCredentials', () => {
  it('tells the real ids, and the effective ones where they differ', () => {
    const status = 'Name:\tsudo\nUmask:\t0022\nUid:\t1000\t0\t0\t0\nGid:\t1001\t0\t0\t0\n';
    expect(parseCredentials(Buffer.from(status))).toEqual({
      uid: 1000,
      gid: 1001,
      effectiveUid: 0,
      effectiveGid: 0,
    });
    const plain = 'Uid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\n';
    expect(parseCredentials(Buffer.from(plain))).toEqual({ uid: 1000, gid: 1001 });
  });

  it('is not misled by a name that looks like another line', () => {
    const status = 'Name:\tx\\nUid:\t0\t0\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\n';
    expect(parseCredentials(Buffer.from(status))).toEqual({ uid: 1000, gid: 1000 });
  });

  it('refuses what has no ids, and never throws', () => {
    expect(parseCredentials(Buffer.from('Name:\tx\n'))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array(), (content) => void parseCredentials(Buffer.from(content))));
  });
});

describe('parseAuditId', () => {
  it.each([
    ['1000', 1000],
    ['0', 0],
    ['17\n', 17],
    ['4294967295', undefined],
    ['-1', undefined],
    ['', undefined],
    ['1000 1', undefined],
  ])('reads %j as %s', (content, id) => {
    expect(parseAuditId(Buffer.from(content))).toBe(id);
  });
});
