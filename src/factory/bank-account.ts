import type { Faker } from '@faker-js/faker';
import { iban } from './forms/iban.js';
import type { Locale } from './locale.js';

/** Where somebody's money goes, in the terms of the country. All digits check. */
export interface BankAccount {
  /** How the country calls its bank code: BIC, ABA routing number or БИК. */
  readonly bank: string;
  readonly bankName: string;
  /** The IBAN in Germany; the bare number elsewhere. */
  readonly number: string;
}

const germanBanks = [
  ['50040000', 'COBADEFFXXX', 'Commerzbank'],
  ['50070010', 'DEUTDEFFXXX', 'Deutsche Bank'],
  ['20050550', 'HASPDEHHXXX', 'Hamburger Sparkasse'],
  ['37050198', 'COLSDE33XXX', 'Sparkasse KölnBonn'],
  ['12030000', 'BYLADEM1001', 'DKB'],
  ['50010517', 'INGDDEFFXXX', 'ING'],
  ['70150000', 'SSKMDEMMXXX', 'Stadtsparkasse München'],
  ['10050000', 'BELADEBEXXX', 'Berliner Sparkasse'],
  ['50050201', 'HELADEF1822', 'Frankfurter Sparkasse'],
  ['60050101', 'SOLADEST600', 'BW-Bank'],
  ['43060967', 'GENODEM1GLS', 'GLS Bank'],
  ['10011001', 'NTSBDEB1XXX', 'N26'],
  ['70020270', 'HYVEDEMMXXX', 'HypoVereinsbank'],
  ['10010010', 'PBNKDEFFXXX', 'Postbank'],
  ['30020900', 'CMCIDEDDXXX', 'TARGOBANK'],
] as const;
// Routing numbers without their check digit.
const americanBanks = [
  ['02100002', 'Chase'],
  ['02600959', 'Bank of America'],
  ['12100024', 'Wells Fargo'],
  ['04200001', 'U.S. Bank'],
  ['04300009', 'PNC'],
  ['03117611', 'Capital One'],
  ['03110126', 'TD Bank'],
  ['02100008', 'Citibank'],
  ['06100010', 'Truist'],
  ['04200031', 'Fifth Third'],
  ['04100103', 'KeyBank'],
  ['06200001', 'Regions'],
  ['31407426', 'USAA'],
  ['25607497', 'Navy Federal'],
  ['02200004', 'M&T Bank'],
  ['04400002', 'Huntington'],
] as const;
const russianBanks = [
  ['044525225', 'ПАО Сбербанк'],
  ['044525187', 'Банк ВТБ (ПАО)'],
  ['044525974', 'АО «ТБанк»'],
  ['044525593', 'АО «Альфа-Банк»'],
  ['044525823', 'Банк ГПБ (АО)'],
  ['044525111', 'АО «Россельхозбанк»'],
  ['044525700', 'АО «Райффайзенбанк»'],
  ['044525266', 'АО «Банк ДОМ.РФ»'],
  ['044525232', 'ПАО «МТС-Банк»'],
  ['044525201', 'ПАО АКБ «АВАНГАРД»'],
  ['044525555', 'ПАО «Банк ПСБ»'],
  ['044525659', 'ПАО «МКБ»'],
  ['044525311', 'АО «ОТП Банк»'],
  ['044030790', 'ПАО «Банк «Санкт-Петербург»'],
] as const;

/**
 * Draws accounts with right check digits, all at the few banks that are near one company: with the whole list of
 * them, every payroll would share it.
 */
export function bankAccounts(faker: Faker, locale: Locale): () => BankAccount {
  const near = <Bank>(banks: readonly Bank[]) => {
    const some = faker.helpers.arrayElements(banks, { min: 4, max: 7 });
    return () => faker.helpers.arrayElement(some);
  };
  if (locale === 'de') {
    const oneOf = near(germanBanks);
    return () => {
      const [code, bank, bankName] = oneOf();
      return { bank, bankName, number: iban('DE', `${code}${faker.string.numeric({ length: 10 })}`) };
    };
  }
  if (locale === 'ru') {
    const oneOf = near(russianBanks);
    return () => {
      const [bank, bankName] = oneOf();
      return { bank, bankName, number: russianAccount(bank, faker.string.numeric(11)) };
    };
  }
  const oneOf = near(americanBanks);
  return () => {
    const [code, bankName] = oneOf();
    const length = faker.number.int({ min: 9, max: 12 });
    const number = faker.string.numeric({ length, allowLeadingZeros: false });
    return { bank: routingNumber(code), bankName, number };
  };
}

/** Eight digits of a routing number and the check digit: weights 3, 7 and 1 add up to a multiple of 10. */
export function routingNumber(eight: string): string {
  const sum = weighted(eight, [3, 7, 1]);
  return `${eight}${(10 - (sum % 10)) % 10}`;
}

/**
 * A person's rouble account (40817810): its ninth digit is the key, so that the last three digits of the bank's
 * code and the account, weighted 7, 1 and 3, end in 0 (Bank of Russia 515, 1997; each product counts by its last digit).
 */
export function russianAccount(bankCode: string, last: string): string {
  const account = (key: number) => `40817810${key}${last}`;
  const sum = weighted(`${bankCode.slice(-3)}${account(0)}`, [7, 1, 3], true);
  return account(((sum % 10) * 3) % 10);
}

function weighted(digits: string, weights: readonly number[], lastDigits = false): number {
  return [...digits].reduce((sum, digit, place) => {
    const product = Number(digit) * (weights[place % weights.length] ?? 0);
    return sum + (lastDigits ? product % 10 : product);
  }, 0);
}
