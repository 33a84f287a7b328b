/** A processor whose heartbeat is older than the newest by so much is taken for switched off. */
const offlineNs = 10_000_000_000n;

/**
 * Tells a sensor that is blind from one that is busy: behind a flood of touches the answer to the
 * probe waits in the pipe, and a restart would lose exactly what the flood wants to hide.
 */
export class Pulse {
  readonly #heartbeats = new Map<number, bigint>();
  #lastLineMs: number;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#lastLineMs = nowMs();
  }

  /** Any line arrived. */
  line(): void {
    this.#lastLineMs = this.#nowMs();
  }

  /** A processor printed something: nothing is complete before a heartbeat of its own has arrived. */
  printed(cpu: number): void {
    if (!this.#heartbeats.has(cpu)) this.#heartbeats.set(cpu, 0n);
  }

  heartbeat(cpu: number, kernelNs: bigint): void {
    this.#heartbeats.set(cpu, kernelNs);
  }

  /** How long nothing at all has arrived, in ms. */
  get silentMs(): number {
    return this.#nowMs() - this.#lastLineMs;
  }

  /**
   * Up to which moment of the kernel's clock everything has arrived: lines of one processor come in
   * order, so it is the oldest of the latest heartbeats.
   */
  get completeUntilNs(): bigint | undefined {
    const all = [...this.#heartbeats.values()];
    if (all.length === 0 || all.includes(0n)) return undefined;
    const newest = all.reduce((one, other) => (one > other ? one : other));
    return all.filter((one) => newest - one < offlineNs).reduce((one, other) => (one < other ? one : other));
  }
}
