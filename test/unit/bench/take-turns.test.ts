import { describe, expect, it } from 'vitest';
import { Missing } from '../../bench/item.js';
import { takeTurns } from '../../bench/turns/take-turns.js';
import type { Watcher } from '../../bench/watchers/watcher.js';
import type { Workspace } from '../../bench/workspace.js';

const workspace = {} as Workspace;

/** Watchers that leave a trace of every start, stop and block. */
function stage() {
  const trace: string[] = [];
  const watcher = (title: string, failure?: () => Error | undefined): Watcher => ({
    title,
    start: async () => {
      const error = failure?.();
      if (error !== undefined) throw error;
      trace.push(`+${title}`);
      return { stop: async () => void trace.push(`-${title}`) };
    },
  });
  let count = 0;
  const block = async () => {
    trace.push('block');
    count += 1;
    return { call: count };
  };
  return { trace, watcher, block };
}

const plan = { name: 'test', passes: 2, mostSeconds: 60 };

describe('turns', () => {
  it('go bare, with, with, bare; a bare block belongs to both turns beside it', async () => {
    const { trace, watcher, block } = stage();
    const columns = await takeTurns(workspace, {
      ...plan,
      passes: 1,
      watchers: [watcher('a'), watcher('b')],
      block,
    });
    const one = (name: string) => [`+${name}`, 'block', 'block', `-${name}`, 'block'];
    expect(trace).toEqual(['block', 'block', ...one('a'), ...one('b')]);
    const figures = (...[before, first, second, after]: [number, number, number, number]) => ({
      before: { call: before },
      first: { call: first },
      second: { call: second },
      after: { call: after },
    });
    expect(columns).toEqual([
      { title: 'a', turns: [figures(2, 3, 4, 5)] },
      { title: 'b', turns: [figures(5, 6, 7, 8)] },
    ]);
  });

  it('begin with another watcher in every pass', async () => {
    const { trace, watcher, block } = stage();
    await takeTurns(workspace, { ...plan, watchers: [watcher('a'), watcher('b')], block });
    expect(trace.filter((entry) => entry.startsWith('+'))).toEqual(['+a', '+b', '+b', '+a']);
  });

  it('go on without a watcher that does not run here, and say why', async () => {
    const { watcher, block } = stage();
    const watchers = [watcher('absent', () => new Missing('no such program')), watcher('b')];
    const [absent, b] = await takeTurns(workspace, { ...plan, watchers, block });
    expect(absent).toEqual({ title: 'absent', turns: [], missing: 'no such program' });
    expect(b?.turns).toHaveLength(2);
  });

  it('leave out a turn whose watcher did not start again, and say so', async () => {
    const { watcher, block } = stage();
    let starts = 0;
    const flaky = watcher('flaky', () => {
      starts += 1;
      return starts === 2 ? new Missing('too slow') : undefined;
    });
    const [column] = await takeTurns(workspace, { ...plan, passes: 3, watchers: [flaky], block });
    expect(column?.turns).toHaveLength(2);
    expect(column).toMatchObject({ failures: ['too slow'] });
    expect(column).not.toHaveProperty('missing');
  });

  it('end with an error when a watcher breaks instead of not running', async () => {
    const { watcher, block } = stage();
    const broken = watcher('broken', () => new Error('a rule is left'));
    await expect(takeTurns(workspace, { ...plan, watchers: [broken], block })).rejects.toThrow(
      'a rule is left',
    );
  });

  it('finish the first pass but begin no other when the time is over', async () => {
    const { watcher, block } = stage();
    const watchers = [watcher('a'), watcher('b')];
    const columns = await takeTurns(workspace, { ...plan, mostSeconds: 0, watchers, block });
    expect(columns.map(({ turns }) => turns.length)).toEqual([1, 1]);
  });
});
