import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TouchOp } from '../../core/touch.js';
import type { BootClock } from './boot-clock.js';

interface Touching {
  readonly beforeNs: bigint;
  readonly afterNs: bigint;
}

/**
 * The daemon's own file that it touches to prove that a touch comes through the whole line:
 * bpftrace prints that its probes are attached also when they are not.
 */
export class Probe {
  readonly path: string;
  readonly #nowNs: () => bigint;
  readonly #clock: BootClock;
  readonly #seen = new Set<TouchOp>();
  #last: Touching | undefined;
  #outstanding = 0;
  /** On the monotonic clock: setting the wall clock must not hide a silent sensor. */
  #unansweredSinceMs: number | undefined;
  #unansweredSinceNs: bigint | undefined;
  #answeredAtNs: bigint | undefined;

  constructor(path: string, nowNs: () => bigint, clock: BootClock) {
    this.path = path;
    this.#nowNs = nowNs;
    this.#clock = clock;
  }

  async create(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeFile(this.path, 'probe\n', { mode: 0o600 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Opens and reads the file, synchronously so that the time around it is short. */
  touch(): void {
    const beforeNs = this.#nowNs();
    const descriptor = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const afterNs = this.#nowNs();
    try {
      readSync(descriptor, Buffer.alloc(1), 0, 1, 0);
    } finally {
      closeSync(descriptor);
    }
    this.#last = { beforeNs, afterNs };
    this.#outstanding += 1;
    this.#unansweredSinceMs ??= performance.now();
    this.#unansweredSinceNs ??= afterNs;
  }

  /** The sensor saw the daemon touch its probe. */
  answered(op: TouchOp, kernelNs: bigint): void {
    this.#seen.add(op);
    if (op !== 'open') return;
    this.#unansweredSinceMs = undefined;
    this.#unansweredSinceNs = undefined;
    this.#answeredAtNs = this.#nowNs();
    // With more than one on the way it is not known which this is.
    if (this.#outstanding === 1 && this.#last !== undefined)
      this.#clock.observe(kernelNs, this.#last.beforeNs, this.#last.afterNs);
    this.#outstanding = 0;
  }

  /** Which operations have come through so far. */
  get seen(): ReadonlySet<TouchOp> {
    return this.#seen;
  }

  /** When a touch last came through, ns since the epoch. */
  get answeredAtNs(): bigint | undefined {
    return this.#answeredAtNs;
  }

  /** How long the oldest unanswered touch has been waiting, in ms. */
  get waitingMs(): number {
    return this.#unansweredSinceMs === undefined ? 0 : performance.now() - this.#unansweredSinceMs;
  }

  /** When the oldest unanswered touch was made, ns since the epoch. */
  get unansweredSinceNs(): bigint | undefined {
    return this.#unansweredSinceNs;
  }
}
