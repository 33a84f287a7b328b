import type { GuestTerminal } from '../../../core/decoy/guest.js';

/** sshd's own bound (MAX_ENV of session.c is 128); nobody sends more than a dozen. */
const mostVariables = 32;
const longestValue = 256;
const mostCells = 4096;

/** The terminal as a visitor asked for it; what is out of bounds becomes what a terminal mostly is. */
export function terminalOf(type: unknown, columns: unknown, rows: unknown): GuestTerminal {
  const named = typeof type === 'string' && /^[A-Za-z0-9.+-]{1,64}$/.test(type);
  return { type: named ? type : 'dumb', columns: cells(columns, 80), rows: cells(rows, 24) };
}

/** A width or a height in characters. */
export function cells(asked: unknown, usual: number): number {
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 1) return usual;
  return Math.min(asked, mostCells);
}

/** The variables that Debian's sshd takes over: `AcceptEnv LANG LC_*`. */
export class AcceptedEnvironment {
  readonly #values = new Map<string, string>();

  /** Whether it is taken. */
  accept(name: unknown, value: unknown): boolean {
    if (typeof name !== 'string' || typeof value !== 'string') return false;
    if (!/^(LANG|LC_[A-Z0-9_]{1,32})$/.test(name)) return false;
    if (!/^[\x20-\x7e]*$/.test(value) || value.length > longestValue) return false;
    if (this.#values.size >= mostVariables && !this.#values.has(name)) return false;
    this.#values.set(name, value);
    return true;
  }

  get all(): Readonly<Record<string, string>> | undefined {
    return this.#values.size > 0 ? Object.fromEntries(this.#values) : undefined;
  }
}
