import { randomInt } from 'node:crypto';
import type { Locale } from './persona.js';
import { randomText } from './secrets.js';

/** Where someone's pay goes. */
export interface BankAccount {
  readonly bank: string;
  /** The bank's number: an ABA routing number, a BIC, or a БИК. */
  readonly bankCode: string;
  /** The account's number: an IBAN in the European Union. */
  readonly account: string;
}

const digits = '0123456789';

// Published by the banks themselves; the numbers of the accounts are random.
const americanBanks = [
  ['JPMorgan Chase', '021000021'],
  ['JPMorgan Chase', '322271627'],
  ['JPMorgan Chase', '071000013'],
  ['Bank of America', '026009593'],
  ['Bank of America', '122000661'],
  ['Bank of America', '111000025'],
  ['Wells Fargo', '121000248'],
  ['Wells Fargo', '121042882'],
  ['Wells Fargo', '053000219'],
] as const;
const germanBanks = [
  ['Commerzbank', 'COBADEFFXXX', '37040044'],
  ['Berliner Sparkasse', 'BELADEBEXXX', '10050000'],
  ['GLS Gemeinschaftsbank', 'GENODEM1GLS', '43060967'],
  ['ING', 'INGDDEFFXXX', '50010517'],
  ['DKB', 'BYLADEM1001', '12030000'],
  ['Stadtsparkasse München', 'SSKMDEMMXXX', '70150000'],
  ['Hamburger Sparkasse', 'HASPDEHHXXX', '20050550'],
] as const;
const russianBanks = [
  ['ПАО Сбербанк', '044525225'],
  ['АО «Альфа-Банк»', '044525593'],
  ['АО «ТБанк»', '044525974'],
  ['Банк ВТБ (ПАО)', '044525187'],
] as const;

/** An account of a private person at a bank of the country, with valid check digits. */
export function bankAccount(locale: Locale): BankAccount {
  if (locale === 'de') {
    const [bank, bankCode, number] = drawn(germanBanks);
    return { bank, bankCode, account: iban('DE', `${number}${randomText(digits, 10)}`) };
  }
  if (locale === 'ru') {
    const [bank, bankCode] = drawn(russianBanks);
    return { bank, bankCode, account: russianAccount(bankCode) };
  }
  const [bank, bankCode] = drawn(americanBanks);
  return { bank, bankCode, account: `${randomInt(1, 10)}${randomText(digits, randomInt(8, 12))}` };
}

/** An IBAN (ISO 13616) of a country's own account number, without spaces. */
export function iban(country: string, number: string): string {
  const check = 98n - (BigInt(lettersAsNumbers(`${number}${country}00`)) % 97n);
  return `${country}${String(check).padStart(2, '0')}${number}`;
}

/** True for an IBAN whose check digits are right. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(text)) return false;
  return BigInt(lettersAsNumbers(text.slice(4) + text.slice(0, 4))) % 97n === 1n;
}

/** The number of a payment card: 16 digits that begin as the country's cards do, the last after Luhn. */
export function cardNumber(locale: Locale): string {
  const issuers =
    locale === 'ru' ? ['220070', '220024', '427644'] : ['4539', '4556', '4716', '5218', '5425', '5512'];
  const start = drawn(issuers);
  const body = start + randomText(digits, 15 - start.length);
  return body + ((10 - (luhnSum(`${body}0`) % 10)) % 10);
}

/** True for digits that the Luhn check (ISO/IEC 7812-1) accepts. */
export function isLuhn(number: string): boolean {
  return /^\d+$/.test(number) && luhnSum(number) % 10 === 0;
}

// The key in the ninth place makes the weighted sum end in 0 (Bank of Russia, order 515 of 1997).
function russianAccount(bankCode: string): string {
  const rest = randomText(digits, 11);
  for (let key = 0; key < 10; key += 1) {
    const account = `40817810${key}${rest}`;
    if (isRussianAccount(bankCode, account)) return account;
  }
  throw new Error('one key of ten always fits');
}

/** True for an account of 20 digits whose key fits the bank. */
export function isRussianAccount(bankCode: string, account: string): boolean {
  const weights = [7, 1, 3];
  const all = [...`${bankCode.slice(-3)}${account}`];
  return all.reduce((sum, digit, at) => sum + ((Number(digit) * (weights[at % 3] ?? 0)) % 10), 0) % 10 === 0;
}

/** True for a routing number whose ABA check digit is right. */
export function isRoutingNumber(number: string): boolean {
  const weights = [3, 7, 1];
  const sum = [...number].reduce((total, digit, at) => total + Number(digit) * (weights[at % 3] ?? 0), 0);
  return /^\d{9}$/.test(number) && sum % 10 === 0;
}

function luhnSum(number: string): number {
  return [...number].reverse().reduce((sum, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return sum + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
}

const lettersAsNumbers = (text: string) =>
  text.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));

function drawn<Item>(items: readonly Item[]): Item {
  return items[randomInt(items.length)] as Item;
}
