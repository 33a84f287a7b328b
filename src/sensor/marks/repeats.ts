/** What is known of one kind of touch that goes on. */
interface Series<Event> {
  readonly last: Event;
  counted: number;
  seenAtMs: number;
}

/** More than this many at one time and the quiet ones are forgotten earlier; memory stays bounded. */
const mostSeries = 20_000;

/**
 * Tells the first of each kind at once and counts what repeats it, exactly. A kind begins anew when
 * it was quiet for `quietMs`.
 */
export class Repeats<Event> {
  readonly #series = new Map<string, Series<Event>>();
  readonly #quietMs: number;
  #counting = 0;

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** There is something that `take` would give. */
  get waiting(): boolean {
    return this.#counting > 0;
  }

  /** Whether it repeats an earlier one and is counted; else it is a first, to be told now. */
  repeats(kind: string, nowMs: number): boolean {
    const series = this.#series.get(kind);
    if (series === undefined) return false;
    if (nowMs - series.seenAtMs > this.#quietMs && series.counted === 0) return false;
    if (series.counted === 0) this.#counting += 1;
    series.counted += 1;
    series.seenAtMs = nowMs;
    return true;
  }

  /** Remembers a first that was told. */
  began(kind: string, event: Event, nowMs: number): void {
    this.#series.delete(kind);
    this.#series.set(kind, { last: event, counted: 0, seenAtMs: nowMs });
    if (this.#series.size > mostSeries) this.#forgetOldest();
  }

  /** What was counted since the last call, and forgets what went quiet. */
  take(nowMs: number): { event: Event; count: number }[] {
    const counts: { event: Event; count: number }[] = [];
    for (const [kind, series] of this.#series) {
      if (series.counted > 0) counts.push({ event: series.last, count: series.counted });
      else if (nowMs - series.seenAtMs > this.#quietMs) this.#series.delete(kind);
      series.counted = 0;
    }
    this.#counting = 0;
    return counts;
  }

  /** One that still counts is kept: counts are exact. There are never more such than touches in a flush. */
  #forgetOldest(): void {
    for (const [kind, series] of this.#series) {
      if (series.counted > 0) continue;
      this.#series.delete(kind);
      return;
    }
  }
}
