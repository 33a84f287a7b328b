import { opendirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Listed, OpenFile, OpenSocket } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';
import { nextTurn } from './next-turn.js';
import type { ProcReader, Seat } from './proc-reader.js';
import { findSockets } from './socket-finder.js';
import type { SocketFacts } from './socket-tables.js';

/** A process may open a million files to keep the daemon busy. */
const mostRead = 4096;
const mostNamed = 1024;
const mostListed = 64;
const mostBytesOfPath = 512;
const namesPerSlice = 64;

export interface Descriptor {
  readonly descriptor: number;
  readonly target: Buffer;
}

export interface DescriptorList {
  readonly files?: Listed<OpenFile>;
  readonly sockets?: Listed<OpenSocket>;
}

/** What the descriptors of a process stand for, the lowest first. */
export interface OpenDescriptors {
  readonly named: readonly Descriptor[];
  /** How many more there are; nobody knows of what kind. */
  readonly unnamed: number;
}

/** Undefined when they are not to be seen. */
export async function openDescriptors(reader: ProcReader, seat: Seat): Promise<OpenDescriptors | undefined> {
  const folder = reader.path(seat, 'fd');
  const numbers = numbersIn(folder);
  if (numbers === undefined) return undefined;
  return { named: await named(folder, numbers), unnamed: Math.max(0, numbers.length - mostNamed) };
}

/** Open files and sockets with their addresses. */
export async function listDescriptors(
  reader: ProcReader,
  seat: Seat,
  open: OpenDescriptors,
): Promise<DescriptorList> {
  const inodes = new Set(inodesOf(open.named).slice(0, mostListed));
  return listed(open, inodes.size > 0 ? await findSockets(reader, seat, inodes) : new Map());
}

/** The same of a process that has ended since. */
export function withoutAddresses(open: OpenDescriptors): DescriptorList {
  return listed(open, new Map());
}

function listed(
  { named, unnamed }: OpenDescriptors,
  facts: ReadonlyMap<number, SocketFacts>,
): DescriptorList {
  const sockets = named.filter(({ target }) => socketInode(target) !== undefined);
  const files = named.filter(({ target }) => socketInode(target) === undefined);
  return {
    files: {
      items: files.slice(0, mostListed).map(({ descriptor, target }) => ({
        descriptor,
        path: toPrintable(target.subarray(0, mostBytesOfPath)),
      })),
      omitted: Math.max(0, files.length - mostListed) + unnamed,
    },
    sockets: {
      items: sockets.slice(0, mostListed).map(({ descriptor, target }) => ({
        descriptor,
        ...(facts.get(socketInode(target) as number) ?? { protocol: 'other' }),
      })),
      omitted: Math.max(0, sockets.length - mostListed),
    },
  };
}

/** Sockets of a process by inode number, the lowest descriptor first. */
export async function socketInodes(reader: ProcReader, seat: Seat): Promise<number[]> {
  return inodesOf((await openDescriptors(reader, seat))?.named ?? []);
}

function inodesOf(descriptors: readonly Descriptor[]): number[] {
  return descriptors.map(({ target }) => socketInode(target)).filter((inode) => inode !== undefined);
}

/** In rising order; undefined when they are not to be seen. */
function numbersIn(folder: string): number[] | undefined {
  const numbers: number[] = [];
  try {
    const entries = opendirSync(folder, { bufferSize: 256 });
    try {
      for (let entry = entries.readSync(); entry && numbers.length < mostRead; entry = entries.readSync()) {
        numbers.push(Number(entry.name));
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    if (numbers.length === 0) return undefined;
  }
  return numbers.sort((one, other) => one - other);
}

async function named(folder: string, numbers: readonly number[]): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const [index, descriptor] of numbers.slice(0, mostNamed).entries()) {
    // The audit log's next step waits behind this one.
    if (index % namesPerSlice === namesPerSlice - 1) await nextTurn();
    try {
      found.push({
        descriptor,
        target: readlinkSync(join(folder, String(descriptor)), { encoding: 'buffer' }),
      });
    } catch {
      // Closed in between.
    }
  }
  return found;
}

/** Inode number of a socket by the target of its descriptor; undefined for what is none. */
export function socketInode(target: Buffer): number | undefined {
  const inode = /^socket:\[(\d{1,15})\]$/.exec(target.toString('latin1', 0, 32))?.[1];
  return inode === undefined ? undefined : Number(inode);
}
