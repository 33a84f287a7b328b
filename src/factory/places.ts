import { lstat, readdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type Accounts, peopleOf } from './accounts.js';

/** The paths that one path of the manifest gives, and why it gives none or not all, in one line. */
export interface Places {
  readonly paths: readonly string[];
  readonly complaint?: string;
}

const mostPlaces = 50_000;
const hasPattern = /[*?[]/;

/**
 * Every path that a pattern gives on this host: homes for `~USER/` and `~*` + `/`, folders for `*`, `?` and
 * `[...]`. Links are not followed; names that are no UTF-8 are left out with a complaint. `trapsDir` is where relative
 * paths begin.
 */
export async function placesOf(pattern: string, trapsDir: string, accounts: Accounts): Promise<Places> {
  if (!pattern.startsWith('~')) return matching(pattern.startsWith('/') ? '/' : trapsDir, pattern);
  const [user = '', ...rest] = pattern.slice(1).split('/');
  const below = rest.join('/');
  if (user === '*') return inHomes(accounts, below);
  const home = accounts.users.find(({ name }) => name === user)?.home;
  if (home === undefined) return { paths: [], complaint: `there is no user ${user}` };
  if (!(await isFolder(home))) return { paths: [], complaint: `${home} of user ${user} is no folder` };
  return matching(home, below);
}

async function inHomes(accounts: Accounts, below: string): Promise<Places> {
  const paths: string[] = [];
  let complaint: string | undefined;
  for (const home of new Set(peopleOf(accounts).map((person) => person.home))) {
    if (!(await isFolder(home))) continue;
    const places = await matching(home, below);
    paths.push(...places.paths);
    // That one home has no such folder is nothing to complain about.
    if (places.paths.length > 0) complaint ??= places.complaint;
  }
  if (paths.length === 0) return { paths, complaint: 'nobody here has a home folder' };
  return complaint === undefined ? { paths } : { paths, complaint };
}

async function matching(base: string, below: string): Promise<Places> {
  const isFolderPath = below === '' || below.endsWith('/');
  let found = [normalize(base)];
  let unreadable = 0;
  for (const name of below.split('/').filter((part) => part !== '')) {
    if (!hasPattern.test(name)) {
      found = found.map((folder) => join(folder, name));
      continue;
    }
    const next: string[] = [];
    for (const folder of found) {
      const { folders, others } = await foldersIn(folder, name);
      next.push(...folders);
      unreadable += others;
    }
    found = next;
    if (found.length > mostPlaces) return { paths: [], complaint: `more than ${mostPlaces} folders match` };
  }
  const others = `${unreadable} folders have names that are no UTF-8: no trap goes there`;
  if (found.length === 0) return { paths: [], complaint: unreadable > 0 ? others : 'no folder matches' };
  const paths = isFolderPath ? found.map((path) => `${path.replace(/\/$/, '')}/`) : found;
  return unreadable > 0 ? { paths, complaint: others } : { paths };
}

/** The folders that a pattern means, and how many others it would mean whose names are no text. */
async function foldersIn(folder: string, pattern: string): Promise<{ folders: string[]; others: number }> {
  const meant = asExpression(pattern);
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  let others = 0;
  const folders = entries.flatMap((entry) => {
    const bytes = entry.name as unknown as Buffer;
    const name = bytes.toString();
    if (!entry.isDirectory() || !meant.test(name)) return [];
    if (name.startsWith('.') && !pattern.startsWith('.')) return [];
    if (Buffer.from(name).equals(bytes)) return [join(folder, name)];
    others += 1;
    return [];
  });
  return { folders: folders.sort(), others };
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
