import { open } from 'node:fs/promises';
import type { ProcReader, Seat } from './proc-reader.js';
import { parseInetLine, parseUnixLine, type SocketFacts } from './socket-tables.js';

/** Of a host with more connections than this many bytes tell, the rest stays unknown. */
const mostBytes = 8 * 1024 * 1024;

/** The kernel fills a page at a time, and walks its table for each anew from where it was. */
const chunkBytes = 64 * 1024;

const tables = ['tcp', 'tcp6', 'udp', 'udp6', 'unix'] as const;

/**
 * Facts of sockets by their inode numbers, from the tables of the process's own network namespace.
 * What none of them has (netlink, packet sockets, another namespace's) is absent.
 */
export async function findSockets(
  reader: ProcReader,
  seat: Seat,
  inodes: ReadonlySet<number>,
  from: readonly (typeof tables)[number][] = tables,
): Promise<Map<number, SocketFacts>> {
  const found = new Map<number, SocketFacts>();
  for (const table of from) {
    if (found.size === inodes.size) break;
    await searchTable(reader.path(seat, `net/${table}`), table, inodes, found).catch(() => undefined);
  }
  return found;
}

async function searchTable(
  path: string,
  table: (typeof tables)[number],
  inodes: ReadonlySet<number>,
  found: Map<number, SocketFacts>,
): Promise<void> {
  const protocol = table.startsWith('tcp') ? 'tcp' : 'udp';
  const parse = table === 'unix' ? parseUnixLine : (line: string) => parseInetLine(line, protocol);
  for await (const lines of linesOf(path)) {
    for (const line of lines) {
      const one = parse(line);
      if (one === undefined || !inodes.has(one.inode)) continue;
      const before = found.get(one.inode);
      found.set(one.inode, before === undefined ? one.socket : undecided(before, one.socket));
    }
    // Unix sockets may have any bytes in their names, line feeds too: only there a line can be forged,
    // and only beside the true one.
    if (table !== 'unix' && found.size === inodes.size) return;
  }
}

/** Two lines for one socket: one of them is another socket's name. */
function undecided(one: SocketFacts, other: SocketFacts): SocketFacts {
  if (one.protocol !== 'unix' || other.protocol !== 'unix') return one;
  return { protocol: 'unix' };
}

async function* linesOf(path: string): AsyncGenerator<string[]> {
  const file = await open(path);
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = '';
    for (let total = 0; total < mostBytes; ) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      const lines = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      yield lines;
    }
  } finally {
    await file.close();
  }
}
