import { randomInt } from 'node:crypto';
import type { Locale } from '../locale.js';
import { randomText } from '../secrets.js';

// Prefixes that banks issue. None is that of a test card (4242, 4111, 5555, 5105, 4000 ...), which
// every payment service publishes. Russian banks issue cards of Mir (2200 to 2204).
const international = ['453998', '455673', '471604', '491748', '522222', '528013', '540124', '546616'];
const prefixes: Readonly<Record<Locale, readonly string[]>> = {
  en: international,
  de: international,
  ru: ['220070', '220024', '220220', '220015', '427644'],
};

/** A card number of 16 digits, as banks of the country issue them, that passes Luhn's check (ISO/IEC 7812-1). */
export function cardNumber(locale: Locale = 'en'): string {
  const issued = prefixes[locale];
  const body = `${issued[randomInt(issued.length)]}${randomText('0123456789', 9)}`;
  return body + luhnDigit(body);
}

/** The digit that completes `body` for Luhn's check. */
export function luhnDigit(body: string): string {
  let sum = 0;
  for (const [index, digit] of [...body].reverse().entries()) {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}
