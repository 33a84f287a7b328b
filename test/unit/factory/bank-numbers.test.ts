import { describe, expect, test } from 'vitest';
import {
  bankAccount,
  cardNumber,
  iban,
  isIban,
  isLuhn,
  isRoutingNumber,
  isRussianAccount,
} from '../../../src/factory/bank-numbers.js';
import { locales } from '../../../src/factory/persona.js';

const many = Array.from({ length: 200 });

describe('bank numbers', () => {
  test('known numbers are right, and wrong with one digit changed', () => {
    // The examples of ISO 13616 and of the card schemes' test numbers.
    expect(iban('DE', '370400440532013000')).toBe('DE89370400440532013000');
    expect(isIban('DE89370400440532013001')).toBe(false);
    expect(isLuhn('4111111111111111')).toBe(true);
    expect(isLuhn('4111111111111112')).toBe(false);
    expect(isRoutingNumber('021000021')).toBe(true);
    expect(isRoutingNumber('021000022')).toBe(false);
  });

  test('accounts pass the checks of their countries', () => {
    for (const _ of many) {
      expect(isIban(bankAccount('de').account)).toBe(true);
      expect(isRoutingNumber(bankAccount('en').bankCode)).toBe(true);
      const { bankCode, account } = bankAccount('ru');
      expect(account).toMatch(/^40817810\d{12}$/);
      expect(isRussianAccount(bankCode, account)).toBe(true);
    }
  });

  test('cards pass the check of Luhn', () => {
    for (const locale of locales) for (const _ of many) expect(isLuhn(cardNumber(locale))).toBe(true);
  });
});
