import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import { ancestorsOfSession } from '../../../src/core/own-session.js';

const of = (posixSession: number | undefined, ...chain: [pid: number, uid: number][]): number[] => {
  const [process, ...ancestors] = chain.map(([pid, uid]) => ({ pid, uid }));
  const actor: Actor = {
    certainty: 'kernel',
    ancestors,
    ...(process && { process }),
    ...(posixSession !== undefined && { posixSession }),
  };
  return ancestorsOfSession(actor).map(({ pid }) => pid);
};

describe('ancestors of the same session', () => {
  it('go up to the leader of the session', () => {
    expect(of(70, [90, 1000], [80, 1000], [70, 1000], [60, 0], [1, 0])).toEqual([80, 70]);
  });

  it('end before another user', () => {
    expect(of(60, [90, 1000], [80, 1000], [70, 0], [60, 0], [1, 0])).toEqual([80]);
  });

  it('are none of a leader, nor where the session or its leader is unknown', () => {
    expect(of(90, [90, 0], [80, 0], [1, 0])).toEqual([]);
    expect(of(undefined, [90, 0], [80, 0], [1, 0])).toEqual([]);
    expect(of(50, [90, 0], [80, 0], [1, 0])).toEqual([]);
    expect(of(50)).toEqual([]);
  });

  it('never reach PID 1', () => {
    expect(of(1, [90, 0], [80, 0], [1, 0])).toEqual([80]);
  });
});
