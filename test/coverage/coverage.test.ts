import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { complaintsAbout, spotFor } from './blind-spots.js';
import { type Column, columnNamed, isOffered } from './columns.js';
import { renderDocument } from './document.js';
import { FileSystems } from './file-systems.js';
import { compilePrograms } from './programs.js';
import { readResults } from './results.js';
import type { FileSystemName } from './route.js';
import { allRoutes, slugOf } from './routes.js';
import { type Cells, runColumn } from './run-column.js';

/** What must be complete on the running kernel, but for what is written down as a blind spot. */
const promised: readonly (readonly [column: string, fileSystem: FileSystemName])[] = [
  ['ebpf', 'ext4'],
  ['ebpf', 'tmpfs'],
  ['fanotify', 'ext4'],
];

describeWith(['root', 'bpf', 'bpftrace'], 'every route to a trap', () => {
  let fileSystems: FileSystems;
  let program: (name: string) => string;

  beforeAll(async () => {
    fileSystems = await FileSystems.open();
    const bin = join(fileSystems.folder, 'bin');
    await mkdir(bin);
    program = await compilePrograms(bin);
  });
  afterAll(() => fileSystems.close());

  for (const [name, fileSystem] of promised) {
    const column = columnNamed(name);
    const title = `under ${column.title} on ${fileSystem}`;
    if (!isOffered(column)) {
      describe.skip(`${title} (skipped: this version has no such sensor)`, () => {});
      continue;
    }
    describe(title, () => {
      const runs: Cells[] = [];
      beforeAll(async () => {
        // On a busy machine a run may be spoilt, by others at the traps or by a program that is not
        // given the processor in time: what is wrong once and right the next time is no blind spot.
        for (let attempt = 0; attempt < mostAttempts && !isComplete(column, fileSystem, runs); attempt += 1) {
          const { strangers, cells } = await runColumn(column, fileSystem, fileSystems, program);
          if (strangers.length === 0) runs.push(cells);
        }
        expect(runs, 'others touched the traps in every run').not.toEqual([]);
      });

      it('is told with every operation, of the right process and its ancestry', () => {
        expect(inEveryOf(runs, (cells) => complaints(column, fileSystem, cells))).toEqual([]);
      });

      it('has no blind spot written down that is seen after all', () => {
        expect(inEveryOf(runs, (cells) => seenAfterAll(column, fileSystem, cells))).toEqual([]);
      });
    });
  }
});

describe('the document of the routes', () => {
  it('says what the results say', async () => {
    expect(await readFile('docs/coverage.md', 'utf8')).toBe(renderDocument(await readResults()));
  });

  it('gives every route a name and a folder of its own', () => {
    expect(new Set(allRoutes.map(slugOf)).size).toBe(allRoutes.length);
  });
});

const mostAttempts = 3;

function isComplete(column: Column, fileSystem: FileSystemName, runs: readonly Cells[]): boolean {
  return runs.length > 0 && inEveryOf(runs, (cells) => complaints(column, fileSystem, cells)).length === 0;
}

/** What all runs have in common, by the route it is about. */
function inEveryOf(runs: readonly Cells[], wrong: (cells: Cells) => string[]): string[] {
  const [last = [], ...others] = runs.map(wrong).reverse();
  const routeOf = (text: string) => text.slice(0, text.indexOf(': '));
  return last.filter((text) => others.every((run) => run.some((other) => routeOf(other) === routeOf(text))));
}

function complaints(column: Column, fileSystem: FileSystemName, cells: Cells): string[] {
  return allRoutes.flatMap((route) => {
    const cell = cells[route.name];
    const wrong = cell ? complaintsAbout(column, fileSystem, route, cell) : [];
    return wrong.length === 0 ? [] : [`${route.name}: ${wrong.join(', ')}`];
  });
}

function seenAfterAll(column: Column, fileSystem: FileSystemName, cells: Cells): string[] {
  return allRoutes.flatMap((route) => {
    const told = cells[route.name]?.told ?? [];
    return told.filter((op) => spotFor(column, fileSystem, route, op)).map((op) => `${route.name}: ${op}`);
  });
}
