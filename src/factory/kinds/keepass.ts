import { randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import kdbxweb from 'kdbxweb';
import { accountName } from '../account-name.js';
import type { DecoyAddresses, TrapLogin } from '../decoy-addresses.js';
import { decoyUrl } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { argon2, deriveKey, keepassFile, keepassPrograms } from '../keepass-program.js';
import type { Persona } from '../persona.js';
import { generatedPassword, inventedPassword, type TrapSecret } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
const { Credentials, CryptoEngine, Kdbx, ProtectedValue } = kdbxweb;

const groupNames = {
  en: {
    main: ['Passwords', 'IT', 'Infrastructure'],
    servers: ['Servers', 'Hosts', 'Linux'],
    data: ['Databases', 'DB'],
    web: ['Web', 'Internet', 'Portals'],
  },
  de: {
    main: ['Passwörter', 'IT', 'Technik'],
    servers: ['Server', 'Systeme', 'Linux'],
    data: ['Datenbanken', 'DB'],
    web: ['Internet', 'Portale', 'Web'],
  },
  ru: {
    main: ['Пароли', 'ИТ', 'Инфраструктура'],
    servers: ['Серверы', 'Linux', 'Хосты'],
    data: ['Базы данных', 'БД'],
    web: ['Интернет', 'Порталы', 'Веб'],
  },
} as const;

const recycleBins = { en: 'Recycle Bin', de: 'Papierkorb', ru: 'Корзина' } as const;

interface Entry {
  readonly group: 'servers' | 'data' | 'web';
  readonly title: string;
  readonly user: string;
  readonly password: string;
  readonly url: string;
  readonly notes: string;
}

/** The administrators' password database; it opens with a master password that stands nowhere. */
export const keepass: TrapKind = {
  name: 'keepass',
  summary: "the administrators' KeePass database",
  mode: readableByOwner,
  relativePath: ({ seed, domain }) =>
    `${storyteller(seed, 'keepass name').helpers.arrayElement(['passwords', 'infra', 'Database', 'it-team', 'servers', domain.split('.')[0] ?? 'keys'])}.kdbx`,
  async make({ persona, times, decoy }) {
    const story = storyteller(persona.seed, 'keepass');
    CryptoEngine.setArgon2Impl(argon2);
    const master = inventedPassword(persona.locale);
    const { entries, logins } = entriesOf(persona, decoy, story);
    const texts = groupNames[persona.locale];
    const startedAt = times.modifiedAt.getTime() - randomInt(200 * dayMs, 900 * dayMs);
    const moment = () => new Date(startedAt + randomInt(times.modifiedAt.getTime() - startedAt));
    const database = Kdbx.create(
      new Credentials(ProtectedValue.fromString(master)),
      story.helpers.arrayElement([...texts.main]),
    );
    const program = story.helpers.arrayElement(keepassPrograms);
    deriveKey(database.header, program, story);
    const groups = { main: database.getDefaultGroup() } as Record<
      string,
      ReturnType<typeof database.getDefaultGroup>
    >;
    for (const name of story.helpers.shuffle(['servers', 'data', 'web'] as const)) {
      groups[name] = database.createGroup(
        database.getDefaultGroup(),
        story.helpers.arrayElement([...texts[name]]),
      );
    }
    for (const entry of story.helpers.shuffle(entries)) {
      const made = database.createEntry(groups[entry.group] ?? database.getDefaultGroup());
      made.fields.set('Title', entry.title);
      made.fields.set('UserName', entry.user);
      made.fields.set('Password', ProtectedValue.fromString(entry.password));
      made.fields.set('URL', entry.url);
      made.fields.set('Notes', entry.notes);
      const created = moment();
      const changed = new Date(
        created.getTime() + randomInt(times.modifiedAt.getTime() - created.getTime() + 1),
      );
      Object.assign(made.times, {
        creationTime: created,
        lastModTime: changed,
        lastAccessTime: changed,
        expiryTime: created,
        locationChanged: created,
      });
    }
    for (const group of database.getDefaultGroup().allGroups()) {
      if (group.uuid.equals(database.meta.recycleBinUuid)) group.name = recycleBins[persona.locale];
      const created = new Date(startedAt + randomInt(dayMs));
      Object.assign(group.times, {
        creationTime: created,
        lastModTime: created,
        lastAccessTime: times.modifiedAt,
        expiryTime: created,
        locationChanged: created,
      });
    }
    // Whoever opens it with the password reads who wrote it, and when.
    const { meta } = database;
    const started = new Date(startedAt);
    Object.assign(meta, {
      nameChanged: started,
      descChanged: started,
      defaultUserChanged: started,
      keyChanged: started,
      recycleBinChanged: started,
      entryTemplatesGroupChanged: started,
      settingsChanged: started,
    });
    const content = Buffer.from(await keepassFile(database, program));
    return {
      content,
      secrets: [
        { label: 'master password', value: master },
        ...entries.map(({ title, password }): TrapSecret => ({ label: title, value: password })),
      ],
      logins,
    };
  },
};

function entriesOf(
  persona: Persona,
  decoy: DecoyAddresses,
  story: Faker,
): { entries: Entry[]; logins: TrapLogin[] } {
  const { hosts, domain, administrator } = persona;
  const { gitlab, database } = deploymentOf(persona);
  const logins: TrapLogin[] = [
    {
      service: 'ssh',
      user: accountName('deploy', 'ops', 'admin', administrator.login),
      password: generatedPassword(16),
    },
    { service: 'postgres', user: accountName('dba', 'postgres_ro', 'app'), password: generatedPassword(20) },
    {
      service: 'http',
      user: accountName('admin', 'portal', administrator.login),
      password: inventedPassword(persona.locale),
    },
  ];
  const [ssh, postgres, http] = logins as [TrapLogin, TrapLogin, TrapLogin];
  const made = (group: Entry['group'], title: string, user: string, url: string): Entry => ({
    group,
    title,
    user,
    url,
    password: randomInt(3) === 0 ? inventedPassword(persona.locale) : generatedPassword(randomInt(12, 24)),
    // A ticket, who to ask, or nothing.
    notes: [
      '',
      '',
      `#${randomInt(100, 99_999)}`,
      `${persona.people[randomInt(persona.people.length)]?.fullName}`,
      `${domain}/wiki/${title}`,
    ][randomInt(5)] as string,
  });
  const { application, files, backup, monitoring, mail, gateway } = hosts;
  const machines = [application, files, backup, monitoring, mail, gateway];
  const services = [
    ['AWS root', `aws@${domain}`, 'https://console.aws.amazon.com/'],
    ['Cloudflare', administrator.email, 'https://dash.cloudflare.com/'],
    ['GitHub', administrator.login, 'https://github.com/login'],
    ['Hetzner', `it@${domain}`, 'https://accounts.hetzner.com/login'],
    ['GitLab', administrator.login, `https://${gitlab}/users/sign_in`],
    ['Docker Hub', domain.split('.')[0] ?? '', 'https://hub.docker.com/'],
    ['Slack', administrator.email, 'https://slack.com/signin'],
    ['Atlassian', administrator.email, 'https://id.atlassian.com/login'],
  ] as const;
  const entries: Entry[] = [
    { ...made('servers', `${decoy.host} (jump)`, '', `ssh://${decoy.host}:${decoy.ports.ssh}`), ...ssh },
    {
      ...made(
        'data',
        `${persona.project} production`,
        '',
        `postgresql://${decoy.host}:${decoy.ports.postgres}/${database}`,
      ),
      ...postgres,
    },
    { ...made('web', 'Intranet', '', `${decoyUrl(decoy)}/`), ...http },
    ...story.helpers
      .arrayElements(machines, { min: 3, max: 6 })
      .map((host) => made('servers', host.name, 'root', `ssh://${host.fullName}`)),
    made('data', hosts.replica.name, 'postgres', `postgresql://${hosts.replica.fullName}:5432`),
    made('data', hosts.cache.name, '', `redis://${hosts.cache.fullName}:6379`),
    made(
      'web',
      `${hosts.continuousIntegration.name}`,
      'admin',
      `https://${hosts.continuousIntegration.fullName}/`,
    ),
    ...story.helpers
      .arrayElements(services, { min: 2, max: 7 })
      .map(([title, user, url]) => made('web', title, user, url)),
    // The mailboxes of some.
    ...story.helpers
      .arrayElements(persona.people, { min: 2, max: 12 })
      .map((person) => made('web', person.fullName, person.email, `https://${hosts.mail.fullName}/`)),
  ];
  return { entries, logins };
}
