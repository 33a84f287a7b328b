import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Cell } from './cell.js';
import { type Column, columns } from './columns.js';
import { type FileSystemName, fileSystemNames } from './route.js';
import { allRoutes } from './routes.js';
import type { Cells } from './run-column.js';

/** What one column was seen to do, on the kernel where it was run last. */
export interface ColumnResults {
  /** Such as `6.18`. */
  readonly kernel: string;
  readonly fileSystems: Partial<Record<FileSystemName, Cells>>;
}

export type Results = ReadonlyMap<string, ColumnResults>;

const folder = new URL('results/', import.meta.url);
const fileOf = ({ name }: Column) => new URL(`${name}.json`, folder);

/** What is committed of every column; a column that never ran has nothing. */
export async function readResults(): Promise<Results> {
  const found = new Map<string, ColumnResults>();
  for (const column of columns) {
    const text = await readFile(fileOf(column), 'utf8').catch(() => undefined);
    if (text !== undefined) found.set(column.name, JSON.parse(text));
  }
  return found;
}

/**
 * Takes a run into the results: what could not be tried this time (no Docker, one file system only) stays
 * as it was, unless it was seen on another kernel.
 */
export async function keepResults(
  column: Column,
  ran: Partial<Record<FileSystemName, Cells>>,
  known: ColumnResults | undefined,
): Promise<void> {
  const kernel = release().split('.', 2).join('.');
  const earlier = known?.kernel === kernel ? known.fileSystems : {};
  const fileSystems: Partial<Record<FileSystemName, Cells>> = {};
  for (const name of fileSystemNames) {
    const both = { ...earlier[name], ...ran[name] };
    const cells = inOrder(both);
    if (cells) fileSystems[name] = cells;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(column), JSON.stringify({ kernel, fileSystems }));
  // As `make check` wants it.
  await execa('node_modules/.bin/biome', ['format', '--write', fileURLToPath(fileOf(column))]);
}

/** In the order of the rows, without routes that are no more. */
function inOrder(cells: Cells): Cells | undefined {
  const entries = allRoutes.flatMap(({ name }): [string, Cell][] => {
    const cell = cells[name];
    return cell ? [[name, cell]] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
