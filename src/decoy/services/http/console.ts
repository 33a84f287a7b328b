import type { IncomingMessage } from 'node:http';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import type { ServiceSettings, VisitDesk } from '../service.js';
import { ConsoleFacts } from './console-facts.js';
import { type ConsolePage, ConsolePages } from './console-pages.js';
import { ConsoleSessions } from './console-sessions.js';
import { notAllowed, notFound } from './nginx-pages.js';
import { applicationHeaders, json, page, type Reply, redirect, refused } from './reply.js';
import { uploadedFiles } from './request-body.js';
import type { Target } from './request-target.js';
import { basicCredentials, signIn } from './sign-in.js';
import { StaticFiles } from './static-files.js';

/** A request whose body is there. */
export interface WholeRequest {
  readonly request: IncomingMessage;
  readonly target: Target;
  readonly body: Buffer;
  readonly desk: VisitDesk;
  /** Somebody has shown a login, or the cookie of one. */
  admitted(login: DecoyLogin): void;
}

const pages = new Map<string, ConsolePage>([
  ['/', 'dashboard'],
  ['/dashboard', 'dashboard'],
  ['/admin', 'users'],
  ['/users', 'users'],
  ['/hosts', 'hosts'],
  ['/status', 'hosts'],
  ['/backups', 'backups'],
  ['/settings', 'settings'],
]);

/** Where programs log in: the interface, and what package managers, Docker and Git ask for. */
const forPrograms = /^\/(?:api|v2|npm|pypi|simple|repository|artifactory|packages)(?:[/-]|$)|[^/]\.git\//;

/** The admin console: what answers behind nginx. */
export class Console {
  readonly #server: string;
  readonly #facts: ConsoleFacts;
  readonly #pages: ConsolePages;
  readonly #files: StaticFiles;
  readonly #sessions: ConsoleSessions;
  readonly #realm: string;

  constructor({ story, software }: ServiceSettings, nowMs: () => number = Date.now) {
    this.#server = software.http;
    this.#facts = new ConsoleFacts(story, nowMs);
    this.#pages = new ConsolePages(story, this.#facts);
    this.#files = new StaticFiles(story.seed, software.http);
    this.#sessions = new ConsoleSessions(nowMs);
    this.#realm = story.project;
  }

  async answer(whole: WholeRequest): Promise<Reply> {
    const { request, target } = whole;
    const file = this.#files.answer(target.path, request);
    if (file !== undefined) return file;
    const credentials = basicCredentials(request.headers.authorization);
    if (target.path === '/login' && request.method === 'POST') return this.#logIn(whole);
    const login = credentials ? await signIn(whole.desk, credentials, 'basic') : this.#remembered(whole);
    if (login !== undefined) whole.admitted(login);
    if (target.path === '/login') return this.#loginPage(whole, login);
    if (target.path === '/logout') return this.#logOut(request);
    if (!this.#isThere(target.path)) return refused(notFound, this.#server, request);
    if (login === undefined) return this.#challenge(whole);
    return this.#inside(whole, login);
  }

  /** The login of the cookie, as long as it stands in a trap. */
  #remembered({ request, desk }: WholeRequest): DecoyLogin | undefined {
    const login = this.#sessions.loginOf(request.headers.cookie);
    return login && desk.loginsOf(login.user).find(({ id }) => id === login.id);
  }

  async #logIn(whole: WholeRequest): Promise<Reply> {
    const form = formOf(whole);
    const next = localPath(form.get('next'));
    const user = form.get('username') ?? form.get('user') ?? '';
    const login = await signIn(whole.desk, { user, password: form.get('password') ?? '' }, 'form');
    if (login === undefined) return page(this.#pages.login(next, true));
    whole.admitted(login);
    const cookie = this.#sessions.begin(login, form.get('keep') === '1');
    return redirect(next, [['Set-Cookie', cookie]]);
  }

