import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routingNumber, russianAccount } from '../../../src/factory/bank-account.js';
import { iban, isIban } from '../../../src/factory/forms/iban.js';

// The examples of the registry of ISO 13616 and of the issuers.
test.each([
  ['DE', '370400440532013000', 'DE89370400440532013000'],
  ['GB', 'WEST12345698765432', 'GB82WEST12345698765432'],
])('an IBAN of %s has the check digits of the register', (country, account, whole) => {
  expect(iban(country, account)).toBe(whole);
  expect(isIban(whole)).toBe(true);
});

test('an IBAN with one digit changed is none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 21 }), fc.integer({ min: 1, max: 9 }), (place, by) => {
      const good = 'DE89370400440532013000';
      if (place < 2) return true;
      const digit = (Number(good[place]) + by) % 10;
      return !isIban(`${good.slice(0, place)}${digit}${good.slice(place + 1)}`);
    }),
  );
});

test('a routing number has the check digit that its bank has', () => {
  expect(routingNumber('02100002')).toBe('021000021');
  expect(routingNumber('12100024')).toBe('121000248');
  expect(routingNumber('04300009')).toBe('043000096');
  expect(routingNumber('03117611')).toBe('031176110');
  expect(routingNumber('31407426')).toBe('314074269');
});

test('the key of a rouble account makes its weighted sum end in 0', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (last) => {
      const account = russianAccount('044525225', String(last).padStart(11, '0'));
      const weights = [7, 1, 3];
      const sum = [...`225${account}`].reduce(
        (total, digit, at) => total + Number(digit) * (weights[at % 3] ?? 0),
        0,
      );
      return sum % 10 === 0 && account.length === 20;
    }),
  );
});
