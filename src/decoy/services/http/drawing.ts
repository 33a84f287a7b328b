/** Draws details of a story: the same ones for the same seed and label. */
export class Drawing {
  #state: number;

  constructor(seed: number, label: string) {
    // FNV-1a.
    let hash = 0x811c9dc5 ^ seed;
    for (const character of `${seed}/${label}`)
      hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
    this.#state = hash;
  }

  /** A whole number of both ends and what is between. */
  number(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  one<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.number(0, choices.length - 1)] as Choice;
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.number(0, 15).toString(16)).join('');
  }

  /** mulberry32. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
