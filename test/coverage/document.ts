import { type BlindSpot, blindSpots, complaintsAbout, titlesOf } from './blind-spots.js';
import type { Cell } from './cell.js';
import { type Column, columns } from './columns.js';
import type { Results } from './results.js';
import { type FileSystemName, fileSystemNames, type Route } from './route.js';
import { allRoutes, routeGroups } from './routes.js';

const intro = `# Which ways to a trap are seen

Written by \`make coverage\` (as root) from what it saw: every cell is an access that was made for real, under
a daemon with that sensor; do not edit. The access proves itself (the trap's bytes, or what it changed),
and an operation counts as told only when the audit log names the process that did it, with its whole
ancestry to PID 1.

How to read a cell:

- \`open read\`: everything the access did was told.
- \`open (read not told)\`: the trap's touch is on record, a part of it is not.
- \`not seen\`: nothing is on record.
- \`+ mmap\`: told beside what was expected.
- \`(open: wrong process)\`: told, but not of the process that did it, or without its whole ancestry.
- \`n/a\`: there is no such route. \`not possible here\`: the kernel or file system refused the access itself.
- \`not run\`: nobody ran it yet; a set of hooks needs a kernel that has them.
- Where file systems differ, each is named; else the cell holds for ext4, xfs, btrfs and tmpfs.`;

/** The whole document; the same results give the same bytes. */
export function renderDocument(results: Results): string {
  const parts = [
    intro,
    '## The sensors',
    ...[sensorTable(results)],
    ...routeGroups.flatMap(({ title, routes }) => [`## ${title}`, routeTable(routes, results)]),
    '## What cannot be seen, and why',
    blindSpots.map(describeSpot).join('\n'),
    '## What is not told, without a reason',
    openGaps(results),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sensorTable(results: Results): string {
  return table(
    ['column', 'configuration', 'run on'],
    columns.map((column) => [
      column.title,
      Object.entries(column.sensor)
        .map(([key, value]) => `\`sensor.${key}: ${value}\``)
        .join(', '),
      kernelOf(column, results),
    ]),
  ).concat('\n\ninotify names no process: in its column only the operations are compared.');
}

function kernelOf({ name }: Column, results: Results): string {
  const found = results.get(name);
  return found ? `Linux ${found.kernel}` : 'not run';
}

function routeTable(routes: readonly Route[], results: Results): string {
  return table(
    ['route', ...columns.map(({ title }) => title)],
    routes.map((route) => [rowTitle(route), ...columns.map((column) => cellText(column, route, results))]),
  );
}

/** File systems without the route are named beside it, once. */
function rowTitle({ name, notOn }: Route): string {
  const reasons = Object.values(notOn ?? {});
  return reasons.length === 0 ? name : `${name} (n/a: ${reasons.join('; ')})`;
}

function cellText({ name }: Column, route: Route, results: Results): string {
  const byText = new Map<string, FileSystemName[]>();
  for (const fileSystem of fileSystemNames.filter((one) => route.notOn?.[one] === undefined)) {
    const cell = results.get(name)?.fileSystems[fileSystem]?.[route.name];
    const text = cell ? describeCell(cell) : 'not run';
    byText.set(text, [...(byText.get(text) ?? []), fileSystem]);
  }
  if (byText.size === 1) return [...byText.keys()].join();
  return [...byText].map(([text, names]) => `${names.join(' ')}: ${text}`).join('<br>');
}

function describeCell(cell: Cell): string {
  const { told, unheld, treeless, unnamed, misnamed, missing, also, noDestination, impossible } = cell;
  if (impossible !== undefined) return `not possible here: ${impossible}`;
  const parts = [
    ...(told ? [told.map((op) => (unheld?.includes(op) ? `${op}\\*` : op)).join(' ')] : []),
    ...(treeless ? [`(${treeless.join(', ')}: ancestry incomplete)`] : []),
    ...(unnamed ? [`(${unnamed.join(', ')}: unknown process)`] : []),
    ...(misnamed ? [`(${misnamed.join(', ')}: wrong process)`] : []),
    ...(also ? [`+ ${also.join(' ')}`] : []),
  ];
  if (parts.length === 0) return 'not seen';
  return [
    ...parts,
    ...(missing ? [`(${missing.join(', ')} not told)`] : []),
    ...(noDestination ? ['(copy without destination)'] : []),
  ].join(' ');
}

function describeSpot(spot: BlindSpot): string {
  const { routes, ops, fileSystems, why } = spot;
  const where = [
    routes?.join('; ') ?? 'every route',
    ...(ops ? [`the ${ops.join(', ')}`] : []),
    ...(fileSystems ? [`on ${fileSystems.join(', ')}`] : []),
  ].join(', ');
  return `- **${where}** (${titlesOf(spot)}): ${why}`;
}

function openGaps(results: Results): string {
  const lines = columns.flatMap((column) => {
    const gaps = gapsOf(column, results);
    if (gaps.size === 0) return [];
    return [`- ${column.title}:`, ...[...gaps].map(([gap, names]) => `  - ${gap}: ${names.join('; ')}`)];
  });
  return lines.length === 0 ? 'Nothing.' : lines.join('\n');
}

/** Routes by what is wrong with them and where. */
function gapsOf(column: Column, results: Results): Map<string, string[]> {
  const places = new Map<string, { gap: string; route: string; on: FileSystemName[] }>();
  for (const route of allRoutes)
    for (const fileSystem of fileSystemNames) {
      const cell = results.get(column.name)?.fileSystems[fileSystem]?.[route.name];
      if (!cell) continue;
      const gap = complaintsAbout(column, fileSystem, route, cell).join(', ');
      const key = `${gap}|${route.name}`;
      const known = places.get(key) ?? { gap, route: route.name, on: [] };
      if (gap !== '') places.set(key, { ...known, on: [...known.on, fileSystem] });
    }
  const grouped = new Map<string, string[]>();
  for (const { gap, route, on } of places.values()) {
    const title = `${gap} (${on.join(' ')})`;
    grouped.set(title, [...(grouped.get(title) ?? []), route]);
  }
  return new Map([...grouped].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
