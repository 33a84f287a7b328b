import { randomInt } from 'node:crypto';

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

const words =
  'Amber Anchor Autumn Bishop Blazer Bridge Candle Canyon Carbon Cedar Cobalt Copper Coral Crater Dakota Denver Dragon Ember Falcon Forest Galaxy Garnet Glacier Granite Harbor Hawk Hunter Indigo Island Jasper Jungle Kestrel Lantern Magnet Maple Marble Meadow Mercury Monday Mustang Nickel Nova October Olive Onyx Orbit Panther Pepper Pilot Planet Prairie Quartz Raven River Rocket Saddle Saturn Shadow Silver Summer Sunset Tango Thunder Tiger Timber Tundra Velvet Violet Walnut Willow Winter Yellow Zephyr'.split(
    ' ',
  );

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

const habits: readonly (() => string)[] = [
  () => `${word()}${word().toLowerCase()}${number(5)}${mark()}`,
  () => `${word()}-${word()}-${word()}-${number(4)}`.toLowerCase(),
  () => `${word()}_${number(6)}_${word()}`,
  () =>
    `${word()}${word().toLowerCase()}`.replaceAll(/[aeios]/g, (letter) => `${typedOver[letter]}`) +
    mark() +
    number(5),
  () => `${mark()}${word()}${word()}${word()}${number(3)}`,
];

const word = () => `${words[randomInt(words.length)]}`;
const number = (length: number) => String(randomInt(10 ** (length - 1), 10 ** length));
const mark = () => randomText('!#*?', 1);

/** A password as a person makes it up, from words and numbers: about 30 bits. */
export function inventedPassword(): string {
  return `${habits[randomInt(habits.length)]?.()}`;
}

/** The values of a record with their keys as labels. */
export function labelled(values: Readonly<Record<string, string>>): TrapSecret[] {
  return Object.entries(values).map(([label, value]) => ({ label, value }));
}
