import { randomBytes } from 'node:crypto';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';

const name = 'console_session';
const idleMs = 30 * 60_000;
const keptMs = 8 * 3_600_000;
/** The oldest goes: whoever logs in for ever fills no memory. */
const mostSessions = 500;

interface Session {
  readonly login: DecoyLogin;
  readonly keeps: boolean;
  untilMs: number;
}

/** Who is logged in, by the cookie of the browser. Ends with the process. */
export class ConsoleSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Value of a Set-Cookie header. */
  begin(login: DecoyLogin, keeps: boolean): string {
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, { login, keeps, untilMs: this.#nowMs() + (keeps ? keptMs : idleMs) });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= mostSessions) break;
      this.#sessions.delete(oldest);
    }
    return cookie(id, keeps ? keptMs : undefined);
  }

  /** The login of a Cookie header; undefined when it has none that is valid. */
  loginOf(header: string | undefined): DecoyLogin | undefined {
    const [id, session] = this.#find(header);
    if (id === undefined || session === undefined) return undefined;
    if (session.untilMs < this.#nowMs()) {
      this.#sessions.delete(id);
      return undefined;
    }
    if (!session.keeps) session.untilMs = this.#nowMs() + idleMs;
    return session.login;
  }

  /** Value of a Set-Cookie header that takes the cookie away. */
  end(header: string | undefined): string {
    const [id] = this.#find(header);
    if (id !== undefined) this.#sessions.delete(id);
    return cookie('', 0);
  }

  #find(header: string | undefined): [string | undefined, Session | undefined] {
    for (const pair of header?.split(';', 64) ?? []) {
      const [key, value] = pair.trim().split('=', 2);
      if (key === name && value !== undefined) return [value, this.#sessions.get(value)];
    }
    return [undefined, undefined];
  }
}

function cookie(value: string, maxAgeMs: number | undefined): string {
  const age = maxAgeMs === undefined ? '' : `; Max-Age=${maxAgeMs / 1000}`;
  return `${name}=${value}${age}; Path=/; HttpOnly; SameSite=Lax`;
}
