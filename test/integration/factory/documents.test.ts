import { createDecipheriv, createECDH, pbkdf2Sync, scryptSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { strFromU8, unzipSync } from 'fflate';
import { keccak } from 'hash-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import { locales, type Person } from '../../../src/factory/persona.js';
import type { TrapContext, TrapMaterial } from '../../../src/factory/trap-kind.js';
import { describeWith } from '../../support/requirements.js';
import { trapContext } from '../../support/trap-context.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Made extends TrapMaterial {
  readonly path: string;
  readonly context: TrapContext;
}

async function made(name: TrapKindName, locale: TrapContext['persona']['locale'] = 'en'): Promise<Made> {
  const given = trapContext(31, locale);
  // What every locale must show, whatever its own names are.
  const shown = (person: Person) => ({ ...person, fullName: 'Ёлкина-Größer Юлия' });
  const humanResources = shown(given.persona.humanResources);
  const administrator = shown(given.persona.administrator);
  const path = join(folder, `${locale}-${basename(kinds[name].relativePath(given.persona, 2025))}`);
  const context = {
    ...given,
    path,
    persona: { ...given.persona, humanResources, administrator },
  };
  const material = await kinds[name].make(context);
  await writeFile(path, material.content);
  return { ...material, path, context };
}

async function converted(path: string, format: string, extension: string): Promise<string> {
  const profile = `-env:UserInstallation=file://${join(folder, 'office-profile')}`;
  await execa('soffice', [
    profile,
    '--headless',
    '--convert-to',
    format,
    '--outdir',
    join(folder, 'out'),
    path,
  ]);
  return readFile(join(folder, 'out', basename(path).replace(/[^.]+$/, extension)), 'utf8');
}

