import { mkdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { complaintsAbout } from './blind-spots.js';
import { type Column, columnNamed, columns, isOffered } from './columns.js';
import { renderDocument } from './document.js';
import { FileSystems } from './file-systems.js';
import { compilePrograms } from './programs.js';
import { keepResults, readResults } from './results.js';
import { type FileSystemName, fileSystemNames } from './route.js';
import { allRoutes } from './routes.js';
import { type Cells, NotHere, type Ran, runColumn } from './run-column.js';

const documentFile = new URL('../../docs/coverage.md', import.meta.url);
const progress = (message: string) => void process.stderr.write(`${message}\n`);

let open: FileSystems | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    // The daemon under way ends with this process (execa), and the mounts even without this line.
    await open?.close();
    process.exit(128 + constants.signals[signal]);
  });

try {
  await run();
} catch (error) {
  progress(`coverage: ${(error as Error).stack}`);
  process.exitCode = 1;
} finally {
  await open?.close();
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      column: { type: 'string', multiple: true },
      'file-system': { type: 'string', multiple: true },
      'document-only': { type: 'boolean' },
    },
  });
  const wanted = values.column?.map(columnNamed) ?? columns;
  const where = fileSystemNames.filter((name) => values['file-system']?.includes(name) ?? true);
  if (!values['document-only']) {
    open = await FileSystems.open();
    const bin = join(open.folder, 'bin');
    await mkdir(bin);
    const program = await compilePrograms(bin);
    for (const column of wanted) await take(column, where, open, program);
  }
  await writeFile(documentFile, renderDocument(await readResults()));
  progress('wrote docs/coverage.md');
}

async function take(
  column: Column,
  where: readonly FileSystemName[],
  fileSystems: FileSystems,
  program: (name: string) => string,
): Promise<void> {
  if (!isOffered(column)) {
    progress(`${column.name}: this version has no such setting; its results stay as they are`);
    return;
  }
  const ran: Partial<Record<FileSystemName, Cells>> = {};
  try {
    for (const name of where) {
      const begin = performance.now();
      ran[name] = await undisturbed(() => runColumn(column, name, fileSystems, program));
      const seconds = Math.round((performance.now() - begin) / 1000);
      progress(`${column.name} on ${name}: ${tally(column, name, ran[name])} (${seconds} s)`);
    }
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    progress(`${column.name}: not on this kernel; its results stay as they are`);
    return;
  }
  await keepResults(column, ran, (await readResults()).get(column.name));
}

/** A run that somebody else's touches or a lost line made doubtful is done again, twice at most. */
async function undisturbed(runOnce: () => Promise<Ran>): Promise<Cells> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { cells, strangers } = await runOnce();
      if (strangers.length === 0 || attempt === 3) return cells;
      progress(`again, because of ${strangers.length} touches by others: ${strangers[0]}`);
    } catch (error) {
      if (error instanceof NotHere || attempt === 3) throw error;
      progress(`again: ${(error as Error).message}`);
    }
  }
}

function tally(column: Column, fileSystem: FileSystemName, cells: Cells): string {
  const taken = allRoutes.flatMap((route) => {
    const cell = cells[route.name];
    return cell ? [complaintsAbout(column, fileSystem, route, cell).length === 0] : [];
  });
  return `${taken.filter(Boolean).length} of ${taken.length} routes as they should be`;
}
