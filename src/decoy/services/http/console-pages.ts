import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { parse } from 'yaml';
import type { DecoyStory } from '../../../core/decoy/decoy-story.js';
import type { ConsoleFacts } from './console-facts.js';

const folder = fileURLToPath(new URL('../../../../resources/decoy/console/', import.meta.url));

const tabs = [
  { page: 'dashboard', path: '/' },
  { page: 'hosts', path: '/hosts' },
  { page: 'users', path: '/users' },
  { page: 'backups', path: '/backups' },
  { page: 'settings', path: '/settings' },
] as const;

/** Pages behind the login that need nothing but the story. */
export type ConsolePage = (typeof tabs)[number]['page'];

/** Files that are given as they are, by path. */
export const staticFiles: ReadonlyMap<string, { readonly type: string; readonly body: Buffer }> = new Map(
  (
    [
      ['/robots.txt', 'robots.txt', 'text/plain'],
      ['/favicon.svg', 'favicon.svg', 'image/svg+xml'],
      ['/assets/console.css', 'console.css', 'text/css'],
    ] as const
  ).map(([path, name, type]) => [path, { type, body: readFileSync(`${folder}${name}`) }]),
);

interface Words {
  readonly uploaded: string;
  readonly restore: string;
}

/** Renders the console in the language of the story. What visitors sent is escaped for HTML. */
export class ConsolePages {
  readonly #templates = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  readonly #facts: ConsoleFacts;
  readonly #words: Words;
  readonly #common: object;

  constructor(story: DecoyStory, facts: ConsoleFacts) {
    this.#facts = facts;
    // Now: later the process may not see the files any more.
    for (const name of readdirSync(folder))
      if (name.endsWith('.njk')) this.#templates.getTemplate(name, true);
    this.#words = parse(readFileSync(`${folder}words.${story.locale}.yaml`, 'utf8')) as Words;
    this.#common = {
      w: this.#words,
      locale: story.locale,
      company: story.company,
      hostname: story.hostname,
      domain: story.internalDomain,
      build: facts.build,
      tabs,
      done: '',
    };
  }

  login(next: string, wrong: boolean): string {
    return this.#render('login.njk', { page: 'login', next, wrong });
  }

  page(page: ConsolePage, user: string): string {
    return this.#render(`${page}.njk`, { page, user, ...this.#factsOf(page) });
  }

  uploaded(user: string): string {
    const values = { page: 'backups', user, done: this.#words.uploaded, ...this.#factsOf('backups') };
    return this.#render('backups.njk', values);
  }

  restore(user: string): string {
    return this.#render('message.njk', { page: 'restore', user, text: this.#words.restore });
  }

  #factsOf(page: ConsolePage): object {
    const facts = this.#facts;
    switch (page) {
      case 'dashboard':
        return { tiles: facts.tiles(), signIns: facts.signIns(), hosts: facts.hosts() };
      case 'hosts':
        return { hosts: facts.hosts() };
      case 'users':
        return { users: facts.users() };
      case 'backups':
        return { backups: facts.backups() };
      case 'settings':
        return { settings: facts.settings() };
    }
  }

  #render(template: string, values: object): string {
    return this.#templates.render(template, { ...this.#common, ...values });
  }
}
