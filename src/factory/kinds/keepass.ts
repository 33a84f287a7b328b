import { randomInt } from 'node:crypto';
import { argon2d, argon2id } from 'hash-wasm';
import kdbxweb from 'kdbxweb';
import { accountName } from '../account-name.js';
import type { DecoyAddresses, TrapLogin } from '../decoy-addresses.js';
import { decoyUrl } from '../decoy-url.js';
import type { Persona } from '../persona.js';
import { generatedPassword, inventedPassword, type TrapSecret } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
const { Consts, Credentials, CryptoEngine, Int64, Kdbx, ProtectedValue, VarDictionary } = kdbxweb;

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
    const master = inventedPassword();
    const { entries, logins } = entriesOf(persona, decoy);
    const texts = groupNames[persona.locale];
    const startedAt = times.modifiedAt.getTime() - randomInt(200 * dayMs, 900 * dayMs);
    const moment = () => new Date(startedAt + randomInt(times.modifiedAt.getTime() - startedAt));
    const database = Kdbx.create(
      new Credentials(ProtectedValue.fromString(master)),
      story.helpers.arrayElement([...texts.main]),
    );
    // What KeePass 2.x sets for a new database with Argon2.
    database.setKdf(Consts.KdfId.Argon2d);
    const parameters = database.header.kdfParameters;
    const { Int64: int64, UInt32: uint32 } = VarDictionary.ValueType;
    parameters?.set('M', int64, Int64.from(64 * 1024 * 1024));
    parameters?.set('I', int64, Int64.from(2));
    parameters?.set('P', uint32, 2);
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
      made.fields.set('Notes', '');
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
    const content = Buffer.from(await saved(database));
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

type Database = ReturnType<typeof Kdbx.create>;

/** The little that is used of an element of the library's own XML. */
interface XmlElement {
  getElementsByTagName(name: string): { item(at: number): { textContent: string } | null };
}

// The library writes its own name into the element that says which program wrote the database.
async function saved(database: Database): Promise<ArrayBuffer> {
  const { meta } = database;
  const write = meta.write.bind(meta);
  meta.write = (parent, context) => {
    write(parent, context);
    const generator = (parent as unknown as XmlElement).getElementsByTagName('Generator').item(0);
    if (generator === null) throw new Error('the database does not say which program wrote it');
    generator.textContent = 'KeePass';
  };
  return database.save();
}

function entriesOf(persona: Persona, decoy: DecoyAddresses): { entries: Entry[]; logins: TrapLogin[] } {
  const { hosts, domain, administrator } = persona;
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
      password: inventedPassword(),
    },
  ];
  const [ssh, postgres, http] = logins as [TrapLogin, TrapLogin, TrapLogin];
  const made = (group: Entry['group'], title: string, user: string, url: string): Entry => ({
    group,
    title,
    user,
    url,
    password: randomInt(3) === 0 ? inventedPassword() : generatedPassword(randomInt(12, 24)),
  });
  const machines = [
    hosts.application,
    hosts.files,
    hosts.backup,
    hosts.monitoring,
    hosts.mail,
    hosts.gateway,
  ];
  const entries: Entry[] = [
    {
      group: 'servers',
      title: `${decoy.host} (jump)`,
      ...ssh,
      url: `ssh://${decoy.host}:${decoy.ports.ssh}`,
    },
    {
      group: 'data',
      title: `${persona.project} production`,
      ...postgres,
      url: `postgresql://${decoy.host}:${decoy.ports.postgres}/${persona.project}`,
    },
    { group: 'web', title: 'Intranet', ...http, url: `${decoyUrl(decoy)}/` },
    ...machines.map((host) => made('servers', host.name, 'root', `ssh://${host.fullName}`)),
    made('data', hosts.replica.name, 'postgres', `postgresql://${hosts.replica.fullName}:5432`),
    made('data', hosts.cache.name, '', `redis://${hosts.cache.fullName}:6379`),
    made(
      'web',
      `${hosts.continuousIntegration.name}`,
      'admin',
      `https://${hosts.continuousIntegration.fullName}/`,
    ),
    made('web', 'AWS root', `aws@${domain}`, 'https://console.aws.amazon.com/'),
    made('web', 'Cloudflare', administrator.email, 'https://dash.cloudflare.com/'),
    made('web', 'GitHub', `${administrator.login}`, 'https://github.com/login'),
  ];
  return {
    entries: entries.map(({ group, title, user, password, url }) => ({ group, title, user, password, url })),
    logins,
  };
}

const argon2: Parameters<typeof CryptoEngine.setArgon2Impl>[0] = async (
  password,
  salt,
  memorySize,
  iterations,
  hashLength,
  parallelism,
  type,
) => {
  const hash = type === CryptoEngine.Argon2TypeArgon2d ? argon2d : argon2id;
  const bytes = await hash({
    password: new Uint8Array(password),
    salt: new Uint8Array(salt),
    memorySize,
    iterations,
    hashLength,
    parallelism,
    outputType: 'binary',
  });
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};
