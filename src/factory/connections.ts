import type { Faker } from '@faker-js/faker';
import type { DecoyAddresses, TrapLogin } from './decoy-addresses.js';
import { decoyUrl, urlHost } from './decoy-url.js';
import { deploymentOf } from './deployment.js';
import type { Persona } from './persona.js';
import { alphabets, generatedPassword, randomText, type TrapSecret } from './secrets.js';

/** What an application connects to, each by name with what it is told of it. */
export interface Connections {
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly secrets: readonly TrapSecret[];
  readonly logins: readonly TrapLogin[];
}

/** Connections to the decoy with these users, and others that lead nowhere; in any order. */
export function connectionsOf(
  persona: Persona,
  story: Faker,
  decoy: DecoyAddresses,
  users: { readonly warehouse: string; readonly portal: string },
): Connections {
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const { warehouse, portal, mail } = {
    warehouse: randomText(alphabets.alphanumeric, 24),
    portal: generatedPassword(18),
    mail: generatedPassword(16),
  };
  const { warehouse: base } = deploymentOf(persona);
  const [user, password] = [
    oneOf('login', 'user', 'username', 'account'),
    oneOf('password', 'pass', 'secret', 'pw'),
  ];
  const tokens = story.helpers
    .arrayElements(['sms', 'geocoder', 'sentry', 'slack', 'carrier', 'fax', 'sap', 'vat-check'], {
      min: 0,
      max: 4,
    })
    .map((service) => [service, randomText(alphabets.alphanumeric, 32)] as const);
  const place = `${users.warehouse}:${warehouse}@${urlHost(decoy.host)}:${decoy.ports.postgres}/${base}`;
  const rows = story.helpers.shuffle([
    ...tokens,
    [
      oneOf('warehouse', 'dwh', 'reporting', 'bi'),
      oneOf(
        `postgresql://${place}`,
        `postgres://${place}`,
        `host=${decoy.host} port=${decoy.ports.postgres} dbname=${base} user=${users.warehouse} password=${warehouse}`,
      ),
    ],
    [
      oneOf('intranet', 'erp', 'portal', 'backoffice'),
      settings(story, [
        [oneOf('url', 'base', 'endpoint'), `${decoyUrl(decoy)}${oneOf('/', '', '/api')}`],
        [user, users.portal],
        [password, portal],
      ]),
    ],
    [
      oneOf('smtp', 'mail', 'mailer'),
      settings(story, [
        ['host', persona.hosts.mail.fullName],
        [user, `${oneOf('noreply', 'robot', 'alerts', 'no-reply')}@${persona.domain}`],
        [password, mail],
      ]),
    ],
  ] as const);
  return {
    rows,
    secrets: [
      { label: 'warehouse', value: warehouse },
      { label: 'intranet', value: portal },
      { label: 'mail', value: mail },
      ...tokens.map(([label, value]) => ({ label, value })),
    ],
    logins: [
      { service: 'postgres', user: users.warehouse, password: warehouse },
      { service: 'http', user: users.portal, password: portal },
    ],
  };
}

/** Settings as some libraries print them: as JSON with spaces or without, or in words; in any order. */
function settings(story: Faker, members: readonly (readonly [string, string])[]): string {
  const ordered = story.helpers.shuffle(members);
  if (story.datatype.boolean({ probability: 0.35 })) return ordered.map((pair) => pair.join('=')).join(' ');
  const [colon, comma] = story.datatype.boolean() ? [': ', ', '] : [':', ','];
  return `{${ordered.map((pair) => pair.map((one) => JSON.stringify(one)).join(colon)).join(comma)}}`;
}
