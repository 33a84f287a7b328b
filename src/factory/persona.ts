import { companyOf } from './company.js';
import { drawAwsAccount } from './forms/aws-account.js';
import { type Host, type HostRole, hostsOf } from './hosts.js';
import { type Country, countries, type Locale } from './locale.js';
import { type Person, peopleOf } from './people.js';
import { namesIn } from './person-name.js';
import { type Place, placeOf } from './place.js';
import { projectsOf } from './projects.js';
import { storyteller } from './storyteller.js';

export type { Host, HostRole } from './hosts.js';
export { type Country, type Locale, locales } from './locale.js';
export type { Person } from './people.js';
export type { Place } from './place.js';

/** The one story that all traps of a host tell. Nothing in it is secret. */
export interface Persona {
  /** Seed of the story; kinds draw their own details from it through `storyteller`. */
  readonly seed: number;
  /** Language of people, company and documents. */
  readonly locale: Locale;
  readonly country: Country;
  /** With the legal form, such as `Keller Logistik GmbH`. */
  readonly company: string;
  /** As people say it, such as `Keller Logistik`. */
  readonly companyShort: string;
  readonly place: Place;
  readonly domain: string;
  /** Of the machines inside; below the domain, or one of its own such as `keller.lan`. */
  readonly internalDomain: string;
  /** Short name of the software they run, such as `meridian`: letters a to z, at most 12. */
  readonly project: string;
  /** What else they run. */
  readonly otherProjects: readonly string[];
  /** Where they rent machines, such as `us-east-1`. */
  readonly region: string;
  /** Account with AWS that all their keys belong to: 12 digits. */
  readonly awsAccountId: string;
  readonly people: readonly Person[];
  readonly administrator: Person;
  readonly developer: Person;
  readonly humanResources: Person;
  readonly payroll: Person;
  readonly hosts: Readonly<Record<HostRole, Host>>;
}

/**
 * Makes the persona of a seed and a locale; the same two give the same persona. A registry keeps only them, so
 * what is drawn here, and in which order, stays as it is: a new detail takes a stream of its own.
 */
export function personaFrom(seed: number, locale: Locale = 'en'): Persona {
  const { legalName, shortName, domain, internalDomain } = companyOf(
    storyteller(seed, `company/${locale}`),
    locale,
    namesIn[locale].surnames,
  );
  const country = countries[locale];
  const place = placeOf(storyteller(seed, `place/${locale}`), locale);
  const [project = '', ...otherProjects] = projectsOf(storyteller(seed, 'projects'));
  const cloud = storyteller(seed, 'cloud');
  const people = peopleOf(seed, locale, domain);
  const holding = (role: string) => people.find((person) => person.position.role === role) as Person;
  return {
    seed,
    locale,
    country,
    company: legalName,
    companyShort: shortName,
    place,
    domain,
    internalDomain,
    project,
    otherProjects,
    region: cloud.helpers.arrayElement(country.regions),
    awsAccountId: drawAwsAccount(cloud),
    people,
    administrator: holding('administrator'),
    developer: holding('senior-developer'),
    humanResources: holding('hr-manager'),
    payroll: holding('payroll'),
    hosts: hostsOf(storyteller(seed, 'hosts'), { site: place.site, project, internalDomain }),
  };
}
