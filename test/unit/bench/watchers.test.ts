import { describe, expect, it } from 'vitest';
import { telling } from '../../bench/watchers/child.js';
import { parseAuditStatus } from '../../bench/watchers/kernel-audit.js';

describe('the status of the kernel audit', () => {
  it('is read from what auditctl prints', () => {
    const text = 'enabled 1\nfailure 1\npid 4711\nrate_limit 0\nbacklog_limit 8192\nlost 3\nbacklog 0\n';
    expect(parseAuditStatus(text)).toEqual({ enabled: 1, pid: 4711, backlogLimit: 8192 });
  });

  it('is refused when a field is missing', () => {
    expect(() => parseAuditStatus('You must be root to run this program.')).toThrow('did not say enabled');
  });
});

describe('why a watcher does not run', () => {
  it('is the first line that it printed', () => {
    expect(telling('\nUnable to find headers. Try this.\nmore\n', 'Traceback:\nException: x\n')).toBe(
      'Unable to find headers. Try this.',
    );
  });

  it('is the last of its errors when it printed nothing, and never a control character', () => {
    expect(telling('\n', 'Traceback:\nException: \u001b[31mno\n')).toBe('Exception: \\x1b[31mno');
    expect(telling('', '')).toBe('it ended without a word');
  });
});
