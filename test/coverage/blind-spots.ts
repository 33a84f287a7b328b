import type { Cell } from './cell.js';
import { type Column, columns } from './columns.js';
import type { FileSystemName, Route } from './route.js';

/** Something that a sensor cannot see, with the reason. */
export interface BlindSpot {
  /** Names of columns; all when absent. */
  readonly columns?: readonly string[];
  /** All when absent. */
  readonly fileSystems?: readonly FileSystemName[];
  /** Names of routes; all when absent. */
  readonly routes?: readonly string[];
  /** What of it is not told: items of `Cell.missing`. All of the route when absent. */
  readonly ops?: readonly string[];
  readonly why: string;
}

const ebpf = ['ebpf', 'page-cache', 'syscalls', 'light'];

/** One sentence or a few each; the document prints them. A test holds them against what was seen. */
export const blindSpots: readonly BlindSpot[] = [
  {
    routes: ['raw block device'],
    why: 'The bytes come from the device, past the file system: no inode is touched, so no hook can know whose block it was. Only root, or who may read the device, can do it.',
  },
  {
    routes: ['pages mapped before the sensor'],
    why: 'Loads from pages that are in memory and mapped do not enter the kernel. The mapping itself and every page that is not there yet are seen; what was mapped whole before the sensor was armed is not.',
  },
  {
    columns: ebpf,
    routes: ['denied exec'],
    why: 'A file without any execute bit is refused by its mode alone: the kernel asks for no capability, and no hook that it offers without kprobes tells of it.',
  },
  {
    columns: ebpf,
    routes: ['denied unlink'],
    why: 'It is the folder that refuses, when the lookup of the name has ended: nothing leads to the file any more.',
  },
  {
    columns: ['ebpf', 'page-cache'],
    fileSystems: ['tmpfs'],
    routes: ['Linux AIO'],
    ops: ['read'],
    why: 'fs/aio.c calls the file system itself, so fanotify is not told, and memory file systems pass the hooks of the page cache by. The open before it is told.',
  },
  {
    columns: ['ebpf', 'page-cache'],
    fileSystems: ['tmpfs'],
    routes: ['write into a shared mapping'],
    ops: ['write or mmap'],
    why: 'A first store into a page of a memory file system passes by the hooks on page faults. The open before it is told.',
  },
  {
    columns: ['syscalls', 'light'],
    routes: ['mmap, private', 'mmap, shared', 'mmap, MAP_POPULATE', 'write into a shared mapping'],
    ops: ['mmap', 'write or mmap'],
    why: 'Mappings and page faults are told by the hooks on the page cache, which this set is without. The open before it is told.',
  },
  {
    columns: ['syscalls', 'light'],
    routes: ['Linux AIO'],
    ops: ['read'],
    why: 'fs/aio.c calls the file system itself, so fanotify is not told. The open before it is told.',
  },
  {
    columns: ['light'],
    ops: ['copy'],
    why: 'A copy is told as a read: the light set hooks no system call.',
  },
  {
    columns: ['fanotify', 'inotify'],
    routes: ['mmap, private', 'mmap, shared', 'mmap, MAP_POPULATE'],
    ops: ['mmap'],
    why: 'The kernel has no event of this kind for a mapping or a page fault. The open before it is told.',
  },
  {
    columns: ['fanotify'],
    routes: ['write into a shared mapping'],
    ops: ['write or mmap'],
    why: 'The kernel has no event of this kind for a store into a mapping. The open before it is told.',
  },
  {
    columns: ['fanotify', 'inotify'],
    ops: ['copy'],
    why: 'The kernel tells a copy as a read, and not where it went.',
  },
  {
    columns: ['inotify'],
    routes: ['Linux AIO'],
    ops: ['read'],
    why: 'The kernel sends no event of this kind from its AIO calls (fs/aio.c calls the file system itself). The open before it is told.',
  },
  {
    columns: ['inotify'],
    ops: ['exec'],
    why: 'An exec is told as an open and a read; there is no event of its own for this sensor.',
  },
  {
    columns: ['fanotify', 'inotify'],
    ops: ['denied'],
    why: 'The kernel refuses before it sends any event.',
  },
];

/** The reason why something missing cannot be seen, if one is known. */
export function spotFor(
  column: Column,
  fileSystem: FileSystemName,
  route: Route,
  op: string,
): BlindSpot | undefined {
  const fits = (list: readonly string[] | undefined, item: string) => list?.includes(item) ?? true;
  return blindSpots.find(
    (spot) =>
      fits(spot.columns, column.name) &&
      fits(spot.fileSystems, fileSystem) &&
      fits(spot.routes, route.name) &&
      fits(spot.ops, op),
  );
}

/** What is wrong with a cell: what is missing without a reason, or named wrongly, or not possible. */
export function complaintsAbout(
  column: Column,
  fileSystem: FileSystemName,
  route: Route,
  cell: Cell,
): string[] {
  const missing = (cell.missing ?? []).filter((op) => !spotFor(column, fileSystem, route, op));
  return [
    ...missing.map((op) => `${op} not told`),
    ...(cell.misnamed ?? []).map((op) => `${op} of the wrong process`),
    ...(cell.treeless ?? []).map((op) => `${op} without the whole ancestry`),
    ...(cell.unnamed ?? []).map((op) => `${op} of an unknown process`),
    ...(cell.noDestination ? ['copy without its destination'] : []),
    ...(cell.impossible === undefined ? [] : [`not taken: ${cell.impossible}`]),
  ];
}

/** Columns that a blind spot speaks of, by their titles. */
export function titlesOf(spot: BlindSpot): string {
  const named = columns.filter(({ name }) => spot.columns?.includes(name)).map(({ title }) => title);
  return named.length === 0 ? 'every sensor' : named.join('; ');
}
