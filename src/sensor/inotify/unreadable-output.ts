import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';

const quietMs = 1000;

/** Tells of output that made no sense, at most once a second, with how much there was. */
export class UnreadableOutput {
  readonly #clock: Clock;
  readonly #diagnostics: Diagnostics;
  #count = 0;
  #told = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, diagnostics: Diagnostics) {
    this.#clock = clock;
    this.#diagnostics = diagnostics;
  }

  /** Records seen so far that could not be read. */
  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
    if (this.#cancel === undefined) this.#tell();
  }

  /** No more timers. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tell(): void {
    this.#cancel = undefined;
    if (this.#count === this.#told) return;
    this.#told = this.#count;
    this.#diagnostics.warn('inotifywait printed what cannot be read', { records: this.#count });
    this.#cancel = this.#clock.after(quietMs, () => this.#tell());
  }
}