  #loginPage({ request, target }: WholeRequest, login: DecoyLogin | undefined): Reply {
    if (!isRead(request)) return refused(notAllowed, this.#server, request);
    const next = localPath(new URLSearchParams(target.query).get('next'));
    return login === undefined ? page(this.#pages.login(next, false)) : redirect(next);
  }

  #logOut(request: IncomingMessage): Reply {
    return redirect('/login', [['Set-Cookie', this.#sessions.end(request.headers.cookie)]]);
  }

  #isThere(path: string): boolean {
    const own =
      pages.has(path) || path === '/export' || path === '/export.csv' || /^\/backups\/[^/]+$/.test(path);
    return own || forPrograms.test(path);
  }

  /** Browsers are shown where to log in, programs are asked. */
  #challenge({ request, target }: WholeRequest): Reply {
    const isAsked = forPrograms.test(target.path) || !request.headers.accept?.includes('text/html');
    if (!isAsked)
      return redirect(target.path === '/' ? '/login' : `/login?next=${encodeURIComponent(target.path)}`);
    const headers = [['WWW-Authenticate', `Basic realm="${this.#realm}"`]] as const;
    if (!forPrograms.test(target.path)) return refused({ status: 401 }, this.#server, request, headers);
    return { ...json({ error: 'unauthorized' }, 401), headers: [...headers, ...applicationHeaders] };
  }

  #inside(whole: WholeRequest, login: DecoyLogin): Reply {
    const { request, target } = whole;
    const { path } = target;
    if (forPrograms.test(path)) return this.#api(request, path);
    if (path === '/backups/upload') return this.#upload(whole, login);
    if (!isRead(request)) return refused(notAllowed, this.#server, request);
    const shown = pages.get(path);
    if (shown !== undefined) return page(this.#pages.page(shown, login.user));
    if (path === '/export') return redirect('/export.csv');
    if (path === '/export.csv') return this.#export();
    const isBackup = this.#facts.backups().some(({ file }) => path === `/backups/${file}`);
    return isBackup ? page(this.#pages.restore(login.user)) : refused(notFound, this.#server, request);
  }

  #export(): Reply {
    const headers = [
      ['Content-Disposition', 'attachment; filename="users.csv"'],
      ...applicationHeaders,
    ] as const;
    return { status: 200, type: 'text/csv; charset=utf-8', body: this.#facts.csv(), headers };
  }

  #upload({ request, body, desk, target }: WholeRequest, login: DecoyLogin): Reply {
    if (isRead(request)) return redirect('/backups');
    const files = uploadedFiles(body, request.headers['content-type'], target.path);
    for (const { name, size, sha256 } of files)
      desk.acted({ kind: 'upload', text: `${name} (${size} bytes, sha256 ${sha256})` });
    const isPerson = request.headers.accept?.includes('text/html') === true;
    if (isPerson) return page(this.#pages.uploaded(login.user));
    return json({ status: 'queued', files: files.map(({ name, size }) => ({ name, size })) });
  }

  #api(request: IncomingMessage, path: string): Reply {
    if (!isRead(request)) return json({ error: 'read-only role' }, 403);
    const facts = this.#facts;
    const user = /^\/api\/v1\/users\/([^/]+)$/.exec(path)?.[1];
    if (user !== undefined) {
      const found = facts.users().find(({ login }) => login === user);
      return found === undefined ? json({ error: 'not found' }, 404) : json(found);
    }
    switch (path) {
      case '/api':
      case '/api/v1':
        return json({ version: facts.build, resources: ['users', 'hosts', 'backups', 'settings'] });
      case '/api/health':
        return json({ status: 'ok', version: facts.build, database: 'ok', cache: 'ok', queue: 'ok' });
      case '/api/v1/users':
        return json({ users: facts.users() });
      case '/api/v1/hosts':
        return json({ hosts: facts.hosts().map(({ isBusy: _, ...host }) => host) });
      case '/api/v1/backups':
        return json({ backups: facts.backups().map(({ ms: _, ...backup }) => backup) });
      case '/api/v1/settings':
        return json(
          Object.fromEntries(
            facts.settings().flatMap(({ values }) => values.map(({ key, value }) => [key, value])),
          ),
        );
      case '/v2':
        return json({});
      default:
        return json({ error: 'not found' }, 404);
    }
  }
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function formOf({ request, body }: WholeRequest): URLSearchParams {
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
  return new URLSearchParams(isForm ? body.toString('utf8') : '');
}

/** A path of the console itself, else its first page. */
function localPath(next: string | null): string {
  return next !== null && /^\/[\w./-]{0,200}$/.test(next) && !next.startsWith('//') ? next : '/';
}
