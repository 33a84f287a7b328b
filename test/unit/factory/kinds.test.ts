import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { dayBefore } from '../../../src/factory/ages.js';
import { kinds } from '../../../src/factory/kinds.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { Templates } from '../../../src/factory/templates.js';
import type { TrapMaterial } from '../../../src/factory/trap-kind.js';
import { trapContext } from '../../support/trap-context.js';
import { resourcesDir } from './workshop.js';

const templates = new Templates(resourcesDir);
const all = Object.entries(kinds);

// What a reader of the trap and of the files beside it sees: base64 and the escapes of JSON hide nothing.
function shown({ content, companions = [] }: TrapMaterial): string {
  const text = [content, ...companions].map(visibleText).join('\n');
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([blob]) =>
    Buffer.from(blob, 'base64').toString('latin1'),
  );
  return [text, ...decoded].join('\n');
}

function visibleText(content: Uint8Array): string {
  if (content[0] !== 0x50 || content[2] !== 3) return strFromU8(content);
  const xml = Object.values(unzipSync(content)).map((part) => strFromU8(part));
  return xml
    .join('\n')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

describe.each(all)('%s', (name, kind) => {
  // An RSA key takes long to make.
  const seeds = name === 'ssh-key' || name === 'gcp-service-account' ? [1] : [1, 22, 333, 4444, 55_555];

  test('is listed under its own name and stays below the traps folder', () => {
    expect(kind.name).toBe(name);
    expect(kind.relativePath(personaFrom(1))).toMatch(/^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/);
    expect([0o600, 0o644]).toContain(kind.mode);
  });

  test('shows each of its secrets literally', async () => {
    const made = await kind.make(trapContext(11));
    expect(made.secrets.length).toBeGreaterThan(0);
    // A hash and a vault hide theirs: the tests of those kinds find them in there.
    if (name === 'htpasswd' || name === 'ansible-vault') return;
    for (const secret of made.secrets) expect(shown(made)).toContain(secret.value);
  });

  test('has its logins lead to the decoy, each with a secret of its own', async () => {
    const { secrets, logins = [] } = await kind.make(trapContext(11));
    const passwords = logins.map((login) => login.password);
    expect(new Set(passwords).size).toBe(passwords.length);
    for (const password of passwords) expect(secrets.map((secret) => secret.value)).toContain(password);
  });

  test('makes as many companions as it has, each with a name and a mode', async () => {
    const { companions = [] } = await kind.make(trapContext(11));
    expect(companions).toHaveLength(kind.companions?.length ?? 0);
    for (const companion of kind.companions ?? [])
      expect(companion.nameFor('trap')).toMatch(/^[A-Za-z0-9._-]+$/);
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
      let text = shown(made);
      for (const { value } of made.secrets) text = text.replaceAll(value, '');
      expect(text).not.toMatch(/phantom|trap|honey|decoy|canary|faker|nunjucks|fflate|undefined|\[object/i);
      expect(text).not.toContain('NaN');
    }
  });

  test('bears no date that is later than its last change', async () => {
    for (const seed of seeds) {
      const given = trapContext(seed);
      const text = shown(await kind.make(given));
      for (const [date] of text.matchAll(/\b20\d\d-\d\d-\d\d\b/g)) {
        expect(date <= dayBefore(given.times.modifiedAt, 0)).toBe(true);
      }
    }
  });
});

test('credentials are in the alphabets of their issuers', async () => {
  const cloud = strFromU8((await kinds['aws-credentials'].make(trapContext(3))).content);
  expect(cloud.match(/^aws_access_key_id = AKIA[A-Z2-7]{16}$/gm)).toHaveLength(2);
  expect(cloud.match(/^aws_secret_access_key = [A-Za-z0-9+/]{40}$/gm)).toHaveLength(2);
  const env = strFromU8((await kinds.env.make(trapContext(3))).content);
  expect(env).toMatch(/^AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}$/m);
  expect(env).toMatch(/^STRIPE_SECRET_KEY=sk_live_51[A-Za-z0-9]{97}$/m);
  const url = new URL(env.match(/^DATABASE_URL=(.*)$/m)?.[1] ?? '');
  expect(url.password).toBe(env.match(/^(?:DB|PG|POSTGRES|DATABASE)_PASSWORD=(.*)$/m)?.[1]);
});

test('the traps of one host tell one story', async () => {
  const { persona } = trapContext(9);
  const texts = await Promise.all(
    [kinds.passwords, kinds.env, kinds.salary].map(async (kind) =>
      visibleText((await kind.make(trapContext(9))).content),
    ),
  );
  for (const text of texts) expect(text).toContain(persona.domain);
  expect(texts[0]).toContain(persona.hosts.database.address);
  expect(texts[1]).toContain(persona.hosts.database.address);
});

test('a template is never read from outside the resources', () => {
  expect(() => templates.text('../../package.json', {})).toThrow('template not found');
  expect(() => templates.text('/etc/hostname', {})).toThrow('template not found');
});
