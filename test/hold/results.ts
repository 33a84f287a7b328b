import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Column, columns, type Way, ways } from './containments.js';
import type { Tally } from './tally.js';

export interface ColumnResults {
  /** Such as `6.18`. */
  readonly kernel: string;
  readonly ways: Readonly<Partial<Record<Way, Tally>>>;
}

export type Results = ReadonlyMap<string, ColumnResults>;

const folder = new URL('results/', import.meta.url);
const fileOf = ({ name }: Column) => new URL(`${name}.json`, folder);

/** What is committed of every column; one that never ran is absent. */
export async function readResults(): Promise<Results> {
  const found = new Map<string, ColumnResults>();
  for (const column of columns) {
    const text = await readFile(fileOf(column), 'utf8').catch(() => undefined);
    if (text !== undefined) found.set(column.name, JSON.parse(text));
  }
  return found;
}

/** Takes one cell into the results; others stay as they are, unless they are of another kernel. */
export async function keepResult(column: Column, way: Way, tally: Tally): Promise<void> {
  const kernel = release().split('.', 2).join('.');
  const known = (await readResults()).get(column.name);
  const both = { ...(known?.kernel === kernel ? known.ways : {}), [way]: tally };
  const inOrder = Object.fromEntries(ways.flatMap((one) => (both[one] ? [[one, both[one]]] : [])));
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(column), JSON.stringify({ kernel, ways: inOrder }));
  // As `make check` wants it.
  await execa('node_modules/.bin/biome', ['format', '--write', fileURLToPath(fileOf(column))]);
}
