import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TouchOp } from '../../core/touch.js';
import type { BootClock } from './boot-clock.js';

/** What must come back of one touch of the probe: its registration, and what the hooks see. */
export type ProbeAnswer = 'registered' | TouchOp;

export interface ProbeOptions {
  readonly path: string;
  readonly nowNs: () => bigint;
  readonly clock: BootClock;
  /** Registers the file under the probe's slot. */
  readonly register: (path: string) => void;
}

/** Touches are further apart than this, and the clocks closer together. */
const toleranceNs = 5_000_000n;

/**
 * The daemon's own file that it touches to prove that a touch comes through the whole line:
 * bpftrace prints that its probes are attached also when they are not.
 */
export class Probe {
  readonly #options: ProbeOptions;
  #expected: readonly ProbeAnswer[] = ['registered'];
  readonly #seen = new Set<ProbeAnswer>();
  readonly #missing = new Set<ProbeAnswer>();
  #registering: { readonly beforeNs: bigint; readonly afterNs: bigint } | undefined;
  #outstanding = 0;
  /** On the monotonic clock: setting the wall clock must not hide a silent sensor. */
  #unansweredSinceMs: number | undefined;
  #unansweredSinceNs: bigint | undefined;
  #answeredAtNs: bigint | undefined;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  async create(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeFile(this.path, 'probe\n', { mode: 0o600 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  get path(): string {
    return this.#options.path;
  }

  /** What the hooks must see of a touch, beside the registration. */
  expect(ops: readonly TouchOp[]): void {
    this.#expected = ['registered', ...ops];
  }

  /** Registers, opens and reads the file, synchronously so that the time around it is short. */
  touch(): void {
    const { nowNs, register } = this.#options;
    const beforeNs = nowNs();
    register(this.path);
    const afterNs = nowNs();
    this.#registering = { beforeNs, afterNs };
    this.#outstanding += 1;
    if (this.#expected.length > 1) this.#read();
    this.#unansweredSinceMs ??= performance.now();
    this.#unansweredSinceNs ??= afterNs;
    for (const answer of this.#expected) this.#missing.add(answer);
  }

  /** The sensor told of the daemon's touch. */
  answered(answer: ProbeAnswer, kernelNs: bigint): void {
    if (answer === 'registered') this.#registered(kernelNs);
    this.#seen.add(answer);
    this.#missing.delete(answer);
    if (this.#missing.size > 0) return;
    this.#unansweredSinceMs = undefined;
    this.#unansweredSinceNs = undefined;
    this.#answeredAtNs = this.#options.nowNs();
  }

  /** Whether everything that is expected has come through so far. */
  get proven(): boolean {
    return this.#expected.every((answer) => this.#seen.has(answer));
  }

  /** What has not come back of the touches so far. */
  get missing(): readonly ProbeAnswer[] {
    return [...this.#missing];
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

  /** With more than one on the way it is not known which this is, unless the clock tells. */
  #registered(kernelNs: bigint): void {
    const latest = this.#registering;
    if (latest === undefined) return;
    const { clock } = this.#options;
    const atNs = clock.toEpochNs(kernelNs);
    const isLatest =
      atNs !== undefined && atNs > latest.beforeNs - toleranceNs && atNs < latest.afterNs + toleranceNs;
    if (isLatest || this.#outstanding === 1) clock.observe(kernelNs, latest.beforeNs, latest.afterNs);
    // Those made before the script was there are never answered.
    const isFirst = !this.#seen.has('registered');
    this.#outstanding = isLatest || isFirst ? 0 : Math.max(0, this.#outstanding - 1);
  }

  #read(): void {
    const descriptor = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      readSync(descriptor, Buffer.alloc(1), 0, 1, 0);
    } finally {
      closeSync(descriptor);
    }
  }
}
