import type { Faker } from '@faker-js/faker';
import { latin } from './latin.js';
import { countries, type Locale } from './locale.js';
import { listed } from './names/name-lists.js';

/** A company as its country names it. */
export interface Company {
  /** With the legal form, such as `Keller Logistik GmbH`. */
  readonly legalName: string;
  /** As people say it. */
  readonly shortName: string;
  readonly domain: string;
  /** Of the machines inside; below the domain or one of its own, such as `keller.lan`. */
  readonly internalDomain: string;
}

const trades: Readonly<Record<Locale, readonly string[]>> = {
  en: 'Logistics|Analytics|Medical Supply|Freight|Systems|Insurance|Foods|Energy|Distribution|Packaging|Software|Instruments|Manufacturing|Industries|Health Partners|Lighting|Tooling|Press|Aviation Services|Property Group|Plastics|Controls|Networks|Financial|Building Products'.split(
    '|',
  ),
  de: 'Logistik|Systemtechnik|Medizintechnik|Spedition|Software|Versicherungsmakler|Lebensmittel|Energie|Maschinenbau|Verpackungen|Gebäudetechnik|Elektronik|Druck|Immobilien|Anlagenbau|Werkzeuge|Kunststofftechnik|Handel|Messtechnik|Fördertechnik|Haustechnik|Pharma|Textil|Automotive'.split(
    '|',
  ),
  ru: 'Логистика|Трейд|Мед|Сервис|Софт|Строй|Энерго|Пром|Транс|Пак|Телеком|Снаб|Техно|Фарма|Маркет|Агро|Инвест|Проект|Монтаж|Ресурс'.split(
    '|',
  ),
};
const firstParts = listed(
  'Альфа Вектор Север Урал Волга Балт Сиб Центр Гранд Орион Меридиан Полюс Прогресс Восток Атлант Нева Кама Старт Феникс Горизонт Евро Рос Интер Спектр Парус Капитал',
);
const legalForms: Readonly<Record<Locale, readonly string[]>> = {
  en: ['Inc.', 'Inc.', 'LLC', 'Corp.', 'Group', 'Co.', ''],
  de: ['GmbH', 'GmbH', 'GmbH', 'GmbH & Co. KG', 'AG', 'KG'],
  ru: ['ООО', 'ООО', 'ООО', 'АО', 'АО'],
};

function nameOf(
  faker: Faker,
  locale: Locale,
  surnames: readonly string[],
): { words: string[]; short: string } {
  const trade = faker.helpers.arrayElement(trades[locale]);
  if (locale === 'ru') {
    const first = faker.helpers.arrayElement(firstParts);
    const words = [first, trade];
    const joint = faker.helpers.arrayElement([`${first}${trade}`, `${first}-${trade}`, `${first} ${trade}`]);
    return { words, short: joint.replace(/(?<=[а-я])[А-Я]/, (letter) => letter.toLowerCase()) };
  }
  const founders = faker.helpers.arrayElements([...surnames], 2);
  const and = locale === 'de' ? ['&', '+', 'und'] : ['&', 'and', '&'];
  const names = faker.helpers.arrayElement([
    [founders[0]],
    [founders[0]],
    [founders[0], faker.helpers.arrayElement(and), founders[1]],
  ]);
  const words = [...names, trade].map(String);
  return { words, short: words.join(' ') };
}

/** Makes the company of a story. */
export function companyOf(faker: Faker, locale: Locale, surnames: readonly string[]): Company {
  const { words, short } = nameOf(faker, locale, surnames);
  const form = faker.helpers.arrayElement(legalForms[locale]);
  const plain = words
    .map((word) => latin(word))
    .filter((word) => word !== '' && !['and', 'und'].includes(word));
  const [head = '', ...rest] = plain;
  const ending = faker.helpers.arrayElement(countries[locale].domainEndings);
  const initials = plain
    .slice(0, -1)
    .map((word) => word.charAt(0))
    .join('');
  const label = faker.helpers.arrayElement([
    plain.join(''),
    plain.join('-'),
    `${head}-${rest.at(-1)}`,
    plain.length > 2 ? `${initials}-${rest.at(-1)}` : `${head}${rest.at(-1)?.slice(0, 4)}`,
  ]);
  const domain = `${label}.${ending}`;
  const inside = faker.helpers.arrayElement([
    'corp',
    'int',
    'ad',
    'office',
    'lan',
    'intra',
    'hq',
    'internal',
    'in',
  ]);
  const own = faker.helpers.arrayElement(['local', 'lan', 'corp', 'internal', 'intranet']);
  return {
    legalName: locale === 'ru' ? `${form} «${short}»` : `${short} ${short.endsWith(form) ? '' : form}`.trim(),
    shortName: short,
    domain,
    internalDomain: faker.datatype.boolean({ probability: 0.65 }) ? `${inside}.${domain}` : `${head}.${own}`,
  };
}
