import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { occupied } from './evidence-ledger.js';
import { isIncidentId, omittedName } from './evidence-name.js';

/** Before the name of an incident whose evidence is being removed. No incident's id begins so. */
const removedPrefix = '.removed-';

/** What writing leaves when it is cut off; see `durable-file.ts`. */
const temporaryName = /^\.[0-9a-f]{24}$/;

/** Name that an incident's folder gets before its files go, so that a crash leaves no half of it. */
export function removedName(incidentId: string): string {
  return `${removedPrefix}${incidentId}`;
}

export interface FoundEvidence {
  /** Bytes by incident. */
  readonly incidents: ReadonlyMap<string, number>;
  /** Incidents whose removal an earlier run had begun, with what was left of them. */
  readonly halfRemoved: ReadonlyMap<string, number>;
}

/** Looks at all incidents. A folder that does not exist has none. */
export async function scanEvidence(folder: string): Promise<FoundEvidence> {
  const incidents = new Map<string, number>();
  const halfRemoved = new Map<string, number>();
  for (const entry of await entriesOf(folder)) {
    if (!entry.isDirectory()) continue;
    const { name } = entry;
    if (isIncidentId(name)) incidents.set(name, await bytesBelow(join(folder, name)));
    else if (name.startsWith(removedPrefix))
      halfRemoved.set(name.slice(removedPrefix.length), await bytesBelow(join(folder, name)));
  }
  return { incidents, halfRemoved };
}

/**
 * What the files below an incident's folder occupy, without its list of omitted ones. Removes what
 * writing left there: nothing is being written meanwhile.
 */
export async function bytesBelow(folder: string, isTop = true): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(path, false);
    else if (temporaryName.test(entry.name)) await unlink(path).catch(() => undefined);
    else if (!isTop || entry.name !== omittedName) bytes += occupied((await lstat(path)).size);
  }
  return bytes;
}

/** Removes what is left of an incident. */
export async function removeRest(folder: string, incidentId: string): Promise<void> {
  await rm(join(folder, removedName(incidentId)), { recursive: true, force: true });
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
