import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Libc } from '../../../../src/sensor/marks/libc.js';
import { OpenerContainment, unitsOf } from '../../../../src/sensor/marks/opener-containment.js';
import { ProcFiles } from '../../../../src/sensor/marks/proc-files.js';

describe('an opener in an exempt program', () => {
  const owner = { processId: 77, startedAtNs: 10_000_000n, parentId: 1, name: 'backup' };
  const libc = { pidfd_open: () => openSync('/dev/null', 'r'), pidfd_send_signal: () => 0 };
  let root: string;
  let program: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'opener-'));
    program = join(root, 'backup');
    writeFileSync(program, 'program');
    for (const pid of ['77', 'self']) mkdirSync(join(root, pid));
    symlinkSync(program, join(root, '77', 'exe'));
    writeFileSync(join(root, '77', 'status'), 'Name:\tbackup\nUid:\t34\t34\t34\t34\n');
    writeFileSync(join(root, '77', 'stat'), `77 (backup) R ${'1 '.repeat(18)}1 0`);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const mountedAs = (pid: string, device: string, type: string) => {
    const file = openSync(program, 'r');
    const [, mount] = /^mnt_id:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'latin1')) ?? [];
    closeSync(file);
    writeFileSync(join(root, pid, 'mountinfo'), `${mount} 1 ${device} / / rw - ${type} x rw\n`);
  };
  const held = (uid = 34) => {
    const containment = new OpenerContainment(libc as unknown as Libc, new ProcFiles(root), {
      level: 'inspect',
    });
    const { dev, ino } = statSync(program, { bigint: true });
    containment.exempt([{ device: dev, inode: ino, conditions: [{ uid, unit: undefined }] }]);
    return containment.hold(owner);
  };

  it('is let go under the conditions of the rule', () => {
    mountedAs('self', '254:0', 'ext4');
    expect(held()).toBeUndefined();
    expect(held(0)).toBe('stopped');
  });

  it('is let go in another mount namespace too', () => {
    mountedAs('77', '254:0', 'ext4');
    expect(held()).toBeUndefined();
  });

  it('is none where its file system may not answer, which is asked for nothing', () => {
    for (const type of ['fuse.evil', 'nfs4', 'overlay']) {
      mountedAs('77', '0:77', type);
      expect(held()).toBe('stopped');
    }
  });

  it('is none on a mount that nobody sees', () => {
    expect(held()).toBe('stopped');
  });
});

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
