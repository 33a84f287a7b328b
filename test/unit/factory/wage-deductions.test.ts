import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { germanDeductions } from '../../../src/factory/german-wage.js';
import { paySheet } from '../../../src/factory/payroll-sheets.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { phrasesOf } from '../../../src/factory/phrases.js';
import { storyteller } from '../../../src/factory/storyteller.js';
import { Templates } from '../../../src/factory/templates.js';
import { incomeTaxOfRussia, socialSecurityAndMedicare } from '../../../src/factory/wage-deductions.js';

const december = (year: number) => new Date(year, 11, 27);
const wholeYear = Array.from({ length: 12 }, (_, month) => month);
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe('in Russia', () => {
  test('13 per cent are taken in whole roubles until the year has brought the bound, 15 above it', () => {
    const tax = (gross: number, year: number) =>
      wholeYear.map((month) => incomeTaxOfRussia(gross, new Date(year, month, 25)));
    expect(new Set(tax(100_000, 2025))).toEqual(new Set([13_000]));
    // 2,400,000 are reached in August.
    expect(tax(300_000, 2025)).toEqual([...Array(8).fill(39_000), ...Array(4).fill(45_000)]);
    expect(new Set(tax(300_000, 2024))).toEqual(new Set([39_000]));
    // 5,000,000 are reached in the tenth month; 18 per cent above them since 2025.
    expect(tax(500_000, 2024).slice(-3)).toEqual([65_000, 75_000, 75_000]);
    expect(tax(500_000, 2025).slice(-2)).toEqual([90_000, 90_000]);
    for (const one of tax(98_765.43, 2025)) expect(Number.isInteger(one)).toBe(true);
    expect(sum(tax(98_765.43, 2025))).toBe(Math.round(98_765.43 * 12 * 0.13));
  });

  test('the sheet holds that tax for everyone, and an advance for all or something else for few', () => {
    const withAdvance = Array.from({ length: 12 }, (_, seed) => {
      const rows = sheetRows(seed, 'ru', december(2025));
      expect(rows.length).toBeGreaterThan(20);
      for (const { gross, tax, other, net } of rows) {
        expect(tax).toBe(incomeTaxOfRussia(gross, december(2025)));
        expect(net).toBeGreaterThan(gross * 0.3);
        expect(other).toBeGreaterThanOrEqual(0);
      }
      const lessened = rows.filter(({ other }) => other > 0).length;
      if (lessened !== rows.length) expect(lessened).toBeLessThan(rows.length / 2);
      return lessened === rows.length;
    });
    expect(new Set(withAdvance)).toEqual(new Set([true, false]));
  });
});

describe('in the United States', () => {
  test('FICA ends where the wage base of the year is reached, and Medicare rises above 200,000', () => {
    const of = (gross: number, year: number) =>
      sum(wholeYear.map((month) => socialSecurityAndMedicare(gross, new Date(year, month, 25))));
    expect(of(5_000, 2025)).toBeCloseTo(60_000 * 0.0765, 1);
    expect(of(20_000, 2025)).toBeCloseTo(176_100 * 0.062 + 240_000 * 0.0145 + 40_000 * 0.009, 1);
    expect(of(20_000, 2024)).toBeCloseTo(168_600 * 0.062 + 240_000 * 0.0145 + 40_000 * 0.009, 1);
  });
});

describe('in Germany', () => {
  const single = { taxClass: 1, additional: 0, care: 0 } as const;

  test('contributions rise with the pay to the bounds of the year, and no further', () => {
    let before = 0;
    for (let gross = 1_000; gross <= 20_000; gross += 250) {
      const { social } = germanDeductions(gross, 2025, single);
      expect(social).toBeGreaterThanOrEqual(before);
      before = social;
    }
    // 10.6 % of 8,050 for pension and unemployment, 8.55 + 1.8 % of 5,512.50 for health and care.
    expect(before).toBeCloseTo(0.106 * 8_050 + 0.1035 * 5_512.5, 1);
    expect(germanDeductions(3_000, 2025, single).social).toBeCloseTo(3_000 * 0.2095, 1);
    expect(germanDeductions(9_000, 2024, single).social).toBeCloseTo(0.106 * 7_550 + 0.0985 * 5_175, 1);
  });

  test('the tax rises with the pay without a step, and is lower in class III', () => {
    for (const year of [2024, 2025, 2026]) {
      let before = 0;
      for (let gross = 1_000; gross <= 26_000; gross += 50) {
        const { tax } = germanDeductions(gross, year, single);
        expect(tax).toBeGreaterThanOrEqual(before);
        // Never more than 45 % of what was added, and the solidarity surcharge while it is phased in.
        expect(tax - before).toBeLessThan(50 * 0.6);
        expect(germanDeductions(gross, year, { ...single, taxClass: 3 }).tax).toBeLessThanOrEqual(tax);
        before = tax;
      }
    }
    expect(germanDeductions(1_200, 2025, single).tax).toBe(0);
    // Of 48,000 a year 37,446 are taxed (less 1,230, 36, 9.3 % and 10.05 %), with 6,516 (EStG, section 32a).
    expect(germanDeductions(4_000, 2025, single).tax).toBe(6_516 / 12);
  });
});

/** The amounts of everyone in a sheet of the month of `payDay`. */
function sheetRows(seed: number, locale: 'ru', payDay: Date) {
  const templates = new Templates(resolve(import.meta.dirname, '../../../resources'));
  const story = storyteller(seed, 'payroll workbook');
  const phrases = phrasesOf(templates, 'payroll', locale, story);
  const { rows } = paySheet(personaFrom(seed, locale), phrases, story, 'title', payDay, 'now');
  const amounts = rows.map((row) => row.flatMap((cell) => (cell?.look === 'money' ? [cell.value ?? 0] : [])));
  return amounts
    .filter(({ length }) => length === 4)
    .map(([gross = 0, tax = 0, other = 0, net = 0]) => ({ gross, tax, other, net }));
}
