import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import kdbxweb from 'kdbxweb';
import { argon2 } from '../../src/factory/keepass-program.js';
import { locales } from '../../src/factory/persona.js';
import type { Requirement } from '../support/requirements.js';
import { credentialFiles } from './credential-files.js';
import { plainPlan } from './plain-plan.js';
import { unpack } from './unpack.js';

const fixtures = resolve(import.meta.dirname, '../fixtures/tells');

/** What real files of a kind have too. */
export interface Reference {
  readonly texts: readonly Buffer[];
  /** Why all files of the kind may have one size. */
  readonly sizeReason?: string;
}

/**
 * The allow-list of a kind, `test/fixtures/tells/<kind>.txt`, and a real file of the kind made by its own
 * program. In a list a line is a string of real files (`\n` and `\t` escaped), each block begins with a `#` line
 * that says why, a line `@with NAME` takes in the list of that name, and a line `@size ...` says why all files of
 * the kind may be of one size.
 */
export async function referenceFor(kind: string): Promise<Reference> {
  const lines = await linesOf(kind);
  const sizeReason = lines.find((line) => line.startsWith('@size '))?.slice(6);
  const strings = lines.filter((line) => line !== '' && !line.startsWith('# ') && !line.startsWith('@'));
  const listed = strings.map((line) => Buffer.from(line.replaceAll('\\n', '\n').replaceAll('\\t', '\t')));
  const made = await inFolder((folder) => (real[kind] ?? credentialFiles[kind]?.make)?.(folder) ?? []);
  return { texts: [...listed, ...made.map((file) => unpack(file))], ...(sizeReason && { sizeReason }) };
}

async function linesOf(name: string): Promise<string[]> {
  const path = join(fixtures, `${name}.txt`);
  const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : [];
  const others = lines.filter((line) => line.startsWith('@with ')).map((line) => linesOf(line.slice(6)));
  return [...lines, ...(await Promise.all(others)).flat()];
}

/** What the host must have for the reference of a kind. */
export function programsOf(kind: string): readonly Requirement[] {
  return ['soffice', 'ssh-keygen', 'openssl', 'keepassxc-cli', ...(credentialFiles[kind]?.needs ?? [])];
}

type RealFile = (folder: string) => Promise<Buffer[]>;

const real: Readonly<Record<string, RealFile>> = {
  // In the form from before OpenSSH 7.8 and in that of today, with the public half.
  'ssh-key': async (folder) => [
    ...(await sshKeys(folder, 'old', ['-t', 'rsa', '-b', '3072', '-m', 'PEM'])),
    ...(await sshKeys(folder, 'new', ['-t', 'rsa', '-b', '3072'])),
  ],
  'jwt-key': async (folder) => [
    ...(await keysByOpenSsl(folder, 'rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'])),
    ...(await keysByOpenSsl(folder, 'elliptic', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'])),
  ],
  keepass: async (folder) => {
    // The command makes only the older form itself, but writes what it changes in the form that it found.
    const path = join(folder, 'real.kdbx');
    kdbxweb.CryptoEngine.setArgon2Impl(argon2);
    const database = kdbxweb.Kdbx.create(
      new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('one')),
      'two',
    );
    database.setKdf(kdbxweb.Consts.KdfId.Argon2d);
    // What both programs take for a new database.
    const { UInt64 } = kdbxweb.VarDictionary.ValueType;
    database.header.kdfParameters?.set('M', UInt64, kdbxweb.Int64.from(64 * 1024 * 1024));
    await writeFile(path, Buffer.from(await database.save()));
    const env = { QT_QPA_PLATFORM: 'offscreen', HOME: folder };
    await execa('keepassxc-cli', ['mkdir', '-q', path, 'three'], { input: 'one\n', env });
    return [await readFile(path)];
  },
  // What pg_dump 15 wrote of a database whose names are single letters: to make one here takes a server.
  'sql-dump': async () => [await readFile(join(fixtures, 'sql-dump.sql')), recentDays()],
  // Tables of single letters, with what SQLite adds itself: its own indexes, and the count of automatic keys.
  sqlite: async (folder) => {
    const paths = [databaseOfLetters, emptyTables].map(async (input, at) => {
      const path = join(folder, `real${at}.db`);
      await execa('sqlite3', [path], { input });
      return readFile(path);
    });
    return [...(await Promise.all(paths)), recentDays()];
  },
  'ssh-key-ed25519': (folder) => sshKeys(folder, 'key', ['-t', 'ed25519']),
  salary: (folder) => byLibreOffice(folder, [['note.txt', 'one\n\ntwo\n']], 'docx'),
  // On paper of both sizes, with the fonts that ours come from.
  'network-plan': async (folder) => {
    const fonts = resolve(import.meta.dirname, '../../node_modules/dejavu-fonts-ttf/ttf');
    const settings = join(folder, 'fonts.conf');
    await writeFile(settings, `<fontconfig><dir>${fonts}</dir><cachedir>${folder}</cachedir></fontconfig>`);
    const texts = locales.flatMap((language) =>
      [24, 36, 45, 52, 58, 66, 90, 150].map((letters, at) =>
        plainPlan({
          language,
          paper: language === 'en' ? ['8.5in', '11in'] : ['21.001cm', '29.7cm'],
          step: [1, 1, 5, 7][at % 4] ?? 1,
          first: 11 * at,
          letters,
          rows: 3 + 5 * at,
        }),
      ),
    );
    const env = { FONTCONFIG_FILE: settings };
    const files = texts.map((text, at) => [`plan${at}.fodt`, text] as const);
    return byLibreOffice(folder, files, 'pdf', env);
  },
  // With three sheets, as OpenDocument in one file of XML.
  payroll: (folder) => byLibreOffice(folder, [['sheet.fods', threeSheets]], 'xlsx'),
};

