import { lstat, readdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type Accounts, peopleOf } from './accounts.js';

/** The paths that one path of the manifest gives; or why it gives none, in one line. */
export interface Places {
  readonly paths: readonly string[];
  readonly complaint?: string;
}

const mostPlaces = 50_000;
const hasPattern = /[*?[]/;

/**
 * Every path that a pattern gives on this host: homes for `~USER/` and `~*` + `/`, folders for `*`, `?` and
 * `[...]`. Links are not followed, and names that are no UTF-8 are left out. `trapsDir` is where relative
 * paths begin.
 */
export async function placesOf(pattern: string, trapsDir: string, accounts: Accounts): Promise<Places> {
  if (!pattern.startsWith('~')) return matching(pattern.startsWith('/') ? '/' : trapsDir, pattern);
  const [user = '', ...rest] = pattern.slice(1).split('/');
  const below = rest.join('/');
  if (user === '*') {
    const homes = [...new Set(peopleOf(accounts).map(({ home }) => home))];
    const found: string[] = [];
    for (const home of homes) if (await isFolder(home)) found.push(...(await matching(home, below)).paths);
    return found.length > 0 ? { paths: found } : { paths: [], complaint: 'nobody here has a home folder' };
  }
  const home = accounts.users.find(({ name }) => name === user)?.home;
  if (home === undefined) return { paths: [], complaint: `there is no user ${user}` };
  if (!(await isFolder(home))) return { paths: [], complaint: `${home} of user ${user} is no folder` };
  return matching(home, below);
}

async function matching(base: string, below: string): Promise<Places> {
  const isFolderPath = below === '' || below.endsWith('/');
  let found = [normalize(base)];
  for (const name of below.split('/').filter((part) => part !== '')) {
    if (!hasPattern.test(name)) {
      found = found.map((folder) => join(folder, name));
      continue;
    }
    const next: string[] = [];
    for (const folder of found) next.push(...(await foldersIn(folder, name)));
    found = next;
    if (found.length > mostPlaces) return { paths: [], complaint: `more than ${mostPlaces} folders match` };
  }
  if (found.length === 0) return { paths: [], complaint: 'no folder matches' };
  return { paths: isFolderPath ? found.map((path) => `${path.replace(/\/$/, '')}/`) : found };
}

async function foldersIn(folder: string, pattern: string): Promise<string[]> {
  const meant = asExpression(pattern);
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  return entries
    .flatMap((entry) => {
      const bytes = entry.name as unknown as Buffer;
      const name = bytes.toString();
      const isText = Buffer.from(name).equals(bytes);
      const isMeant = isText && entry.isDirectory() && meant.test(name);
      return isMeant && (pattern.startsWith('.') || !name.startsWith('.')) ? [join(folder, name)] : [];
    })
    .sort();
}

async function isFolder(path: string): Promise<boolean> {
  // A name with other bytes than UTF-8 has come out with U+FFFD, and is not found.
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** As in glob(7), without `/`; a bracket that does not close stands for itself. */
function asExpression(pattern: string): RegExp {
  const parts = pattern.match(/\*+|\?|\[!?\]?[^\]]*\]|[^*?[]+|\[/g) ?? [];
  const source = parts.map((part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    const inner = /^\[(!?)(.+)\]$/s.exec(part);
    if (inner === null) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return `[${inner[1] === '!' ? '^' : ''}${inner[2]?.replaceAll(/[\\\]^[]/g, '\\$&')}]`;
  });
  try {
    return new RegExp(`^${source.join('')}$`, 'su');
  } catch {
    // A range from back to front matches nothing.
    return /(?!)/;
  }
}
