import type { Faker } from '@faker-js/faker';
import { germanDeductions } from './german-wage.js';
import type { Locale } from './locale.js';

/** What is taken off a month's pay. */
export interface Deductions {
  readonly tax: number;
  /** The employee's contributions; in Russia, where employers alone pay them, whatever else. */
  readonly other: number;
}

/** Takes off from `gross`, the pay of the month of `payDay`, as for one employee. */
export type Deduct = (gross: number, payDay: Date) => Deductions;

/** Rates, each from an amount of the year on. */
type Scale = readonly (readonly [from: number, rate: number])[];

const cents = (amount: number) => Math.round(amount * 100) / 100;

function onScale(scale: Scale, amount: number): number {
  return scale.reduce((sum, [from, rate], at) => {
    const to = scale[at + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    return sum + Math.max(0, Math.min(amount, to) - from) * rate;
  }, 0);
}

/** The month's share of what a year costs when every month before brought the same. */
function ofMonth(scale: Scale, gross: number, payDay: Date, round: (amount: number) => number): number {
  const until = (months: number) => round(onScale(scale, gross * months));
  return until(payDay.getMonth() + 1) - until(payDay.getMonth());
}

/** НДФЛ of a month: reckoned from January on, in whole roubles (Tax Code, articles 52 (6), 224 (1) and 226 (3)). */
export function incomeTaxOfRussia(gross: number, payDay: Date): number {
  const scale: Scale =
    payDay.getFullYear() < 2025
      ? [
          [0, 0.13],
          [5_000_000, 0.15],
        ]
      : [
          [0, 0.13],
          [2_400_000, 0.15],
          [5_000_000, 0.18],
          [20_000_000, 0.2],
          [50_000_000, 0.22],
        ];
  return ofMonth(scale, gross, payDay, Math.round);
}

/** FICA of a month: the wage base of each year as the Social Security Administration announces it. */
export function socialSecurityAndMedicare(gross: number, payDay: Date): number {
  const year = payDay.getFullYear();
  const base = year <= 2024 ? 168_600 : year === 2025 ? 176_100 : 184_500;
  const scale: Scale = [
    [0, 0.0765],
    [base, 0.0145],
    [200_000, 0.0235],
  ];
  return cents(ofMonth(scale, gross, payDay, cents));
}

/**
 * How a company's payroll takes off, asked once for each employee. `advance` says for Russia that the other column is
 * what was paid in the middle of the month; else a few have their alimony or a loan there.
 */
export function deductionsIn(locale: Locale, story: Faker, advance: boolean): () => Deduct {
  const part = () => story.number.float({ min: 0, max: 1 });
  if (locale === 'ru') {
    const share = advance ? story.helpers.arrayElement([0.35, 0.4, 0.4, 0.45, 0.5]) : 0;
    return () => {
      const kept = advance ? undefined : keptBack(story);
      return (gross, payDay) => {
        const tax = incomeTaxOfRussia(gross, payDay);
        return { tax, other: kept ? cents(kept(gross - tax)) : Math.round((gross - tax) * share) };
      };
    };
  }
  if (locale === 'de')
    return () => {
      const employee = {
        taxClass: story.helpers.arrayElement([1, 1, 1, 3] as const),
        additional: story.helpers.arrayElement([-0.4, -0.1, -0.1, 0, 0.2, 0.4]),
        care: story.helpers.arrayElement([0.6, 0.6, 0, 0, -0.25]),
      };
      return (gross, payDay) => {
        const { tax, social } = germanDeductions(gross, payDay.getFullYear(), employee);
        return { tax, other: social };
      };
    };
  // Federal and state tax as they are on average, different for everyone.
  return () => {
    const own = part();
    return (gross, payDay) => {
      const rate = Math.min(0.31, 0.14 + (gross * 12) / 1_400_000 + own * 0.05);
      return { tax: cents(gross * rate), other: socialSecurityAndMedicare(gross, payDay) };
    };
  };
}

// Alimony for one child or two (Family Code, article 81) from what the tax leaves, or a loan of the company.
function keptBack(story: Faker): (net: number) => number {
  const drawn = story.number.float({ min: 0, max: 1 });
  const loan = story.number.int({ min: 2, max: 12 }) * 1000;
  if (drawn < 0.06) return (net) => net / 4;
  if (drawn < 0.08) return (net) => net / 3;
  return () => (drawn < 0.14 ? loan : 0);
}
