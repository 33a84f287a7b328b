import { base, de, en, Faker, ru } from '@faker-js/faker';
import type { DecoyStory, StoryPerson } from '../../../core/decoy/decoy-story.js';
import { type Held, Store } from './store.js';

/** The keys of the story's application, the same at each visit. */
export function storeOf(story: DecoyStory): Store {
  const locales = { en: [en, base], de: [de, en, base], ru: [ru, en, base] };
  const faker = new Faker({ locale: locales[story.locale], seed: story.seed });
  const keys = new Map<string, Held>();
  const expiries = new Map<string, number>();
  const { project } = story;
  const people =
    story.people.length > 0 ? story.people : [{ login: 'admin', email: `admin@${story.domain}` }];
  for (let index = 0; index < 60; index += 1) {
    const person = people[faker.number.int(people.length - 1)] as Pick<StoryPerson, 'login' | 'email'>;
    const key = `${project}:session:${faker.string.alphanumeric(32)}`;
    const fields = {
      user: person.login,
      email: person.email,
      ip: faker.internet.ipv4(),
      csrf: faker.string.hexadecimal({ length: 32, casing: 'lower', prefix: '' }),
    };
    keys.set(key, {
      kind: 'hash',
      fields: new Map(Object.entries(fields).map(([name, value]) => [name, bytes(value)])),
    });
    expiries.set(key, Date.now() + faker.number.int({ min: 600, max: 86_400 }) * 1000);
  }
  for (let id = 1; id <= 90; id += 1) {
    const text = JSON.stringify({
      id,
      name: faker.person.fullName(),
      city: faker.location.city(),
      total: faker.commerce.price(),
    });
    keys.set(`${project}:cache:customer:${id}`, { kind: 'string', text: bytes(text) });
    if (id % 2 === 0)
      expiries.set(
        `${project}:cache:customer:${id}`,
        Date.now() + faker.number.int({ min: 60, max: 3600 }) * 1000,
      );
  }
  for (const queue of ['mail', 'invoices', 'exports', 'default']) {
    const items = Array.from({ length: faker.number.int({ min: 2, max: 12 }) }, () =>
      bytes(
        JSON.stringify({
          jid: faker.string.hexadecimal({ length: 24, casing: 'lower', prefix: '' }),
          class: `${faker.hacker.noun().replace(/\W/g, '')}Job`,
          to: faker.internet.email(),
        }),
      ),
    );
    keys.set(`${project}:queue:${queue}`, { kind: 'list', items });
  }
  for (let index = 0; index < 20; index += 1) {
    const key = `${project}:ratelimit:${faker.internet.ipv4()}`;
    keys.set(key, { kind: 'string', text: String(faker.number.int(120)) });
    expiries.set(key, Date.now() + faker.number.int({ min: 5, max: 60 }) * 1000);
  }
  keys.set(`${project}:queues`, {
    kind: 'set',
    members: new Set(['mail', 'invoices', 'exports', 'default']),
  });
  keys.set(`${project}:online`, {
    kind: 'zset',
    scores: new Map(
      story.people.map(({ login }) => [
        bytes(login),
        faker.number.int({ min: 1_700_000_000, max: 1_780_000_000 }),
      ]),
    ),
  });
  keys.set(`${project}:config`, {
    kind: 'hash',
    fields: new Map([
      ['company', bytes(story.company)],
      ['mail_from', `no-reply@${story.domain}`],
      ['debug', '0'],
    ]),
  });
  keys.set(`${project}:stats:visits`, {
    kind: 'string',
    text: String(faker.number.int({ min: 10_000, max: 900_000 })),
  });
  return new Store(keys, expiries);
}

/** One character a byte of UTF-8. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
