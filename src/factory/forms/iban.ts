import { randomText } from '../secrets.js';

/** An IBAN (ISO 13616): the country, its two check digits, and the account there, all upper case. */
export function iban(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((character) => Number.parseInt(character, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}

/** A German IBAN: 8 digits of the bank, 10 of the account. Bank codes begin with 1 to 8. */
export function germanIban(bankCode: string): string {
  return iban('DE', `${bankCode}${randomText('0123456789', 10)}`);
}

/** A British IBAN: the bank's 4 letters, 6 digits of the branch, 8 of the account. */
export function britishIban(bank: string, sortCode: string): string {
  return iban('GB', `${bank}${sortCode}${randomText('0123456789', 8)}`);
}
