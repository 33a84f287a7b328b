import type { ProcReader, Seat } from './proc-reader.js';
import type { ProcStat } from './proc-stat.js';
import type { ProcessIdentity } from './process-identity.js';
import { sameStart } from './start-time.js';

/** What a process was at one look; another look later tells whether it still is. */
export class Sitter {
  readonly #reader: ProcReader;
  readonly #identity: ProcessIdentity;
  /** Where to read: the process, or one of its threads when the first has ended. */
  readonly seat: Seat;
  readonly stat: ProcStat;

  private constructor(reader: ProcReader, identity: ProcessIdentity, seat: Seat, stat: ProcStat) {
    this.#reader = reader;
    this.#identity = identity;
    this.seat = seat;
    this.stat = stat;
  }

  /**
   * Undefined when the process is gone, or its number is another's. `threadId` may still run when the
   * first thread has ended: of that one /proc has neither program nor files.
   */
  static meet(reader: ProcReader, identity: ProcessIdentity, threadId?: number): Sitter | undefined {
    const { pid, startedAtNs } = identity;
    const stat = reader.statNow(pid);
    if (stat === undefined || !sameStart(stat.startedAtNs, startedAtNs)) return undefined;
    if (!isEnded(stat) || threadId === undefined || threadId === pid) {
      return new Sitter(reader, identity, pid, stat);
    }
    const seat = `${pid}/task/${threadId}`;
    const thread = reader.statNow(seat);
    if (thread === undefined || isEnded(thread)) return new Sitter(reader, identity, pid, stat);
    return new Sitter(reader, identity, seat, { ...thread, startedAtNs: stat.startedAtNs });
  }

  /** Whose the number is now, and whether the process has executed another program since. */
  look(): 'same' | 'another-program' | 'another' {
    const now = this.#now();
    if (now === undefined) return 'another';
    const hasEnded = isEnded(now) && !isEnded(this.stat);
    return now.stackStart === this.stat.stackStart && !hasEnded ? 'same' : 'another-program';
  }

  isSame(): boolean {
    return this.look() !== 'another';
  }

  runsSame(): boolean {
    return this.look() === 'same';
  }

  /** What `read` gives, when both before and after it the number is of the same process. */
  async ofSame<Result>(read: () => Result | Promise<Result>): Promise<Result | undefined> {
    if (!this.isSame()) return undefined;
    const result = await read();
    return this.isSame() ? result : undefined;
  }

  /** The same for what belongs to the program that it runs. */
  async ofProgram<Result>(read: () => Result | Promise<Result>): Promise<Result | undefined> {
    if (!this.runsSame()) return undefined;
    const result = await read();
    return this.runsSame() ? result : undefined;
  }

  #now(): ProcStat | undefined {
    const process = this.#reader.statNow(this.#identity.pid);
    if (process === undefined || !sameStart(process.startedAtNs, this.#identity.startedAtNs))
      return undefined;
    return this.seat === this.#identity.pid ? process : this.#reader.statNow(this.seat);
  }
}

/** A zombie, or on the way out of it. */
export function isEnded({ state }: ProcStat): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}
