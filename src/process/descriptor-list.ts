import { readlinkSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Listed, OpenFile, OpenSocket } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';
import { nextTurn } from './next-turn.js';
import type { ProcReader, Seat } from './proc-reader.js';
import { findSockets } from './socket-finder.js';

/** A process may open a million files to keep the daemon busy. */
const mostRead = 4096;
const mostNamed = 1024;
const mostListed = 64;
const mostBytesOfPath = 512;
const namesPerSlice = 64;

interface Descriptor {
  readonly descriptor: number;
  readonly target: Buffer;
}

export interface DescriptorList {
  readonly files?: Listed<OpenFile>;
  readonly sockets?: Listed<OpenSocket>;
}

/** Open files and sockets of a process, the lowest descriptors first. */
export async function listDescriptors(reader: ProcReader, seat: Seat): Promise<DescriptorList> {
  const folder = reader.path(seat, 'fd');
  const numbers = await numbersIn(folder);
  if (numbers === undefined) return {};
  const descriptors = await named(folder, numbers);
  const unnamed = numbers.length - Math.min(numbers.length, mostNamed);
  const sockets = descriptors.filter(({ target }) => socketInode(target) !== undefined);
  const files = descriptors.filter(({ target }) => socketInode(target) === undefined);
  const listed = sockets.slice(0, mostListed);
  const inodes = new Set(listed.map(({ target }) => socketInode(target) as number));
  const facts = inodes.size > 0 ? await findSockets(reader, seat, inodes) : undefined;
  return {
    files: {
      items: files.slice(0, mostListed).map(({ descriptor, target }) => ({
        descriptor,
        path: toPrintable(target.subarray(0, mostBytesOfPath)),
      })),
      // What was not named counts here: nobody knows what it is.
      omitted: Math.max(0, files.length - mostListed) + unnamed,
    },
    sockets: {
      items: listed.map(({ descriptor, target }) => ({
        descriptor,
        ...(facts?.get(socketInode(target) as number) ?? { protocol: 'other' }),
      })),
      omitted: Math.max(0, sockets.length - mostListed),
    },
  };
}

/** Sockets of a process by inode number, the lowest descriptor first. */
export async function socketInodes(reader: ProcReader, seat: Seat): Promise<number[]> {
  const folder = reader.path(seat, 'fd');
  const descriptors = await named(folder, (await numbersIn(folder)) ?? []);
  return descriptors.map(({ target }) => socketInode(target)).filter((inode) => inode !== undefined);
}

/** In rising order; undefined when they are not to be seen. */
async function numbersIn(folder: string): Promise<number[] | undefined> {
  const numbers: number[] = [];
  try {
    for await (const { name } of await opendir(folder, { bufferSize: 256 })) {
      if (numbers.push(Number(name)) >= mostRead) break;
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

function socketInode(target: Buffer): number | undefined {
  const inode = /^socket:\[(\d{1,15})\]$/.exec(target.toString('latin1', 0, 32))?.[1];
  return inode === undefined ? undefined : Number(inode);
}
