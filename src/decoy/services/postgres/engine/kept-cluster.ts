import { access, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A cluster is a fifth of it. */
const mostBytes = 256 * 1024 * 1024;
const lookEveryMs = 100;

/** Lies beside a cluster's place as long as the cluster is being built. */
export function comingMark(place: string): string {
  return `${place}.coming`;
}

/**
 * The cluster in the file at `place`. One that is being built is waited for.
 * @returns undefined when there is none and none comes, or it is damaged
 */
export async function readKeptCluster(place: string): Promise<SharedArrayBuffer | undefined> {
  while (await exists(comingMark(place))) await delay(lookEveryMs);
  const packed = await readFile(place).catch(() => undefined);
  if (packed === undefined) return undefined;
  return promisify(gunzip)(packed, { maxOutputLength: mostBytes }).then(shared, () => undefined);
}

/** The same bytes for every thread. */
export function shared(bytes: Uint8Array): SharedArrayBuffer {
  const all = new SharedArrayBuffer(bytes.length);
  new Uint8Array(all).set(bytes);
  return all;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
