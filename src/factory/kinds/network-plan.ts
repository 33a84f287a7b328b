import type { Faker } from '@faker-js/faker';
import { accountName } from '../account-name.js';
import type { TrapLogin } from '../decoy-addresses.js';
import { decoyUrl, urlHost } from '../decoy-url.js';
import { officeLook } from '../office-look.js';
import { PdfDocument } from '../pdf-document.js';
import type { HostRole, Persona } from '../persona.js';
import { type Phrases, phrasesOf } from '../phrases.js';
import { PlanSheet } from '../plan-sheet.js';
import { alphabets, generatedPassword, inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const names = {
  en: ['network-plan', 'network_overview', 'network-documentation', 'lan-plan', 'NetworkPlan'],
  de: ['netzplan', 'netzwerkdokumentation', 'Netzplan_Server', 'netzuebersicht', 'netz_und_zugaenge'],
  ru: ['schema_seti', 'plan_seti', 'set_dostup', 'network-plan', 'shema-lvs'],
} as const;
const letter = [612, 792] as const;
const a4 = [595.303937007874, 841.889763779528] as const;

/** The plan of the company's network with its machines and how to get into them, as PDF. */
export const networkPlan: TrapKind = {
  name: 'network-plan',
  summary: 'plan of the network with addresses and logins, a PDF',
  mode: readableByAll,
  relativePath: ({ seed, locale }) =>
    `${storyteller(seed, 'network plan name').helpers.arrayElement(names[locale])}.pdf`,
  async make({ persona, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'network plan');
    const phrases = phrasesOf(templates, 'network-plan', persona.locale, story);
    const language = { en: 'en-US', de: 'de-DE', ru: 'ru-RU' }[persona.locale];
    const author = persona.administrator;
    const logins: TrapLogin[] = [
      {
        service: 'ssh',
        user: accountName('netadmin', 'ops', 'jump', author.login),
        password: generatedPassword(16),
      },
      {
        service: 'http',
        user: accountName('admin', 'console', 'noc'),
        password: inventedPassword(persona.locale),
      },
      {
        service: 'postgres',
        user: accountName('inventory', 'ipam', 'netbox'),
        password: generatedPassword(18),
      },
    ];
    const [ssh, http, postgres] = logins as [TrapLogin, TrapLogin, TrapLogin];
    const tunnel = randomText(alphabets.alphanumeric, 26);
    const community = randomText(alphabets.alphanumeric, 14);
    const values = {
      company: persona.company,
      author: author.fullName,
      email: author.email,
      extension: story.number.int({ min: 210, max: 489 }),
      date: times.modifiedAt.toLocaleDateString(language, { year: 'numeric', month: 'long', day: 'numeric' }),
    };
    const title = phrases('title');
    const document = new PdfDocument({
      title: `${title} ${persona.company}`,
      author: author.fullName,
      // The releases in Debian 11, Ubuntu 22.04 and Debian 12.
      producer: story.helpers.arrayElement(['LibreOffice 7.0', 'LibreOffice 7.3', 'LibreOffice 7.4']),
      createdAt: times.modifiedAt,
      language,
      page: persona.locale === 'en' ? letter : a4,
    });
    const look = officeLook(storyteller(persona.seed, 'office look'));
    const sheet = new PlanSheet(document, look, story, persona.locale === 'en' ? letter : a4);
    sheet.title(title, phrases('subtitle', values));
    const network = Object.values(persona.hosts)[0]?.address.split('.').slice(0, 2).join('.') ?? '10.0';
    const third = Number(Object.values(persona.hosts)[0]?.address.split('.')[2] ?? 1);
    const segments = story.helpers
      .shuffle(['users', 'wireless', 'management'] as const)
      .map((name, index) => ({
        name: phrases(name),
        network: `${network}.${(third + 10 * (index + 1)) % 250}.0/24`,
      }));
    segments.splice(story.number.int({ min: 0, max: 2 }), 0, {
      name: phrases('servers'),
      network: `${network}.${third}.0/24`,
    });
    const vlan = story.number.int({ min: 1, max: 9 }) * 10;
    const sections: (() => void)[] = [
      () => {
        sheet.heading(phrases('hosts'));
        sheet.table(
          [phrases('name'), phrases('address'), phrases('purpose')],
          [0.36, 0.24, 0.4],
          [1],
          hostRows(persona, phrases, story),
        );
      },
      () => {
        sheet.heading(phrases('networks'));
        sheet.table(
          [phrases('vlan'), phrases('network'), phrases('purpose')],
          [0.2, 0.35, 0.45],
          [1],
          segments.map((segment, index) => [String(vlan + 10 * index), segment.network, segment.name]),
        );
      },
      () => {
        sheet.heading(phrases('access'));
        sheet.table(
          [phrases('system'), phrases('address'), phrases('user'), phrases('password')],
          [0.22, 0.27, 0.22, 0.29],
          [1, 2, 3],
          story.helpers.shuffle([
            [phrases('jump'), `${urlHost(decoy.host)}:${decoy.ports.ssh}`, ssh.user, ssh.password],
            [phrases('console'), `${decoyUrl(decoy)}/`, http.user, http.password],
            [
              phrases('database'),
              `${urlHost(decoy.host)}:${decoy.ports.postgres}`,
              postgres.user,
              postgres.password,
            ],
            [phrases('tunnel'), persona.hosts.gateway.address, '', tunnel],
            [phrases('switches'), `${network}.${third}.0/24`, '', community],
          ]),
        );
      },
    ];
    sheet.heading(phrases('diagram'));
    sheet.diagram(phrases('internet'), persona.hosts.gateway, segments);
    for (const section of story.helpers.shuffle(sections)) section();
    sheet.heading(phrases('remarks'));
    for (const key of story.helpers.shuffle(['remark1', 'remark2', 'remark3']))
      sheet.remark(phrases(key, values));
    return {
      content: document.bytes(),
      secrets: [
        ...logins.map(({ service, password }) => ({ label: service, value: password })),
        { label: 'VPN key', value: tunnel },
        { label: 'SNMP community', value: community },
      ],
      logins,
    };
  },
};

function hostRows(persona: Persona, phrases: Phrases, story: Faker): string[][] {
  const rows = Object.entries(persona.hosts) as [HostRole, Persona['hosts'][HostRole]][];
  const short = story.datatype.boolean();
  return rows.map(([role, host]) => [
    short ? host.name : host.fullName,
    host.address,
    phrases(`${role}_role`),
  ]);
}
