import { strFromU8 } from 'fflate';
import { describe, expect, test } from 'vitest';
import { dayBefore } from '../../../src/factory/ages.js';
import { kinds } from '../../../src/factory/kinds.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { Templates } from '../../../src/factory/templates.js';
import { trapContext } from '../../support/trap-context.js';
import { visibleText } from '../../support/visible-text.js';
import { resourcesDir } from './workshop.js';

const templates = new Templates(resourcesDir);
const all = Object.entries(kinds);

// These are for the eyes of their owner only, or the program refuses them.
const ownerOnly = ['ssh-key', 'browser-logins', 'keepass', 'wallet'];

describe.each(all)('%s', (name, kind) => {
  // Keys tell no story, and take long to make or to open.
  const seeds = ['ssh-key', 'keepass'].includes(name) ? [1] : [1, 22, 333, 4444, 55_555];

  test('is listed under its own name and stays below the traps folder', () => {
    expect(kind.name).toBe(name);
    expect(kind.relativePath(personaFrom(1))).toMatch(/^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/);
    expect(kind.mode).toBe(ownerOnly.includes(name) ? 0o600 : 0o644);
  });

  test('shows each of its secrets literally', async () => {
    const made = await kind.make(trapContext(11));
    const text = await visibleText(made);
    expect(made.secrets.length).toBeGreaterThan(0);
    for (const secret of made.secrets) expect(text).toContain(secret.value);
    for (const { password } of made.logins ?? [])
      expect(made.secrets.map(({ value }) => value)).toContain(password);
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

test('credentials are in the alphabets of their issuers', async () => {
  const cloud = strFromU8((await kinds['aws-credentials'].make(trapContext(3))).content);
  expect(cloud.match(/^aws_access_key_id ?= ?AKIA[A-Z2-7]{16}$/gm)).toHaveLength(2);
  expect(cloud.match(/^aws_secret_access_key ?= ?[A-Za-z0-9+/]{40}$/gm)).toHaveLength(2);
  const env = strFromU8((await kinds.env.make(trapContext(3))).content);
  expect(env).toMatch(/^AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}$/m);
  expect(env).toMatch(/^STRIPE_SECRET_KEY=sk_live_51[A-Za-z0-9]{97}$/m);
  const url = new URL(env.match(/^DATABASE_URL=(.*)$/m)?.[1] ?? '');
  expect(url.password).toBe(env.match(/^DB_PASSWORD=(.*)$/m)?.[1]);
});

test('the traps of one host tell one story', async () => {
  const { persona } = trapContext(9);
  const texts = await Promise.all(
    [kinds.passwords, kinds.env, kinds.salary, kinds['network-plan'], kinds.sqlite].map(async (kind) =>
      visibleText(await kind.make(trapContext(9))),
    ),
  );
  for (const text of texts) expect(text).toContain(persona.domain);
  const { address, fullName } = persona.hosts.database;
  for (const text of texts.slice(0, 2))
    expect(text?.includes(address) || text?.includes(fullName)).toBe(true);
});

test('a template is never read from outside the resources', () => {
  expect(() => templates.text('../../package.json', {})).toThrow('template not found');
  expect(() => templates.text('/etc/hostname', {})).toThrow('template not found');
});
