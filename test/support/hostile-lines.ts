import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What bpftrace printed for real touches, by set of hooks: lines of latin1. */
export function transcript(set: 'page-cache' | 'syscalls' | 'light'): string[] {
  return readFileSync(join('test/fixtures/bpftrace', `${set}.jsonl`), 'latin1')
    .split('\n')
    .slice(0, -1);
}

/** A generator of numbers from 0 to `below`, the same for the same seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/**
 * So many lines of transcripts, most of them damaged: bytes changed, added and taken away, numbers
 * replaced, lines cut, joined, repeated, left out and out of order.
 */
export function* damaged(lines: readonly string[], count: number, seed: number): Generator<string> {
  const roll = dice(seed);
  const anyLine = () => lines[roll(lines.length)] as string;
  const numbers = [
    '0',
    '1',
    '2',
    '-1',
    '4294967295',
    '18446744073709551615',
    '99999999999999999999999',
    '1e3',
  ];
  let at = 0;
  for (let made = 0; made < count; made += 1) {
    at = roll(50) === 0 ? roll(lines.length) : (at + 1) % lines.length;
    const line = lines[at] as string;
    const place = roll(line.length + 1);
    const [head, tail] = [line.slice(0, place), line.slice(place)];
    switch (roll(12)) {
      case 0:
        yield `${head}${String.fromCharCode(roll(256))}${tail.slice(1)}`;
        break;
      case 1:
        yield `${head}${String.fromCharCode(roll(256))}${tail}`;
        break;
      case 2:
        yield `${head}${tail.slice(1 + roll(9))}`;
        break;
      case 3:
        yield head;
        break;
      case 4:
        yield `${head}${anyLine().slice(roll(40))}`;
        break;
      case 5:
        yield line.replace(/\d+(?=\D*$)/, numbers[roll(numbers.length)] as string);
        break;
      case 6:
        yield line.replace(/ \d+ /, ` ${numbers[roll(numbers.length)]} `);
        break;
      case 7:
        yield anyLine();
        break;
      case 8:
        yield line.replace(/"[a-z] /, `"${String.fromCharCode(97 + roll(26))} `);
        break;
      default:
        yield line;
    }
  }
}
