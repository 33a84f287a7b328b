import { randomInt } from 'node:crypto';
import { randomText } from '../secrets.js';

// Prefixes that banks issue. None is that of a test card (4242, 4111, 5555, 5105, 4000 ...), which
// every payment service publishes.
const prefixes = ['453998', '455673', '471604', '491748', '522222', '528013', '540124', '546616'];

/** A card number of 16 digits that passes Luhn's check (ISO/IEC 7812-1). */
export function cardNumber(): string {
  const body = `${prefixes[randomInt(prefixes.length)]}${randomText('0123456789', 9)}`;
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
