import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthContext, Connection } from 'ssh2';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import { printableText } from '../../../core/printable.js';
import type { VisitDesk } from '../service.js';
import type { FailDelay } from './fail-delay.js';
import type { Wire } from './wire.js';

/** What Debian's sshd offers: KbdInteractiveAuthentication is off in its sshd_config. */
const offeredMethods: Parameters<AuthContext['reject']>[0] = ['publickey', 'password'];
/** sshd's MaxAuthTries. */
const mostFailures = 6;
/** sshd's MAX_PASSWORD_LEN: longer ones are wrong without anybody looking. */
const longestPassword = 1024;

/** Answers the login requests of one connection until one is right, as sshd does. */
export class LoginDesk {
  readonly #desk: VisitDesk;
  readonly #wire: Wire;
  readonly #delay: FailDelay;
  readonly #timers = new Set<NodeJS.Timeout>();
  #requests = 0;
  #failures = 0;
  #user: string | undefined;

  constructor(desk: VisitDesk, wire: Wire, delay: FailDelay) {
    this.#desk = desk;
    this.#wire = wire;
    this.#delay = delay;
  }

  /** Who has come in; undefined before. */
  get user(): string | undefined {
    return this.#user;
  }

  receive(connection: Connection): void {
    connection.on('authentication', (context) => this.#answer(context));
    connection.on('close', () => {
      for (const timer of this.#timers) clearTimeout(timer);
    });
  }

  #answer(context: AuthContext): void {
    this.#requests += 1;
    // The first `none` asks for the list of methods and counts for nothing (`userauth_finish` of auth2.c).
    if (context.method === 'none' && this.#requests === 1) context.reject(offeredMethods);
    else if (context.method === 'password') this.#judge(context, context.password);
    // Keyboard-interactive too: Debian's sshd has KbdInteractiveAuthentication off.
    else this.#refuse(context, this.#delay.ofOther(context.username));
  }

  /** `password` is an object where the visitor asks to change it, which is refused as sshd does. */
  #judge(context: AuthContext, password: unknown): void {
    if (typeof password !== 'string' || password === '' || password.length > longestPassword) {
      this.#refuse(context, this.#delay.ofOther(context.username));
      return;
    }
    const login = loginWith(password, this.#desk.loginsOf(context.username));
    if (!login) {
      this.#refuse(context, this.#delay.ofPassword(context.username));
    } else if (this.#user === undefined) {
      this.#user = login.user;
      this.#desk.admitted(login);
      context.accept();
    }
  }

  #refuse(context: AuthContext, delayMs: number): void {
    this.#desk.refused({
      user: printableText(context.username.slice(0, 256)).slice(0, 256),
      method: context.method,
    });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#wire.alive) return;
      this.#failures += 1;
      if (this.#failures >= mostFailures) this.#wire.disconnect('Too many authentication failures');
      else context.reject(offeredMethods);
    }, delayMs);
    this.#timers.add(timer);
  }
}

/** Each is compared in full, in constant time. */
function loginWith(password: string, logins: readonly DecoyLogin[]): DecoyLogin | undefined {
  const shown = digest(password);
  let found: DecoyLogin | undefined;
  for (const login of logins) if (timingSafeEqual(shown, digest(login.password))) found ??= login;
  return found;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
