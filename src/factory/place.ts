import type { Faker } from '@faker-js/faker';
import type { Locale } from './locale.js';

/** Where the company sits, written as the country does. */
export interface Place {
  readonly city: string;
  /** Three letters for the city, as host names bear them. */
  readonly site: string;
  /** Name in the time zone database. */
  readonly timeZone: string;
  readonly street: string;
  readonly postalCode: string;
  /** The company's number up to the extension, such as `+49 69 4478-`. */
  readonly phone: string;
}

// City, site, area code, first digits of postal codes, time zone.
const cities: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'Chicago, IL|chi|312|606|America/Chicago',
    'Dallas, TX|dal|214|752|America/Chicago',
    'Denver, CO|den|303|802|America/Denver',
    'Columbus, OH|cmh|614|432|America/New_York',
    'Charlotte, NC|clt|704|282|America/New_York',
    'Atlanta, GA|atl|404|303|America/New_York',
    'Minneapolis, MN|msp|612|554|America/Chicago',
    'Portland, OR|pdx|503|972|America/Los_Angeles',
    'Sacramento, CA|smf|916|958|America/Los_Angeles',
    'Pittsburgh, PA|pit|412|152|America/New_York',
  ],
  de: [
    'Frankfurt am Main|fra|69|603|Europe/Berlin',
    'Hamburg|ham|40|204|Europe/Berlin',
    'Köln|cgn|221|508|Europe/Berlin',
    'Stuttgart|str|711|701|Europe/Berlin',
    'Nürnberg|nue|911|904|Europe/Berlin',
    'Leipzig|lej|341|041|Europe/Berlin',
    'Dortmund|dtm|231|441|Europe/Berlin',
    'Bremen|bre|421|281|Europe/Berlin',
    'Hannover|haj|511|301|Europe/Berlin',
    'Münster|fmo|251|481|Europe/Berlin',
  ],
  ru: [
    'Москва|msk|495|115|Europe/Moscow',
    'Москва|msk|499|127|Europe/Moscow',
    'Санкт-Петербург|spb|812|196|Europe/Moscow',
    'Екатеринбург|ekb|343|620|Asia/Yekaterinburg',
    'Новосибирск|nsk|383|630|Asia/Novosibirsk',
    'Казань|kzn|843|420|Europe/Moscow',
    'Нижний Новгород|nnov|831|603|Europe/Moscow',
    'Самара|sam|846|443|Europe/Samara',
    'Пермь|prm|342|614|Asia/Yekaterinburg',
    'Краснодар|krd|861|350|Europe/Moscow',
  ],
};

const streets: Readonly<Record<Locale, readonly string[]>> = {
  en: 'Market St|Lake Ave|Commerce Blvd|Franklin St|Industrial Pkwy|Washington Ave|Third St|Mill Rd|Jackson Blvd|Park Ave'.split(
    '|',
  ),
  de: 'Bahnhofstraße|Industriestraße|Hauptstraße|Am Stadtpark|Schillerstraße|Goethestraße|Gewerbering|Lindenallee|Mühlenweg|Hafenstraße'.split(
    '|',
  ),
  ru: 'ул. Ленина|ул. Садовая|пр-т Мира|ул. Промышленная|ул. Гагарина|ул. Советская|ул. Лесная|наб. Речная|ул. Строителей|ш. Заводское'.split(
    '|',
  ),
};

/** Where a company of this country sits. */
export function placeOf(faker: Faker, locale: Locale): Place {
  const [city = '', site = '', area = '', postal = '', timeZone = ''] = faker.helpers
    .arrayElement(cities[locale])
    .split('|');
  const street = faker.helpers.arrayElement(streets[locale]);
  const number = faker.number.int({ min: 2, max: locale === 'en' ? 2400 : 140 });
  const digits = (length: number) => faker.string.numeric({ length, allowLeadingZeros: false });
  const room = { en: 5, de: 5, ru: 6 }[locale] - postal.length;
  return {
    city,
    site,
    timeZone,
    street: { en: `${number} ${street}`, de: `${street} ${number}`, ru: `${street}, д. ${number}` }[locale],
    postalCode: `${postal}${faker.string.numeric(room)}`,
    phone: {
      en: `+1 (${area}) ${digits(3)}-${digits(1)}`,
      de: `+49 ${area} ${digits(area.length > 2 ? 4 : 5)}-`,
      ru: `+7 (${area}) ${digits(3)}-${digits(2)}-${digits(2)}, доб. `,
    }[locale],
  };
}
