/** Sends new connections from an address to the decoy instead of the host's own services. */
export interface Redirect {
  /**
   * Removes what an earlier run left and makes the rules, for nobody yet.
   * @throws RedirectUnavailable
   */
  start(): Promise<void>;
  /**
   * Redirects new TCP connections from an IPv4 or IPv6 address until then, in ms since the Unix epoch; established ones
   * go on as they were. Refused, with the reason in one line, is whoever must never be redirected. Never rejects.
   */
  add(source: string, untilMs: number): Promise<'added' | RedirectRefused>;
  /** Removes the rules, also those of an earlier run: may be called without `start`. Never rejects. */
  stop(): Promise<void>;
}

export interface RedirectRefused {
  readonly refused: string;
}

/** Nobody can be redirected here; the message says why in one line. */
export class RedirectUnavailable extends Error {
  override readonly name = 'RedirectUnavailable';
}
