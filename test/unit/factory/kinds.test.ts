import { strFromU8 } from 'fflate';
import { describe, expect, test } from 'vitest';
import { dayBefore } from '../../../src/factory/ages.js';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import { locales, personaFrom } from '../../../src/factory/persona.js';
import { Templates } from '../../../src/factory/templates.js';
import type { TrapKind } from '../../../src/factory/trap-kind.js';
import { trapContext } from '../../support/trap-context.js';
import { visibleText } from '../../support/visible-text.js';
import { resourcesDir, slowKinds } from './workshop.js';

const templates = new Templates(resourcesDir);
const all = Object.entries(kinds) as [TrapKindName, TrapKind][];

// Only root and their group read them.
const modes = [0o600, 0o640, 0o644, 0o700, 0o755];
// Whose content hides its passwords behind hashes or a key: the tests of those kinds find them in there.
const sealed = ['ansible-vault', 'htpasswd'];

describe.each(all)('%s', (name, kind) => {
  // Keys tell no story, and take long to make or to open.
  const seeds = slowKinds.includes(name) ? [1] : [1, 22, 333, 4444, 55_555];

  test('is listed under its own name and stays below the traps folder', () => {
    expect(kind.name).toBe(name);
    expect(kind.relativePath(personaFrom(1), 2025)).toMatch(/^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/);
    expect(modes).toContain(kind.mode);
  });

  test('shows each of its secrets literally', async () => {
    const made = await kind.make(trapContext(11));
    expect(made.secrets.length).toBeGreaterThan(0);
    if (sealed.includes(name)) return;
    const text = await visibleText(made);
    // A fingerprint is what a program tells of the file.
    for (const { label, value } of made.secrets) if (label !== 'fingerprint') expect(text).toContain(value);
  });

  test('every login that leads to the decoy has a password of its own', async () => {
    const { secrets, logins = [] } = await kind.make(trapContext(13));
    const values = secrets.map((secret) => secret.value);
    for (const { password } of logins) expect(values).toContain(password);
    expect(new Set(logins.map(({ password }) => password)).size).toBe(logins.length);
  });

  test('has a content for each of its companions, which has another name', async () => {
    const { companions = [] } = await kind.make(trapContext(14));
    const named = kind.companions ?? [];
    expect(companions).toHaveLength(named.length);
    for (const one of named) {
      expect(one.nameFor('name')).not.toBe('name');
      expect(one.nameFor('name')).toMatch(/^[A-Za-z0-9._-]+$/);
    }
  });

  test('shares no secret with another making of the same story', async () => {
    const same = trapContext(12);
    const [one, other] = [await kind.make(same), await kind.make(same)];
    const values = [...one.secrets, ...other.secrets].map((secret) => secret.value);
    expect(new Set(values).size).toBe(one.secrets.length + other.secrets.length);
    expect(Buffer.compare(one.content, other.content)).not.toBe(0);
  });

  test('says nowhere what it is', async () => {
    for (const seed of seeds) {
      const made = await kind.make(trapContext(seed));
      let text = await visibleText(made);
      for (const { value } of made.secrets) text = text.replaceAll(value, '');
      // Keys, certificates, hashes: any four letters turn up in them by chance.
      text = text.replaceAll(/[A-Za-z0-9+/=]{27,}/g, '');
      expect(text).not.toMatch(
        /phantom|trap|honey|decoy|canary|faker|nunjucks|fflate|kdbxweb|pdfkit|un-named|undefined|\[object/i,
      );
      expect(text).not.toMatch(/(?<![A-Za-z0-9+/])NaN(?![A-Za-z0-9+/])/);
    }
  });

  test('bears no date that is later than its last change', async () => {
    for (const seed of seeds) {
      const given = trapContext(seed);
      const text = await visibleText(await kind.make(given));
      for (const [date] of text.matchAll(/\b20\d\d-\d\d-\d\d\b/g)) {
        expect(date <= dayBefore(given.times.modifiedAt, 0)).toBe(true);
      }
    }
  });
});

test.each(locales)('no two kinds want the same place (%s)', (locale) => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const persona = personaFrom(seed * 97, locale);
    const paths = all.flatMap(([, kind]) => {
      const path = kind.relativePath(persona, 2025);
      const [, folder = '', name = ''] = path.match(/^(.*?)([^/]+)$/) ?? [];
      return [path, ...(kind.companions ?? []).map((one) => folder + one.nameFor(name))];
    });
    expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
  }
});

test('credentials are in the alphabets of their issuers', async () => {
  const cloud = strFromU8((await kinds['aws-credentials'].make(trapContext(3))).content);
  expect(cloud.match(/^aws_access_key_id ?= ?AKIA[A-Z2-7]{16}$/gm)).toHaveLength(2);
  expect(cloud.match(/^aws_secret_access_key ?= ?[A-Za-z0-9+/]{40}$/gm)).toHaveLength(2);
  const env = strFromU8((await kinds.env.make(trapContext(3))).content);
  expect(env).toMatch(/^AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}$/m);
  expect(env).toMatch(/^STRIPE_SECRET(?:_KEY)?=sk_live_51[A-Za-z0-9]{97}$/m);
  const url = new URL(env.match(/^(?:DATABASE|DB)_URL=(.*)$/m)?.[1] ?? '');
  expect(url.password).toBe(env.match(/^(?:DB|PG|POSTGRES|DATABASE)_PASSWORD=(.*)$/m)?.[1]);
});

test('the traps of one host tell one story', async () => {
  const { persona } = trapContext(9);
  const texts = await Promise.all(
    [kinds.passwords, kinds.env, kinds.salary, kinds['network-plan'], kinds.sqlite].map(async (kind) =>
      visibleText(await kind.make(trapContext(9))),
    ),
  );
  // A plan of the network may name the company by those who drew it alone.
  const names = persona.people.map((person) => person.fullName);
  const ours = [persona.domain, persona.internalDomain, persona.companyShort, ...names];
  for (const text of texts) expect(ours.some((name) => text.includes(name))).toBe(true);
  const { address, fullName } = persona.hosts.database;
  for (const text of texts.slice(0, 2))
    expect(text?.includes(address) || text?.includes(fullName)).toBe(true);
});

test('a template is never read from outside the resources', () => {
  expect(() => templates.text('../../package.json', {})).toThrow('template not found');
  expect(() => templates.text('/etc/hostname', {})).toThrow('template not found');
});
