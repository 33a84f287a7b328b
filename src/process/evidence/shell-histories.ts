import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EvidenceFile } from '../../core/evidence-of.js';
import { toPrintable } from '../../core/printable.js';
import { parseHomes } from '../user-database.js';
import { FileRefused, type Ground, openGuarded } from './guarded-file.js';

/** Of a longer history the end, which is what was typed last. */
const mostBytes = 1024 * 1024;
const mostBytesOfPasswd = 4 * 1024 * 1024;
const mostHistories = 32;

const usualNames = ['.bash_history', '.zsh_history', '.sh_history', '.history', '.ash_history'];

/** A shell whose environment says where its history is. */
export interface HistoryClaim {
  readonly uid: number;
  /** As latin1 text of its bytes. */
  readonly path: string;
}

export interface Wanted {
  /** Users whose homes are looked into. */
  readonly uids: readonly number[];
  readonly claims: readonly HistoryClaim[];
}

/** One history that was looked for. Strings are printable. */
export interface HistoryFinding {
  readonly uid: number;
  readonly path: string;
  /** Name of its copy; absent where there is none. */
  readonly copy?: string;
  readonly bytes?: number;
  readonly modifiedAtMs?: number;
  readonly refused?: string;
}

/**
 * Histories of shells, each when it is asked for, and at last what was found where. The copy of one
 * content has one name, so that an incident of many processes keeps it once.
 */
export async function* shellHistories(
  { uids, claims }: Wanted,
  ground: Ground,
  findings: HistoryFinding[],
): AsyncGenerator<EvidenceFile> {
  const homes = await homesBelow(ground);
  const usual = uids.flatMap((uid) => {
    const home = homes.get(uid);
    return home === undefined ? [] : usualNames.map((name) => ({ uid, path: `${home}/${name}` }));
  });
  const seen = new Set<string>();
  for (const claim of [...usual, ...claims]) {
    const key = `${claim.uid} ${claim.path}`;
    if (seen.has(key) || seen.size >= mostHistories) continue;
    seen.add(key);
    const file = await copied(claim, ground, findings);
    if (file !== undefined) yield file;
  }
}

async function copied(
  { uid, path }: HistoryClaim,
  ground: Ground,
  findings: HistoryFinding[],
): Promise<EvidenceFile | undefined> {
  const shown = { uid, path: toPrintable(Buffer.from(path, 'latin1')) };
  try {
    if (!path.startsWith('/')) throw new FileRefused('not an absolute path');
    const file = await openGuarded(path, ground);
    try {
      const facts = await file.stat();
      if (facts.uid !== uid) throw new FileRefused('of another user');
      // What root is told to have as history need be none: HISTFILE comes through sudo -E.
      if (uid === 0 && !/hist/i.test(basename(path))) throw new FileRefused('not the name of a history');
      const content = await tailOf(file, facts.size);
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
      const name = `histories/${uid}-${plainName(path)}-${hash}`;
      findings.push({ ...shown, copy: name, bytes: facts.size, modifiedAtMs: facts.mtimeMs });
      return { name, content };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') findings.push({ ...shown, refused: code ?? message });
    return undefined;
  }
}

async function tailOf(file: FileHandle, size: number): Promise<Uint8Array> {
  const content = Buffer.alloc(Math.min(size, mostBytes));
  const from = size - content.length;
  let length = 0;
  while (length < content.length) {
    const { bytesRead } = await file.read(content, length, content.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return content.subarray(0, length);
}

function plainName(path: string): string {
  return (
    basename(path)
      .replace(/^\.+/, '')
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .slice(0, 64) || 'history'
  );
}

async function homesBelow(ground: Ground): Promise<ReadonlyMap<number, string>> {
  try {
    const file = await openGuarded('/etc/passwd', ground);
    try {
      const { size } = await file.stat();
      const content = Buffer.alloc(Math.min(size, mostBytesOfPasswd));
      const { bytesRead } = await file.read(content, 0, content.length, 0);
      return parseHomes(content.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return new Map();
  }
}
