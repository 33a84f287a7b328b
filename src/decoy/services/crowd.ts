import { isIPv6 } from 'node:net';
import { EarnedBudget } from '../../core/earned-budget.js';
import type { Clock } from '../../core/ports/clock.js';

export interface CrowdLimits {
  /** Connections at once. */
  readonly mostVisits: number;
  /** Connections at once of one source. */
  readonly mostOfOneSource: number;
  /** New ones over time. */
  readonly connections: { readonly burst: number; readonly perSecond: number };
}

/** Counts who is connected, and says who may come in. */
export class Crowd {
  readonly #limits: CrowdLimits;
  readonly #arrivals: EarnedBudget;
  readonly #bySource = new Map<string, number>();
  #all = 0;

  constructor(limits: CrowdLimits, clock: Clock) {
    this.#limits = limits;
    this.#arrivals = new EarnedBudget(clock, limits.connections);
  }

  /** A function that lets the connection out again; undefined when there is no room for it. */
  enter(ip: string): (() => void) | undefined {
    const source = sourceOf(ip);
    const ofSource = this.#bySource.get(source) ?? 0;
    const { mostVisits, mostOfOneSource } = this.#limits;
    if (this.#all >= mostVisits || ofSource >= mostOfOneSource || !this.#arrivals.take()) return undefined;
    this.#all += 1;
    this.#bySource.set(source, ofSource + 1);
    let inside = true;
    return () => {
      if (inside) this.#leave(source);
      inside = false;
    };
  }

  #leave(source: string): void {
    this.#all -= 1;
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
  }
}

/** Of IPv6 the /64, for one machine has all addresses of it (RFC 4291, 2.5.4). */
export function sourceOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.split('%', 1)[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(missing).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
