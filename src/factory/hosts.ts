import type { Faker } from '@faker-js/faker';

/** A machine in the company's network. */
export interface Host {
  readonly name: string;
  /** Name with the internal domain. */
  readonly fullName: string;
  readonly address: string;
}

// What people call a machine by its work; the first word is the plain one.
const works = {
  database: ['db', 'pg', 'sql', 'psql', 'postgres', 'dbm'],
  replica: ['db', 'pg', 'sql', 'psql', 'postgres', 'dbs'],
  cache: ['cache', 'redis', 'rds', 'kv', 'cache', 'mem'],
  application: ['app', 'web', 'www', 'api', 'appsrv', 'node'],
  mail: ['mail', 'smtp', 'mx', 'mta', 'relay', 'post'],
  files: ['fs', 'nas', 'files', 'share', 'storage', 'data'],
  continuousIntegration: ['ci', 'build', 'jenkins', 'gitlab', 'runner', 'git'],
  backup: ['bkp', 'backup', 'bak', 'vault', 'borg', 'bck'],
  monitoring: ['mon', 'zabbix', 'grafana', 'monitor', 'metrics', 'nms'],
  gateway: ['gw', 'vpn', 'fw', 'edge', 'router', 'bastion'],
} as const;

export type HostRole = keyof typeof works;
const roles = Object.keys(works) as HostRole[];

// Who names machines after something needs ten of it.
const themes = [
  'zeus hera apollo hermes athena ares artemis hades poseidon demeter dionysus hestia',
  'mercury venus mars jupiter saturn uranus neptune pluto ceres titan europa callisto',
  'oak birch maple cedar pine elm ash willow alder poplar spruce larch',
  'falcon eagle hawk owl raven heron crane swift wren osprey kite sparrow',
  'orion lyra draco cygnus aquila hydra pegasus phoenix vega rigel altair deneb',
  'odin thor freya loki baldur heimdall tyr frigg bragi njord mimir vidar',
].map((theme) => theme.split(' '));

type Naming = (role: HostRole, place: number) => string;

function namingOf(faker: Faker, site: string, project: string): Naming {
  const variant = new Map(roles.map((role) => [role, faker.number.int({ min: 0, max: 5 })]));
  variant.set('replica', variant.get('database') ?? 0);
  const work = (role: HostRole) => works[role][variant.get(role) ?? 0] ?? works[role][0];
  const count = (role: HostRole) => (role === 'replica' && work(role) === work('database') ? 2 : 1);
  const two = (role: HostRole) => `0${count(role)}`;
  const theme = faker.helpers.shuffle(faker.helpers.arrayElement(themes));
  const room = faker.helpers.arrayElement(['1', '2', '01', '-a', '']);
  const short = project.slice(0, 4);
  return faker.helpers.arrayElement<Naming>([
    (role) => `${work(role)}${two(role)}`,
    (role) => `${work(role)}-${two(role)}`,
    (role) => `${work(role)}${count(role)}`,
    (role) => `${work(role)}-prod-${two(role)}`,
    (role) => `prod-${work(role)}${count(role)}`,
    (role) => `p-${work(role)}-${two(role)}`,
    (role) => `${site}${room}-${work(role)}${two(role)}`,
    (role) => `${work(role)}${two(role)}-${site}`,
    (role) => `srv-${work(role)}${two(role)}`,
    (role) => `srv${work(role)}${count(role)}`,
    (role) => `l${site}${work(role)}${two(role)}`,
    (role) => `${short}-${work(role)}${count(role)}`,
    (_role, place) => theme[place] ?? '',
    (_role, place) => theme[place] ?? '',
  ]);
}

// Private networks as RFC 1918 has them; 172.16 to 172.19 are left to containers, which take them first.
function networkOf(faker: Faker): string {
  const number = (min: number, max: number) => faker.number.int({ min, max });
  return faker.helpers.arrayElement([
    () => `10.${number(0, 254)}.${number(0, 250)}`,
    () => `10.${number(1, 12) * 10}.${number(0, 24)}`,
    () => `172.${number(20, 31)}.${number(0, 250)}`,
    () => `192.168.${number(2, 250)}`,
  ])();
}

/** The machines of a company; names, addresses and full names are unique in it. */
export function hostsOf(
  faker: Faker,
  { site, project, internalDomain }: { site: string; project: string; internalDomain: string },
): Record<HostRole, Host> {
  const network = networkOf(faker);
  const naming = namingOf(faker, site, project);
  let last = faker.number.int({ min: 5, max: 60 });
  const hosts = roles.map((role, place) => {
    const name = naming(role, place);
    last += faker.number.int({ min: 1, max: 12 });
    const own = role === 'gateway' ? faker.helpers.arrayElement([1, 2, 254]) : last;
    return [role, { name, fullName: `${name}.${internalDomain}`, address: `${network}.${own}` }];
  });
  return Object.fromEntries(hosts);
}
