import { lstat, opendir } from 'node:fs/promises';
import type { TrapFolder } from './trap-folder.js';

/** What files in a folder look like: a trap that looks otherwise stands out. */
export interface Customs {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits; undefined where there is nothing to go by. */
  readonly mode: number | undefined;
  /** Their times have no fraction, as after unpacking an archive. */
  readonly wholeSeconds: boolean;
}

const mostEntries = 500;
const mostFiles = 100;
/** From so few nothing can be told about times. */
const fewFiles = 3;

/**
 * Looks at the files in a folder, except those whose inode is in `ours`. Where there are none, a new
 * file would belong to the owner of the folder.
 */
export async function customsOf(folder: TrapFolder, ours: ReadonlySet<string>): Promise<Customs> {
  const own = await folder.handle.stat();
  const files: { owner: string; mode: number; fraction: bigint }[] = [];
  let looked = 0;
  for await (const entry of await opendir(folder.at('.'))) {
    if (++looked > mostEntries || files.length >= mostFiles) break;
    if (!entry.isFile()) continue;
    const found = await lstat(folder.at(entry.name), { bigint: true }).catch(() => undefined);
    if (found === undefined || !found.isFile() || ours.has(String(found.ino))) continue;
    files.push({
      owner: `${found.uid}:${found.gid}`,
      mode: Number(found.mode),
      fraction: found.mtimeNs % 1_000_000_000n,
    });
  }
  const [uid = own.uid, gid = own.gid] = (commonest(files.map(({ owner }) => owner)) ?? '')
    .split(':')
    .filter((part) => part !== '')
    .map(Number);
  // Programs and scripts do not say how a document is kept.
  const documents = files.filter(({ mode }) => (mode & 0o111) === 0 && (mode & 0o600) === 0o600);
  return {
    uid,
    gid,
    mode: commonest(documents.map(({ mode }) => mode & 0o666)),
    wholeSeconds: files.length >= fewFiles && files.every(({ fraction }) => fraction === 0n),
  };
}

function commonest<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}
