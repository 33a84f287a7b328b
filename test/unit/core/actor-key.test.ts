import { describe, expect, it } from 'vitest';
import { actorKey, processKey } from '../../../src/core/actor-key.js';
import { actor } from '../../support/touches.js';

describe('actor key', () => {
  it('is the login where one is set, whatever the process', () => {
    const first = actor({ auditSession: 7, loginUid: 1000 });
    const second = actor({
      auditSession: 7,
      loginUid: 1000,
      process: { pid: 9 },
      posixSession: 5,
      ancestors: [],
    });
    expect(actorKey(first)).toBe(actorKey(second));
    expect(actorKey(actor({ auditSession: 8, loginUid: 1000 }))).not.toBe(actorKey(first));
  });

  it('is the POSIX session without a login', () => {
    const cat = actor();
    const cp = actor({ process: { pid: 999, startedAtNs: 9n } });
    expect(actorKey(cat)).toBe(actorKey(cp));
  });

  it('tells a session leader from a later one with the same pid', () => {
    const later = actor({ ancestors: [{ pid: 800, startedAtNs: 99_000_000_000n }] });
    expect(actorKey(later)).not.toBe(actorKey(actor()));
  });

  it('is the process where there is no session, and one for all that nobody could name', () => {
    const { posixSession: _, ...alone } = actor();
    expect(actorKey(alone)).toBe(`process:${processKey(alone.process)}`);
    expect(actorKey({ certainty: 'unknown', ancestors: [] })).toBe('unknown');
  });

  it('holds the times of kernel and /proc for the same process', () => {
    expect(processKey({ pid: 5, startedAtNs: 1_234_567_890n })).toBe(
      processKey({ pid: 5, startedAtNs: 1_230_000_000n }),
    );
    expect(processKey({ pid: 5, startedAtNs: 1_240_000_000n })).not.toBe(
      processKey({ pid: 5, startedAtNs: 1_230_000_000n }),
    );
  });
});
