import { mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personaFrom } from '../../../src/factory/persona.js';
import { salaryTable } from '../../../src/factory/salary-table.js';
import { describeWith } from '../../support/requirements.js';
import { filesOf, kindNames, openWorkshop, type Workshop } from '../../unit/factory/workshop.js';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
  const { planted } = await workshop.factory({ kinds: kindNames }).plant();
  expect(planted).toHaveLength(filesOf(kindNames));
  salaryName = basename(planted.find((trap) => trap.kind === 'salary')?.path ?? '');
});
afterAll(() => workshop[Symbol.asyncDispose]());

async function personaPlanted() {
  const { seed, locale } = await workshop.registry();
  return personaFrom(seed, locale);
}

const trapAt = (name: string) => join(workshop.trapsDir, name);
let salaryName = '';
const salaryFile = () => trapAt(salaryName);

describeWith(['soffice'], 'the salary review', () => {
  test('is opened by LibreOffice, with every employee and the total', async () => {
    const out = join(workshop.folder, 'converted');
    await mkdir(out);
    const profile = `-env:UserInstallation=file://${join(workshop.folder, 'office-profile')}`;
    const format = ['--convert-to', 'txt:Text (encoded):UTF8', '--outdir', out];
    await execa('soffice', [profile, '--headless', ...format, salaryFile()]);
    const text = await readFile(join(out, basename(salaryFile()).replace('.docx', '.txt')), 'utf8');
    const persona = await personaPlanted();
    for (const person of persona.people) expect(text).toContain(person.fullName);
    expect(text).toContain(salaryTable(persona).total.toLocaleString('en-US'));
  });

  test('its properties agree with the times of the file', async () => {
    const content = await readFile(salaryFile());
    const parts = unzipSync(content);
    const core = strFromU8(parts['docProps/core.xml'] as Uint8Array);
    const value = (tag: string) => core.match(new RegExp(`<${tag}[^>]*>([^<]*)<`))?.[1] ?? '';
    const { mtime } = await stat(salaryFile());
    expect(value('dcterms:modified')).toBe(`${mtime.toISOString().slice(0, 19)}Z`);
    expect(Date.parse(value('dcterms:created'))).toBeLessThan(mtime.getTime());
    const persona = await personaPlanted();
    expect(value('dc:creator')).toBe(persona.humanResources.fullName);
    expect(value('cp:lastModifiedBy')).toBe(persona.payroll.fullName);
    expect(Number(value('cp:revision'))).toBeGreaterThan(1);
    for (const time of entryTimes(content)) {
      const late = Math.floor(mtime.getTime() / 1000) - time.getTime() / 1000;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(2);
    }
  });

  test('every part that is named in it is there', async () => {
    const parts = unzipSync(await readFile(salaryFile()));
    const types = strFromU8(parts['[Content_Types].xml'] as Uint8Array);
    for (const [, part] of types.matchAll(/PartName="\/([^"]*)"/g))
      expect(parts).toHaveProperty([part ?? '']);
    const relations = strFromU8(parts['word/_rels/document.xml.rels'] as Uint8Array);
    for (const [, part] of relations.matchAll(/Target="([^"]*)"/g)) {
      expect(parts).toHaveProperty([`word/${part}`]);
    }
  });
});

test('.aws/credentials has two whole profiles for an ini reader', async () => {
  const profiles = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of (await readFile(trapAt('.aws/credentials'), 'utf8')).split('\n')) {
    if (line.startsWith('#')) continue;
    const [, profile] = line.match(/^\[([^\]]+)\]$/) ?? [];
    const [, key, value] = line.match(/^(\w+)\s*=\s*(\S+)$/) ?? [];
    if (profile !== undefined) {
      current = new Map();
      profiles.set(profile, current);
    } else if (key !== undefined && value !== undefined) current.set(key, value);
    else expect(line).toBe('');
  }
  expect(profiles.size).toBe(2);
  expect(profiles.has('default')).toBe(true);
  for (const values of profiles.values()) {
    expect([...values.keys()]).toEqual(
      expect.arrayContaining(['aws_access_key_id', 'aws_secret_access_key']),
    );
  }
});

test('.env is read by a shell as it is written', async () => {
  const script = 'DATABASE_URL=; DB_URL=; set -eu; . "$1"; printf "%s" "$DATABASE_URL$DB_URL"';
  const { stdout } = await execa('sh', ['-c', script, 'sh', trapAt('.env')]);
  // Both names are in use (libpq, "Connection URIs").
  expect(new URL(stdout).protocol).toMatch(/^postgres(ql)?:$/);
});

test('a trap whose times were changed is still ours', async () => {
  const now = new Date();
  await utimes(trapAt('passwords.txt'), now, now);
  const { kept, skipped } = await workshop.factory({ kinds: ['passwords'] }).plant();
  expect(skipped).toEqual([]);
  expect(kept.map((trap) => trap.kind)).toContain('passwords');
});

/** The times of the central directory, which are local. */
function entryTimes(zip: Buffer): Date[] {
  const times: Date[] = [];
  const signature = Buffer.from([0x50, 0x4b, 1, 2]);
  for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 4)) {
    const time = zip.readUInt16LE(at + 12);
    const date = zip.readUInt16LE(at + 14);
    const [year, month, day] = [(date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31];
    times.push(new Date(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2));
  }
  expect(times.length).toBeGreaterThan(8);
  return times;
}
