import type { containments, sensorChoices } from '../../src/config/schema.js';

/** Programs of this folder's attack that try to use a byte before they are stopped. */
export const ways = ['plain', 'racer', 'ptraced', 'sender', 'sibling', 'chain'] as const;
export type Way = (typeof ways)[number];

/** What each does, for a reader of the document. */
export const descriptions: Readonly<Record<Way, string>> = {
  plain: 'opens, reads, and writes what it got to a pipe that was open before',
  racer:
    'one thread opens; another reads the descriptor that it guessed, again and again, and writes to the pipe',
  ptraced:
    'a plain reader, traced by its parent, which goes on with it at every stop and takes the signal away',
  sender: 'a racer that uses sendfile(2): one system call reads and writes',
  sibling: 'a racer whose second half is a process of its own that shares the table of descriptors',
  chain: 'open, read and write as one chain of linked io_uring requests: one system call in all',
};

/** The three that every containment is measured with at full length. */
export const mainWays: readonly Way[] = ['plain', 'racer', 'ptraced'];

/** A setting of `response.containment` under one sensor. */
export interface Column {
  readonly name: string;
  readonly containment: (typeof containments)[number];
  readonly sensor: (typeof sensorChoices)[number];
  /** Against these no byte may get out. */
  readonly holdsAgainst: readonly Way[];
  /** Nobody is to let go whoever stays stopped: the attack ends them after it counted. */
  readonly staysStopped?: boolean;
}

export const columns: readonly Column[] = [
  { name: 'observe', containment: 'observe', sensor: 'ebpf', holdsAgainst: [] },
  { name: 'inspect', containment: 'inspect', sensor: 'ebpf', holdsAgainst: ['plain'] },
  { name: 'freeze', containment: 'freeze', sensor: 'ebpf', holdsAgainst: ['plain'], staysStopped: true },
  { name: 'kill', containment: 'kill', sensor: 'ebpf', holdsAgainst: ['plain', 'racer', 'ptraced'] },
  { name: 'fanotify-inspect', containment: 'inspect', sensor: 'fanotify', holdsAgainst: ['plain'] },
  {
    name: 'fanotify-freeze',
    containment: 'freeze',
    sensor: 'fanotify',
    holdsAgainst: ['plain'],
    staysStopped: true,
  },
  {
    name: 'fanotify-kill',
    containment: 'kill',
    sensor: 'fanotify',
    holdsAgainst: ['plain', 'racer', 'ptraced'],
  },
  { name: 'fanotify-deny', containment: 'deny', sensor: 'fanotify', holdsAgainst: [...ways] },
];

/** @throws Error when there is no such column */
export function columnNamed(name: string): Column {
  const column = columns.find((one) => one.name === name);
  if (!column) throw new Error(`no column ${name}; there are ${columns.map((one) => one.name).join(', ')}`);
  return column;
}
