import type { Clock } from '../../core/ports/clock.js';
import { printableText } from '../../core/printable.js';

/** The first touches follow each other fast: the watches are there within milliseconds. */
const eagerMs = 50;

export interface HeartbeatOptions {
  /** The touch of the daemon's own that must come back. */
  readonly touch: () => Promise<void>;
  readonly clock: Clock;
  /** Time in ms between two touches, and the longest time until one is answered. */
  readonly intervalMs: number;
  /** Longest time in ms until the first answer. */
  readonly proofMs: number;
  readonly onFirst: () => void;
  /** Called when an answer is overdue or the touch fails; nothing follows it. */
  readonly onSilence: (reason: string) => void;
}

/** Touches the probe again and again, and notices when its event stays away. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #answers = 0;
  #answeredAtNs: bigint | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Time of the last answer, ns since the Unix epoch. */
  get answeredAtNs(): bigint | undefined {
    return this.#answeredAtNs;
  }

  start(): void {
    void this.#beat(this.#options.proofMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** To be called at every event of the probe. */
  answered(): void {
    this.#answers += 1;
    this.#answeredAtNs = this.#options.clock.nowNs();
    if (this.#answers === 1 && !this.#stopped) this.#options.onFirst();
  }

  async #beat(leftMs: number): Promise<void> {
    const answersBefore = this.#answers;
    const { intervalMs, onSilence } = this.#options;
    try {
      await this.#options.touch();
    } catch (error) {
      if (!this.#stopped) onSilence(`the probe file cannot be opened: ${printableText(String(error))}`);
      return;
    }
    if (this.#stopped) return;
    const delayMs = this.#answers === 0 ? Math.min(eagerMs, intervalMs) : intervalMs;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      // A blocked event loop runs its timers before it reads: an answer may lie in the pipe.
      setImmediate(() => this.#judge(answersBefore, leftMs - delayMs));
    });
  }

  #judge(answersBefore: number, leftMs: number): void {
    if (this.#stopped) return;
    const { intervalMs, proofMs, onSilence } = this.#options;
    if (this.#answers > answersBefore) void this.#beat(proofMs);
    else if (this.#answers > 0) onSilence(`inotifywait did not answer for ${intervalMs} ms`);
    else if (leftMs > 0) void this.#beat(leftMs);
    else onSilence(`inotifywait did not report the daemon's own touch within ${proofMs} ms`);
  }
}
