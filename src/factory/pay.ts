import type { Locale } from './persona.js';

/** How salaries are counted and written in a country. */
export interface Pay {
  /** Code of the currency, as ISO 4217 has it. */
  readonly currency: 'USD' | 'EUR' | 'RUB';
  /** What a salary is told for. */
  readonly period: 'year' | 'month';
  /** A salary of that many US dollars a year, in whole units of the currency for the period. */
  amount(dollarsAYear: number): number;
  /** With the sign of the currency, as people write it there. */
  text(amount: number): string;
}

/**
 * What the same work is paid elsewhere (not what it costs in dollars): about 0.72 euros a year in Germany,
 * and 1.9 roubles a month in Russia, where offers name the month, for a dollar a year in the United States.
 */
const pays: Readonly<Record<Locale, Pay>> = {
  en: {
    currency: 'USD',
    period: 'year',
    amount: (dollars) => dollars,
    text: (amount) => `$${amount.toLocaleString('en-US')}`,
  },
  de: {
    currency: 'EUR',
    period: 'year',
    amount: (dollars) => Math.round((dollars * 0.72) / 10) * 10,
    text: (amount) => `${amount.toLocaleString('de-DE')} €`,
  },
  ru: {
    currency: 'RUB',
    period: 'month',
    amount: (dollars) => Math.round((dollars * 1.9) / 100) * 100,
    text: (amount) => `${amount.toLocaleString('ru-RU')} ₽`,
  },
};

/** How salaries are counted where this language is spoken. */
export function payIn(locale: Locale): Pay {
  return pays[locale];
}