const databaseOfLetters = `create table a (b integer primary key autoincrement, c, d unique);
create table e (f primary key, g, h);
create table i (j, k);
create index l on i (j);
create unique index m on i (k);
with recursive n(o) as (select 1 union all select o + 1 from n where o < 1500)
insert into a select o, hex(randomblob(o % 90)), hex(randomblob(9)) from n;
insert into e select d, b, c from a where b % 7 = 0;
insert into i select c, d from a where b % 9 < 5;
`;

// So many that their roots lie in each of the first pages.
const emptyTables = [...'abcdefghijklmno'].map((name) => `create table ${name} (x);`).join('\n');

const tables = ['one', 'two', 'three'].map(
  (name) =>
    `<table:table table:name="${name}"><table:table-row><table:table-cell office:value-type="string"><text:p>${name}</text:p></table:table-cell></table:table-row></table:table>`,
);
const namespaces = ['office', 'table', 'text'].map(
  (name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
);
const threeSheets = `<?xml version="1.0"?><office:document ${namespaces.join(' ')} office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>${tables.join('')}</office:spreadsheet></office:body></office:document>`;

/** What LibreOffice makes of files when it is told to save them in another form. */
async function byLibreOffice(
  folder: string,
  files: readonly (readonly [name: string, content: string])[],
  form: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Buffer[]> {
  const paths = files.map(([name]) => join(folder, name));
  for (const [at, [, content]] of files.entries()) await writeFile(paths[at] ?? '', content);
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  await execa('soffice', [profile, '--headless', '--convert-to', form, '--outdir', folder, ...paths], {
    env,
  });
  return Promise.all(paths.map((path) => readFile(path.replace(/\.\w+$/, `.${form}`))));
}

async function sshKeys(folder: string, name: string, kind: readonly string[]): Promise<Buffer[]> {
  const path = join(folder, name);
  await execa('ssh-keygen', ['-q', ...kind, '-N', '', '-f', path]);
  return [await readFile(path), await readFile(`${path}.pub`)];
}

/** Private keys in both forms that OpenSSL has, and the public one. */
async function keysByOpenSsl(folder: string, name: string, kind: readonly string[]): Promise<Buffer[]> {
  const [path, old, half] = [name, `${name}.old`, `${name}.pub`].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  await execa('openssl', ['genpkey', ...kind, '-out', path]);
  await execa('openssl', ['pkey', '-in', path, '-traditional', '-out', old]);
  await execa('openssl', ['pkey', '-in', path, '-pubout', '-out', half]);
  return Promise.all([path, old, half].map((file) => readFile(file)));
}

/** The days of three years after a tab and a number: tables of one time share them. */
function recentDays(): Buffer {
  const days = Array.from({ length: 1100 }, (_, back) => new Date(Date.now() - back * 86_400_000));
  return Buffer.from(
    days
      .flatMap((day) => [...'0123456789'].map((digit) => `${digit}\t${day.toISOString().slice(0, 10)} `))
      .join(''),
  );
}

async function inFolder(make: (folder: string) => Promise<Buffer[]> | Buffer[]): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  try {
    return await make(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
