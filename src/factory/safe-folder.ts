import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { explaining, PlantingRefused, unless } from './errors.js';

/** A folder that was made for traps, so that it can be removed with them. */
export interface FolderRecord {
  readonly path: string;
  readonly inode: string;
}

const writableByOthers = 0o022;
const sticky = 0o1000;

/**
 * Makes sure that nobody but root and this process can change what lies in `folder` or swap a
 * folder above it; missing levels are made with `mode` and pushed to `made` one by one, so that the
 * caller knows them even when a later level fails. From `root` down folders must belong to this
 * user and be writable by no one else; above it, root's folders and sticky ones such as /tmp will do.
 * @throws PlantingRefused, PlantingFailed
 */
export async function secureFolder(
  folder: string,
  root: string,
  mode: number,
  made: FolderRecord[],
): Promise<void> {
  const above = dirname(folder);
  if (above !== folder) await secureFolder(above, root, mode, made);
  const strict = isWithin(folder, root);
  const found = await explaining(folder, () => unless('ENOENT', () => lstat(folder)));
  if (found) {
    if (found.isSymbolicLink()) {
      const target = await realpath(folder).catch(() => 'its target');
      throw new PlantingRefused(`${folder} is a symbolic link; configure ${target} itself`);
    }
    if (!found.isDirectory()) throw new PlantingRefused(`${folder} is not a folder; move it away`);
    requireOwner(folder, found.uid, strict);
    requireNoOtherWriters(folder, found.mode, strict);
    return;
  }
  made.push(await explaining(folder, () => make(folder, mode)));
}

/** Whether `path` is `root` or lies below it; both absolute. A name that only begins with two dots is no way out. */
export function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith('../');
}

/**
 * Like `secureFolder` for a folder that must be there already.
 * @throws PlantingRefused, PlantingFailed
 */
export async function requireSafeFolder(folder: string, root: string): Promise<void> {
  await explaining(folder, () => lstat(folder));
  await secureFolder(folder, root, 0o755, []);
}

async function make(folder: string, mode: number): Promise<FolderRecord> {
  await mkdir(folder, mode);
  // The daemon's umask must not hide the traps.
  await chmod(folder, mode);
  const { ino } = await lstat(folder, { bigint: true });
  return { path: folder, inode: String(ino) };
}

function requireOwner(folder: string, uid: number, strict: boolean): void {
  const self = process.geteuid?.() ?? 0;
  if (uid === self || (uid === 0 && !strict)) return;
  throw new PlantingRefused(
    `${folder} belongs to uid ${uid}, who could swap what lies there; run "chown ${self}" on it or choose another`,
  );
}

function requireNoOtherWriters(folder: string, mode: number, strict: boolean): void {
  if ((mode & writableByOthers) === 0 || (!strict && (mode & sticky) !== 0)) return;
  throw new PlantingRefused(
    `${folder} may be written by others, who could swap what lies there; run "chmod go-w" on it or choose another`,
  );
}
