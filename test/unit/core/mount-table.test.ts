import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMount, mayNotAnswer, parseOpenFile } from '../../../src/core/mount-table.js';

const own = [
  '24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw',
  '90 24 0:51 / /var/lib/docker/overlay2/ab/merged rw shared:2 - overlay overlay rw,lowerdir=/l',
  '',
].join('\n');

describe('a table of mounts', () => {
  it('gives device and type of a mount, whatever optional fields there are', () => {
    expect(findMount(own, '24')).toEqual({ device: '254:0', type: 'ext4' });
    expect(findMount('7 1 0:44 / /mnt rw - fuse.sshfs a@b:/ rw\n', '7')).toEqual({
      device: '0:44',
      type: 'fuse.sshfs',
    });
    expect(findMount(own, '2')).toBeUndefined();
    expect(findMount(own, '')).toBeUndefined();
  });

  it('has no mount in a line that was cut off, whose type would be another', () => {
    expect(findMount('7 1 0:44 / /mnt rw - fus', '7')).toBeUndefined();
    expect(findMount('6 1 0:1 / / rw - ext4 x rw\n7 1 0:44 / /mnt rw - overla', '7')).toBeUndefined();
  });

  it('throws at nothing', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (table, id) => void findMount(table, id)));
    fc.assert(fc.property(fc.string(), (fdinfo) => void parseOpenFile(fdinfo)));
  });
});

describe('a file system that may not answer', () => {
  it.each(['fuse', 'fuse.sshfs', 'fuseblk', 'nfs4', '9p', 'cifs', 'smb3', 'autofs'])('is %s', (type) => {
    expect(mayNotAnswer({ device: '0:51', type }, own)).toBe(true);
  });

  it('is none that the kernel serves alone', () => {
    for (const type of ['ext4', 'btrfs', 'tmpfs', 'xfs', 'squashfs'])
      expect(mayNotAnswer({ device: '0:99', type }, own)).toBe(false);
  });

  it('is an overlay that somebody mounted where the daemon does not see it', () => {
    for (const type of ['overlay', 'ecryptfs']) {
      expect(mayNotAnswer({ device: '0:52', type }, own)).toBe(true);
      expect(mayNotAnswer({ device: '0:52', type }, '')).toBe(true);
    }
  });

  it('is no overlay of a container engine, which the daemon sees too', () => {
    expect(mayNotAnswer({ device: '0:51', type: 'overlay' }, own)).toBe(false);
  });
});

describe('an open file', () => {
  it('has its inode and its mount from fdinfo', () => {
    expect(parseOpenFile('pos:\t0\nflags:\t012000000\nmnt_id:\t24\nino:\t1234\n')).toEqual({
      inode: 1234n,
      mount: '24',
    });
    expect(parseOpenFile('pos:\t0\nflags:\t012000000\nmnt_id:\t24\n')).toEqual({ mount: '24' });
    expect(parseOpenFile('')).toEqual({ mount: '' });
  });
});
