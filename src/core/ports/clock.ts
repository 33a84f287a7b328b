/** Time and timers, so that the core can be tested without waiting. */
export interface Clock {
  /** ns since the Unix epoch. */
  nowNs(): bigint;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
}
