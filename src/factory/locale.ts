/** Languages that a story can be told in; each stands for one country. */
export const locales = ['en', 'ru', 'de'] as const;
export type Locale = (typeof locales)[number];

/** What a country has in common. */
export interface Country {
  /** Two letters, as ISO 3166 has it. */
  readonly code: 'US' | 'RU' | 'DE';
  /** The language with the country, as documents name it. */
  readonly language: 'en-US' | 'ru-RU' | 'de-DE';
  /** Code of the currency, as ISO 4217 has it. */
  readonly currency: 'USD' | 'RUB' | 'EUR';
  /** Regions of AWS that companies there rent in. */
  readonly regions: readonly string[];
  /** Endings of domains; the usual one more than once. */
  readonly domainEndings: readonly string[];
}

/** The country that a locale stands for. */
export const countries: Readonly<Record<Locale, Country>> = {
  en: {
    code: 'US',
    language: 'en-US',
    currency: 'USD',
    regions: ['us-east-1', 'us-east-1', 'us-east-2', 'us-west-2', 'us-west-1', 'ca-central-1'],
    domainEndings: ['com', 'com', 'com', 'com', 'net', 'io', 'us', 'co'],
  },
  ru: {
    code: 'RU',
    language: 'ru-RU',
    currency: 'RUB',
    regions: ['eu-central-1', 'eu-north-1', 'eu-west-1'],
    domainEndings: ['ru', 'ru', 'ru', 'com'],
  },
  de: {
    code: 'DE',
    language: 'de-DE',
    currency: 'EUR',
    regions: ['eu-central-1', 'eu-central-1', 'eu-west-1', 'eu-north-1'],
    domainEndings: ['de', 'de', 'de', 'com', 'eu'],
  },
};
