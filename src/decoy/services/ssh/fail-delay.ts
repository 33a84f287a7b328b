import { createHash, randomBytes } from 'node:crypto';

/** What pam_unix asks for after a wrong password, ms (`pam_fail_delay(pamh, 2000000)` in its support.c). */
const pamDelayMs = 2000;
/** sshd takes no longer than this for its own part (MAX_FAIL_DELAY_SECONDS of auth2.c). */
const mostOwnDelayMs = 5000;

/**
 * How long a refusal takes, ms. libpam varies its delay by up to a half (the mean of three random numbers, see
 * `_pam_compute_delay` of pam_delay.c). sshd then waits until a time of its own for the user name, doubled as
 * often as needed (`ensure_minimum_time_since` and `user_specific_delay` of auth2.c): refusals of one name take one
 * of two or three times, which a visitor can measure.
 */
export class FailDelay {
  readonly #secret: string;
  readonly #random: () => number;

  constructor(
    random: () => number = Math.random,
    secret: string = randomBytes(8).readBigUInt64BE().toString(),
  ) {
    this.#random = random;
    this.#secret = secret;
  }

  /** Of a password that PAM was asked about. */
  ofPassword(user: string): number {
    const varied = (this.#random() + this.#random() + this.#random()) / 3 - 0.5;
    return this.#untilOwnTime(pamDelayMs * (1 + varied), user);
  }

  /** Of anything that sshd refuses by itself: a key, an empty password. */
  ofOther(user: string): number {
    return this.#untilOwnTime(0, user);
  }

  #untilOwnTime(elapsedMs: number, user: string): number {
    if (elapsedMs > mostOwnDelayMs) return elapsedMs;
    // 5 ms, and up to 4.3 ms by name.
    const hash = createHash('sha512').update(this.#secret).update(user).digest();
    let ownMs = 5 + hash.readUInt32BE() / 1e9;
    while (ownMs < elapsedMs) ownMs *= 2;
    return ownMs;
  }
}
