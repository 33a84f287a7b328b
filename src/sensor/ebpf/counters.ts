import type { MoreTouches } from './messages.js';

/** As many counters a processor has (touch.bt.njk). */
const ways = 8;

interface Counter {
  readonly key: string;
  readonly total: number;
}

/** What the script's counters told before: they only rise, and are told again and again. */
export class Counters {
  readonly #counters = new Map<number, Counter>();

  /** By how much the counter rose since it was told last. */
  raised({ processor, slot, op, pid, startedAtNs, total, last }: MoreTouches): number {
    const place = processor * ways + ((slot + pid + op) % ways);
    const key = `${slot} ${op} ${pid} ${startedAtNs}`;
    const before = this.#counters.get(place);
    const told = before?.key === key ? before.total : 0;
    if (last) this.#counters.delete(place);
    else this.#counters.set(place, { key, total });
    // Less than before: it began anew, and the line that said so was lost.
    return total < told ? total : total - told;
  }
}
