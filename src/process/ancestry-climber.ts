import type { ProcessFacts } from '../core/actor.js';
import { nextTurn } from './next-turn.js';
import type { ProcReader } from './proc-reader.js';
import type { ProcStat } from './proc-stat.js';
import type { ProcessIdentity } from './process-identity.js';
import { nsPerTick, sameStart } from './start-time.js';

/** A user may start a million processes, each the child of the one before. */
const mostSteps = 4096;

/** These are a ms or two. */
const assuredSteps = 100;

/** For at most this long a climb keeps the event loop from everything else. */
const sliceMs = 2;

/** Finds ancestors by `/proc/PID/stat` alone, which is cheap enough for trees of any real depth. */
export class AncestryClimber {
  readonly #reader: ProcReader;
  #last: Promise<unknown> = Promise.resolve();

  constructor(reader: ProcReader) {
    this.#reader = reader;
  }

  /**
   * Pid, start and name of the parent and all above, PID 1 last. It is not reached when a process
   * has gone, or at `until` on the clock of `performance.now()`; but the first hundred steps are
   * always taken, so that a busy machine shortens no tree of any usual depth.
   */
  async climb(child: ProcessIdentity, until: number): Promise<ProcessFacts[]> {
    const climb = new Climb(this.#reader, child);
    do await this.#slice(climb, until);
    while (!climb.ended && performance.now() < until);
    return climb.ancestors;
  }

  /** Climbs take turns: a tree built to be deep must not keep the others waiting. */
  #slice(climb: Climb, until: number): Promise<void> {
    const slice = this.#last.then(() => climb.go(Math.min(performance.now() + sliceMs, until)));
    this.#last = slice.then(nextTurn, nextTurn);
    return slice;
  }
}

/** One way up, which can be gone in pieces. */
class Climb {
  readonly ancestors: ProcessFacts[] = [];
  ended = false;
  readonly #reader: ProcReader;
  readonly #passed = new Set<number>();
  #from: ProcessIdentity;
  #stat: ProcStat | undefined;

  constructor(reader: ProcReader, from: ProcessIdentity) {
    this.#reader = reader;
    this.#from = from;
  }

  go(until: number): void {
    while (!this.ended && (this.ancestors.length < assuredSteps || performance.now() < until)) {
      if (!this.#step()) this.ended = true;
    }
  }

  /** False at the end of the way. */
  #step(): boolean {
    const { pid, startedAtNs } = this.#from;
    const stat = this.#stat ?? this.#reader.statNow(pid);
    if (pid === 1 || !stat || !sameStart(stat.startedAtNs, startedAtNs)) return false;
    this.#passed.add(pid);
    if (stat.parent < 1 || this.#passed.has(stat.parent) || this.ancestors.length >= mostSteps) return false;
    const parent = this.#reader.statNow(stat.parent);
    if (parent === undefined || !this.#isParent(parent, stat)) return false;
    this.#from = { pid: stat.parent, startedAtNs: parent.startedAtNs };
    this.#stat = parent;
    this.ancestors.push({ ...this.#from, name: parent.name });
    return true;
  }

  /**
   * Between the two looks the parent may have died and its number gone to another process. That one
   * is younger than the child; where /proc's clock cannot tell, the child is asked again, for a
   * parent's death gives it another parent.
   */
  #isParent(parent: ProcStat, child: ProcStat): boolean {
    const [parentTick, childTick] = [parent.startedAtNs / nsPerTick, child.startedAtNs / nsPerTick];
    if (parentTick !== childTick) return parentTick < childTick;
    const again = this.#reader.statNow(this.#from.pid);
    return (
      again !== undefined && again.parent === child.parent && sameStart(again.startedAtNs, child.startedAtNs)
    );
  }
}
