import { configSchema } from '../../src/config/schema.js';
import type { TouchOp } from '../../src/core/touch.js';

/** A sensor with a set of hooks: one column of the table. */
export interface Column {
  readonly name: string;
  readonly title: string;
  /** The configuration's section `sensor`. */
  readonly sensor: Readonly<Record<string, string>>;
  /** This sensor cannot name the process, so nothing is asked of it. */
  readonly namesNobody?: true;
  /** Operations whose events do not hold the process: it may be gone before anybody looks at it. */
  readonly unheld?: readonly TouchOp[];
}

export const columns: readonly Column[] = [
  { name: 'ebpf', title: 'ebpf, as it chooses', sensor: { kind: 'ebpf' } },
  { name: 'light', title: 'ebpf, light', sensor: { kind: 'ebpf', hooks: 'light' } },
  { name: 'page-cache', title: 'ebpf, page cache', sensor: { kind: 'ebpf', hooks: 'page-cache' } },
  { name: 'kprobes', title: 'ebpf, kprobes', sensor: { kind: 'ebpf', hooks: 'kprobes' } },
  { name: 'syscalls', title: 'ebpf, system calls', sensor: { kind: 'ebpf', hooks: 'syscalls' } },
  {
    name: 'fanotify',
    title: 'fanotify',
    sensor: { kind: 'fanotify' },
    unheld: ['write', 'rename', 'unlink', 'link', 'chmod', 'list'],
  },
  { name: 'inotify', title: 'inotify', sensor: { kind: 'inotify' }, namesNobody: true },
];

/** Whether this version's configuration knows such a sensor. */
export function isOffered({ sensor }: Column): boolean {
  return configSchema.safeParse({ sensor }).success;
}

/** @throws Error when there is no such column */
export function columnNamed(name: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new Error(`no column ${name}; there are ${columns.map((column) => column.name).join(', ')}`);
}
