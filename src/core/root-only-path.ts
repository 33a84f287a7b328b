import { printableText } from './printable.js';

/** What the way to a file is looked at with: lstat(2) and readlink(2). */
export interface PathFacts {
  lstat(path: string): Promise<OwnedFile & { isSymbolicLink(): boolean }>;
  readlink(path: string): Promise<string>;
}

/** Who may change a file, as stat(2) tells. */
export interface OwnedFile {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const mostLinks = 40;
const writableByGroup = 0o020;
const writableByAll = 0o002;

/**
 * Who else than root decides what lies at an absolute path: undefined for nobody. Walks every folder
 * and link on the way, for whoever can write one decides where the path leads.
 * Rejects with the system's error.
 */
export async function complaintAbout(
  path: string,
  { lstat, readlink }: PathFacts,
): Promise<string | undefined> {
  let links = 0;
  let at: readonly string[] = [];
  const ahead = partsOf(path);
  for (let next: string | undefined = '.'; next !== undefined; next = ahead.shift()) {
    at = stepped(at, next);
    const name = `/${at.join('/')}`;
    const stats = await lstat(name);
    const isLink = stats.isSymbolicLink();
    const fault = isLink ? ownerFault(stats.uid) : faultOf(stats);
    if (fault !== undefined) return `${printableText(name)} ${fault}`;
    if (!isLink) continue;
    links += 1;
    if (links > mostLinks) throw Object.assign(new Error(), { code: 'ELOOP' });
    const target = await readlink(name);
    ahead.unshift(...partsOf(target));
    // Its folder was looked at on the way, and the root too.
    at = target.startsWith('/') ? [] : at.slice(0, -1);
  }
  return undefined;
}

/** No part of the way is a link by now: the folder above is the last but one. */
function stepped(at: readonly string[], next: string): readonly string[] {
  if (next === '.') return at;
  return next === '..' ? at.slice(0, -1) : [...at, next];
}

/** Who else than root may write a file or folder; undefined for nobody. */
export function faultOf({ uid, gid, mode }: OwnedFile): string | undefined {
  if ((mode & writableByAll) !== 0) return 'can be written by everybody';
  // With an access control list the group bits are the most that anybody named in it may.
  if ((mode & writableByGroup) !== 0 && gid !== 0) return `can be written by group ${gid}`;
  return ownerFault(uid);
}

function ownerFault(uid: number): string | undefined {
  return uid === 0 ? undefined : `belongs to uid ${uid}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