describeWith(['soffice'], 'office documents', () => {
  test.each(locales)('LibreOffice reads the salary review (%s)', async (locale) => {
    const { path, context, secrets, logins } = await made('salary', locale);
    const text = await converted(path, 'txt:Text (encoded):UTF8', 'txt');
    for (const { fullName } of context.persona.people) expect(text).toContain(fullName);
    expect(text).toContain('Ёлкина-Größer Юлия');
    for (const { value } of secrets) expect(text).toContain(value);
    expect(text).toContain('http://127.0.0.1:8080/');
    expect(text).toContain(logins?.[0]?.user);
  });

  test.each(
    locales,
  )('LibreOffice reads the payroll, whose formulas give the values that stand in it (%s)', async (locale) => {
    const { path, context, content } = await made('payroll', locale);
    const csv = await converted(path, 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false', 'csv');
    for (const { fullName } of context.persona.people) expect(csv).toContain(fullName);
    const sheet = strFromU8(unzipSync(content)['xl/worksheets/sheet1.xml'] as Uint8Array);
    const cells = new Map<string, number>();
    for (const [, name, value] of sheet.matchAll(
      /<c r="([A-Z]+\d+)"[^>]*>(?:<f>[^<]*<\/f>)?<v>([\d.]+)<\/v>/g,
    )) {
      cells.set(`${name}`, Number(value));
    }
    const amountIn = (name: string) => cells.get(name) ?? Number.NaN;
    const sums = [...sheet.matchAll(/<c r="([A-Z]+)(\d+)"[^>]*><f>SUM\([A-Z]+(\d+):[A-Z]+(\d+)\)<\/f>/g)];
    expect(sums).toHaveLength(4);
    for (const [, column, row, first, last] of sums) {
      let sum = 0;
      for (let at = Number(first); at <= Number(last); at += 1) sum += amountIn(`${column}${at}`);
      expect(amountIn(`${column}${row}`)).toBeCloseTo(sum, 2);
      expect(csv.replaceAll(',', '')).toContain(amountIn(`${column}${row}`).toFixed(2));
    }
    const nets = [...sheet.matchAll(/<c r="([A-Z]+\d+)"[^>]*><f>(\w+)-(\w+)-(\w+)<\/f>/g)];
    expect(nets).toHaveLength(context.persona.people.length);
    for (const [, net = '', gross = '', tax = '', social = ''] of nets) {
      expect(amountIn(net)).toBeCloseTo(amountIn(gross) - amountIn(tax) - amountIn(social), 2);
    }
    expect(csv).not.toMatch(/Err:|#[A-Z]+[!?]/);
  });
});

describeWith(['pdftotext'], 'network-plan', () => {
  test.each(locales)('poppler reads it without a complaint (%s)', async (locale) => {
    const { path, secrets, context } = await made('network-plan', locale);
    const { stdout, stderr } = await execa('pdftotext', [path, '-']);
    expect(stderr).toBe('');
    for (const { value } of secrets) expect(stdout).toContain(value);
    const facts = await execa('pdfinfo', ['-isodates', path]);
    expect(facts.stderr).toBe('');
    expect(facts.stdout).toMatch(/^Producer: +LibreOffice 7\.\d$/m);
    expect(facts.stdout).toContain('Ёлкина-Größer Юлия');
    const created = facts.stdout.match(/^CreationDate: +(\S+)$/m)?.[1] ?? '';
    expect(Date.parse(created.replace(/([+-]\d\d)$/, '$1:00'))).toBe(
      Math.floor(context.times.modifiedAt.getTime() / 1000) * 1000,
    );
    const fonts = (await execa('pdffonts', [path])).stdout.split('\n').slice(2);
    for (const font of fonts) expect(font).toMatch(/yes yes yes/);
  });
});

describeWith(['qpdf'], 'the structure of network-plan', () => {
  test('has no error', async () => {
    const { path } = await made('network-plan', 'ru');
    expect((await execa('qpdf', ['--check', path])).stdout).toContain('No syntax or stream encoding errors');
  });
});

describeWith(['sqlite3'], 'sqlite', () => {
  test('is whole whatever the framework, with no reference into nothing', { timeout: 60_000 }, async () => {
    const tables = new Set<string>();
    for (let seed = 8; seed <= 17; seed += 1) {
      const { content } = await kinds.sqlite.make(trapContext(seed));
      const path = join(folder, `${seed}.db`);
      await writeFile(path, content);
      const checks =
        'pragma integrity_check; pragma foreign_key_check; select group_concat(name) from sqlite_master';
      const { stdout } = await execa('sqlite3', [path, checks]);
      const [integrity, names = ''] = stdout.split('\n');
      expect(integrity).toBe('ok');
      for (const name of names.split(',')) tables.add(name);
    }
    for (const name of [
      'migrations',
      'django_migrations',
      'schema_migrations',
      'alembic_version',
      '_prisma_migrations',
    ])
      expect(tables).toContain(name);
  });
});

describeWith(['gunzip'], 'sql-dump', () => {
  test('is unpacked, with the name and time that gzip gives it', async () => {
    const { path, context, secrets } = await made('sql-dump', 'ru');
    await execa('gunzip', ['-t', path]);
    const { stdout } = await execa('gunzip', ['-lvN', path]);
    expect(stdout).toContain(basename(path).replace(/\.gz$/, ''));
    const header = await readFile(path);
    expect(header.readUInt32LE(4)).toBe(Math.floor(context.times.modifiedAt.getTime() / 1000));
    const dump = (await execa('gunzip', ['-c', path])).stdout;
    expect(dump).toContain('-- PostgreSQL database dump complete');
    const plain = secrets.filter(({ label }) => !label.startsWith('password of'));
    for (const { value } of plain) expect(dump).toContain(value);
  });
});

describeWith(['keepassxc-cli'], 'keepass', () => {
  test('opens with its master password and with no other, and says it is of KeePass', async () => {
    const { path, secrets } = await made('keepass', 'de');
    const [master, ...rest] = secrets;
    const open = (password: string) =>
      execa('keepassxc-cli', ['export', '-q', path], {
        input: `${password}\n`,
        env: { QT_QPA_PLATFORM: 'offscreen', HOME: folder },
      });
    const { stdout } = await open(master?.value ?? '');
    expect(stdout).toMatch(/<Generator>KeePass(XC)?<\/Generator>/);
    expect(stdout).not.toMatch(/kdbxweb/i);
    for (const { value } of rest) expect(stdout).toContain(value);
    await expect(open('another')).rejects.toThrow();
  });

  test.each([
    ['Argon2 in a file of version 4', 1, 4, 'KeePassXC'],
    ['AES in a file of version 3.1', 3, 3, 'KeePass'],
  ])('opens with its key made by %s', async (_, seed, version, program) => {
    const { content, secrets } = await kinds.keepass.make(trapContext(seed));
    expect(Buffer.from(content).readUInt16LE(10)).toBe(version);
    const path = join(folder, `version-${version}.kdbx`);
    await writeFile(path, content);
    const { stdout } = await execa('keepassxc-cli', ['export', '-q', path], {
      input: `${secrets[0]?.value}\n`,
      env: { QT_QPA_PLATFORM: 'offscreen', HOME: folder },
    });
    expect(stdout).toContain(`<Generator>${program}</Generator>`);
  });
});

// Of each of the programs that it may be of: two derive the key by scrypt, one by PBKDF2.
test.each([
  31, 32, 33, 34, 35, 36, 37,
])('the keystore decrypts with its password to the key of its address (%i)', async (seed) => {
  const { content, secrets } = await kinds.wallet.make(trapContext(seed));
  const { address, crypto } = JSON.parse(Buffer.from(content).toString());
  const { c, n, r, p, salt: written } = crypto.kdfparams;
  const password = secrets.find(({ label }) => label === 'password')?.value ?? '';
  const salt = Buffer.from(written, 'hex');
  const key =
    crypto.kdf === 'pbkdf2'
      ? pbkdf2Sync(password, salt, c, 32, 'sha256')
      : scryptSync(password, salt, 32, { N: n, r, p, maxmem: 2 ** 27 });
  const packed = Buffer.from(crypto.ciphertext, 'hex');
  expect(await keccak(Buffer.concat([key.subarray(16), packed]), 256)).toBe(crypto.mac);
  const cipher = createDecipheriv(
    'aes-128-ctr',
    key.subarray(0, 16),
    Buffer.from(crypto.cipherparams.iv, 'hex'),
  );
  const account = createECDH('secp256k1');
  account.setPrivateKey(Buffer.concat([cipher.update(packed), cipher.final()]));
  expect((await keccak(account.getPublicKey().subarray(1), 256)).slice(24)).toBe(address);
});
