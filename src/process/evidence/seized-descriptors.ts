import { toPrintable } from '../../core/printable.js';
import { type OpenDescriptors, openDescriptors, socketInode } from '../descriptor-list.js';
import type { ProcReader, Seat } from '../proc-reader.js';
import { findSockets } from '../socket-finder.js';
import { linesOf } from './process-facts.js';

const mostBytesOfInfo = 2048;
const mostSockets = 1024;

/** Descriptors with their targets, lowest first, and with what fdinfo says as far as `until` reaches. */
export async function seizeDescriptors(reader: ProcReader, seat: Seat, until: number) {
  const open = await openDescriptors(reader, seat);
  if (open === undefined) return undefined;
  const items = open.named.map(({ descriptor, target }) => ({
    descriptor,
    target: toPrintable(target),
    // Answered by the kernel alone: position, flags, mount, inode, and what an epoll or inotify watches.
    ...(performance.now() < until && {
      info: linesOf(reader.contentNow(seat, `fdinfo/${descriptor}`, mostBytesOfInfo)),
    }),
  }));
  return { open, json: { items, omitted: open.unnamed } };
}

/** Sockets with their addresses. The tables of a busy host take longer than a process may be held. */
export async function seizeSockets(reader: ProcReader, seat: Seat, open: OpenDescriptors) {
  const sockets = open.named.flatMap(({ descriptor, target }) => {
    const inode = socketInode(target);
    return inode === undefined ? [] : [{ descriptor, inode }];
  });
  const inodes = new Set(sockets.slice(0, mostSockets).map(({ inode }) => inode));
  const facts = inodes.size > 0 ? await findSockets(reader, seat, inodes) : new Map();
  return {
    items: sockets
      .slice(0, mostSockets)
      .map((socket) => ({ ...socket, ...(facts.get(socket.inode) ?? { protocol: 'other' }) })),
    omitted: Math.max(0, sockets.length - mostSockets),
  };
}
