import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AncestryClimber } from '../../../src/process/ancestry-climber.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import type { ProcStat } from '../../../src/process/proc-stat.js';
import { ProcFixture } from './proc-fixture.js';

const at = (ticks: number) => BigInt(ticks) * 10_000_000n;
const soon = () => performance.now() + 5000;

let proc: ProcFixture;

beforeEach(async () => {
  proc = await ProcFixture.create();
  await proc.put({ pid: 1, parent: 0, start: 1, name: 'init' });
  await proc.put({ pid: 20, parent: 1, start: 60, name: 'bash' });
  await proc.put({ pid: 30, parent: 20, start: 60, name: 'cat' });
});
afterEach(() => proc.remove());

const pids = async (reader: ProcReader, start = 60) =>
  (await new AncestryClimber(reader).climb({ pid: 30, startedAtNs: at(start) }, soon())).map(
    ({ pid }) => pid,
  );

/** Lets something happen in the middle of a climb: at the given look at a process. */
class Changing extends ProcReader {
  readonly #stats: Map<number, (Partial<ProcStat> | undefined)[]>;

  constructor(stats: [number, (Partial<ProcStat> | undefined)[]][]) {
    super(proc.root);
    this.#stats = new Map(stats);
  }

  override statNow(pid: number): ProcStat | undefined {
    const stat = super.statNow(pid);
    const queue = this.#stats.get(pid) ?? [{}];
    const change = queue.length > 1 ? queue.shift() : queue[0];
    return stat && change && { ...stat, ...change };
  }
}

describe('AncestryClimber', () => {
  it('gives parent first, PID 1 last, with names and starts', async () => {
    const climber = new AncestryClimber(new ProcReader(proc.root));
    expect(await climber.climb({ pid: 30, startedAtNs: at(60) + 5n }, soon())).toEqual([
      { pid: 20, startedAtNs: at(60), name: 'bash' },
      { pid: 1, startedAtNs: at(1), name: 'init' },
    ]);
  });

  it('gives nothing for a process that is gone or another one', async () => {
    expect(await pids(new ProcReader(proc.root), 61)).toEqual([]);
    expect(await pids(new ProcReader('/no/such/proc'))).toEqual([]);
  });

  it('does not take a process for a parent that is younger than its child', async () => {
    // The parent died and its number was given to another process before it was looked at.
    expect(await pids(new Changing([[20, [{ startedAtNs: at(61) }]]]))).toEqual([]);
  });

  it('looks again at a child as old as its parent, which may have changed hands', async () => {
    expect(await pids(new Changing([[30, [{}, { parent: 1 }]]]))).toEqual([]);
    expect(await pids(new Changing([[30, [{}, undefined]]]))).toEqual([]);
    expect(await pids(new Changing([[30, [{}, {}]]]))).toEqual([20, 1]);
  });

  it('ends in time, with what it has by then, but climbs any tree of a usual depth', async () => {
    for (let pid = 100; pid < 260; pid += 1)
      await proc.put({ pid, parent: pid === 100 ? 20 : pid - 1, start: pid });
    const climber = new AncestryClimber(new ProcReader(proc.root));
    const late = async (pid: number) =>
      (await climber.climb({ pid, startedAtNs: at(pid) }, performance.now() - 1)).map((one) => one.pid);
    expect(await late(180)).toHaveLength(82);
    expect((await late(180)).at(-1)).toBe(1);
    expect((await late(259)).length).toBeLessThan(159);
  });

  it('ends in a chain that goes round in circles', async () => {
    await proc.put({ pid: 20, parent: 30, start: 60 });
    expect((await pids(new ProcReader(proc.root))).length).toBeLessThan(3);
  });
});
