import type { Faker } from '@faker-js/faker';
import { drawAwsAccount } from './forms/aws-account.js';
import { surnames } from './names.js';
import { type Position, staffPlan } from './staff-plan.js';
import { storyteller } from './storyteller.js';

/** Someone who works at the persona's company. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly fullName: string;
  /** Login name, such as `jmiller`; unique in the company. */
  readonly login: string;
  readonly email: string;
  readonly position: Position;
}

/** A machine in the company's network. */
export interface Host {
  readonly name: string;
  /** Name with the internal domain. */
  readonly fullName: string;
  readonly address: string;
}

const hostNames = {
  database: ['db01', 'pg-prod-01', 'sql01', 'dbprod1'],
  replica: ['db02', 'pg-prod-02', 'sql02', 'dbprod2'],
  cache: ['cache01', 'redis01', 'redis-prod-01'],
  application: ['app01', 'web01', 'app-prod-01'],
  mail: ['mail', 'smtp01', 'mx01'],
  files: ['fs01', 'nas01', 'files'],
  continuousIntegration: ['ci', 'jenkins', 'build01'],
  backup: ['bkp01', 'backup01', 'vault01'],
  monitoring: ['mon01', 'grafana', 'zabbix01'],
  gateway: ['vpn', 'gw01', 'fw01'],
} as const;

export const locales = ['en', 'ru', 'de'] as const;
export type Locale = (typeof locales)[number];

export type HostRole = keyof typeof hostNames;

/** The one story that all traps of a host tell. Nothing in it is secret. */
export interface Persona {
  /** Seed of the story; kinds draw their own details from it through `storyteller`. */
  readonly seed: number;
  readonly company: string;
  readonly domain: string;
  readonly internalDomain: string;
  /** Short name of the software they run, such as `meridian`. */
  readonly project: string;
  /** Where they rent machines, such as `us-east-1`. */
  readonly region: string;
  /** Account with AWS that all their keys belong to: 12 digits. */
  readonly awsAccountId: string;
  /** Language of people, company and documents. */
  readonly locale: Locale;
  readonly people: readonly Person[];
  readonly administrator: Person;
  readonly developer: Person;
  readonly humanResources: Person;
  readonly payroll: Person;
  readonly hosts: Readonly<Record<HostRole, Host>>;
}

const trades = [
  'Logistics',
  'Analytics',
  'Medical Supply',
  'Freight',
  'Systems',
  'Insurance',
  'Foods',
  'Energy',
];
const projects =
  'atlas aurora beacon compass cascade helix keystone meridian nimbus orchard pioneer summit'.split(' ');

/** Makes the persona of a seed; the same seed gives the same persona. */
export function personaFrom(seed: number, locale: Locale = 'en'): Persona {
  const faker = storyteller(seed, 'company');
  const company = `${faker.helpers.arrayElement(surnames)} ${faker.helpers.arrayElement(trades)}`;
  const domain = `${company.toLowerCase().replaceAll(' ', '')}.${faker.helpers.arrayElement(['com', 'com', 'net', 'io'])}`;
  const internalDomain = `${faker.helpers.arrayElement(['corp', 'int', 'ad', 'office'])}.${domain}`;
  const people = peopleOf(storyteller(seed, 'people'), domain);
  const holding = (title: string) => people.find((person) => person.position.title === title) as Person;
  return {
    seed,
    company,
    domain,
    internalDomain,
    project: faker.helpers.arrayElement(projects),
    region: faker.helpers.arrayElement(['us-east-1', 'us-east-2', 'us-west-2']),
    awsAccountId: drawAwsAccount(faker),
    locale,
    people,
    administrator: holding('Systems Administrator'),
    developer: holding('Senior Software Engineer'),
    humanResources: holding('HR Manager'),
    payroll: holding('Payroll Specialist'),
    hosts: hostsOf(storyteller(seed, 'hosts'), internalDomain),
  };
}

function peopleOf(faker: Faker, domain: string): Person[] {
  const people = new Map<string, Person>();
  for (const position of staffPlan) {
    const [min, max] = position.holders;
    for (let open = faker.number.int({ min, max }); open > 0; ) {
      const firstName = faker.person.firstName();
      const lastName = faker.person.lastName();
      const login = `${firstName.charAt(0)}${lastName}`.toLowerCase();
      if (people.has(login)) continue;
      const email = `${firstName}.${lastName}@${domain}`.toLowerCase();
      people.set(login, {
        firstName,
        lastName,
        fullName: `${firstName} ${lastName}`,
        login,
        email,
        position,
      });
      open -= 1;
    }
  }
  return [...people.values()];
}

function hostsOf(faker: Faker, internalDomain: string): Record<HostRole, Host> {
  const network = `10.${faker.number.int({ min: 8, max: 240 })}.${faker.number.int({ min: 1, max: 60 })}`;
  let last = faker.number.int({ min: 5, max: 20 });
  const scheme = faker.number.int({ min: 0, max: 2 });
  const hosts = Object.entries(hostNames).map(([role, names]) => {
    const name = names[scheme] ?? names[0];
    last += faker.number.int({ min: 1, max: 12 });
    return [role, { name, fullName: `${name}.${internalDomain}`, address: `${network}.${last}` }];
  });
  return Object.fromEntries(hosts);
}
