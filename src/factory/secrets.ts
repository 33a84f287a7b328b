import { randomInt } from 'node:crypto';
import type { Locale } from './locale.js';
import { passwordWords } from './password-words.js';

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** Alphabets that the issuers of real credentials use. */
export const alphabets = {
  base32: `${upper}234567`,
  base64: `${upper}${lower}${digits}+/`,
  alphanumeric: `${upper}${lower}${digits}`,
  upperAlphanumeric: `${upper}${digits}`,
  hexadecimal: `${digits}abcdef`,
  url: `${upper}${lower}${digits}_-`,
  // No characters that people confuse, as password managers leave them out.
  typed: 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%*+=?@',
} as const;

/** A secret of a trap; the label says what it opens, the value stands in the content as it is. */
export interface TrapSecret {
  readonly label: string;
  readonly value: string;
}

/** Text of `length` characters, each drawn without bias from `alphabet` by the system's generator. */
export function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** A password as a manager generates it; at least 80 bits. */
export function generatedPassword(length = 16): string {
  return randomText(alphabets.typed, length);
}

const typedOver: Readonly<Record<string, string>> = { a: '@', e: '3', i: '1', o: '0', s: '$' };

type Draw = () => string;

/** Each from about 30 bits on with a few hundred words. */
const habits: readonly ((word: Draw) => string)[] = [
  (word) => `${word()}${word().toLowerCase()}${number(5)}${mark()}`,
  (word) => `${word()}-${word()}-${word()}-${number(4)}`.toLowerCase(),
  (word) => `${word()}_${number(6)}_${word()}`,
  (word) =>
    `${word()}${word().toLowerCase()}`.replaceAll(/[aeios]/g, (letter) => `${typedOver[letter]}`) +
    mark() +
    number(5),
  (word) => `${mark()}${word()}${word()}${word()}${number(3)}`,
  (word) => `${word()}${word()}${year()}${mark()}${number(2)}`,
  (word) => `${word()}.${word()}.${year()}`.toLowerCase() + mark() + mark(),
  (word) => `${number(4)}${word()}${mark()}${word()}`,
  (word) => `${word()}${mark()}${number(2)}${word().toLowerCase()}${mark()}${number(2)}`,
  (word) => `${word().toLowerCase()}${word()}${number(2)}-${number(3)}`,
  (word) => `${word().slice(0, 4)}${word().slice(0, 4)}${word().slice(0, 4)}${mark()}${number(4)}`,
  (word) => `${word().toUpperCase()}${number(3)}${word().toLowerCase()}${mark()}${number(2)}`,
];

const number = (length: number) => String(randomInt(10 ** (length - 1), 10 ** length));
const mark = () => randomText('!#*?', 1);
const year = () => String(randomInt(1962, 2025));

/** A password as a person of a country makes it up, from words, names and numbers: about 30 bits. */
export function inventedPassword(locale: Locale = 'en'): string {
  const words = passwordWords(locale);
  return `${habits[randomInt(habits.length)]?.(() => words[randomInt(words.length)] ?? '')}`;
}

/** The values of a record with their keys as labels. */
export function labelled(values: Readonly<Record<string, string>>): TrapSecret[] {
  return Object.entries(values).map(([label, value]) => ({ label, value }));
}
