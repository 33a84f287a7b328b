import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { toPrintable } from '../core/printable.js';
import { parseCommandLine } from './command-line.js';
import { fewAtATime } from './few-at-a-time.js';
import { namespaceNames, parseNamespace } from './namespace-links.js';
import { type ProcStat, parseStat } from './proc-stat.js';
import {
  type Credentials,
  type ProcStatus,
  parseAuditId,
  parseCredentials,
  parseStatus,
} from './proc-status.js';

/** A command line may have megabytes (execve(2)); more than this tells nobody anything. */
const mostBytes = 4096;

// Synchronous reads where the kernel answers from its own memory: they take a few us, a trip to the
// thread pool ten times that, and a deep tree is hundreds of them.
const buffer = Buffer.alloc(2 * mostBytes);

/**
 * Not so what lies in the memory of the process: it may have to be fetched, and who handles its own
 * page faults can let a reader wait for ever. Two such reads at most: the thread pool has four threads,
 * and the audit log needs them.
 */
const inMemory = fewAtATime(2);

/** A process, or `PID/task/TID`: a thread, which still has what its ended first thread has lost. */
export type Seat = number | string;

/** Reads the files of `/proc/PID`. Everything is undefined when it cannot be read; nothing rejects. */
export class ProcReader {
  /** Where procfs is. */
  readonly root: string;

  constructor(root = '/proc') {
    this.root = root;
  }

  async stat(pid: number): Promise<ProcStat | undefined> {
    return this.statNow(pid);
  }

  /** `stat` for who reads many of them. */
  statNow(pid: Seat): ProcStat | undefined {
    return this.#read(pid, 'stat', parseStat);
  }

  credentials(pid: Seat): Credentials | undefined {
    return this.#read(pid, 'status', parseCredentials);
  }

  status(pid: Seat): ProcStatus | undefined {
    return this.#read(pid, 'status', parseStatus);
  }

  /** Of more than `most` bytes only the first, then `…`. */
  async args(pid: Seat, most = mostBytes): Promise<readonly string[] | undefined> {
    // One byte more tells a command line of just this length from a longer one.
    const content = await this.#fromMemory(pid, 'cmdline', most + 1);
    return content && parseCommandLine(content, most);
  }

  /** The environment as the program was started with it, at most `most` bytes. */
  async environment(pid: Seat, most: number): Promise<Buffer | undefined> {
    return this.#fromMemory(pid, 'environ', most);
  }

  /** What else lies in the memory of the process, such as `maps`, at most `most` bytes. */
  async fromMemory(pid: Seat, name: string, most: number): Promise<Buffer | undefined> {
    return this.#fromMemory(pid, name, most);
  }

  /** What the kernel has in its own memory, such as `limits`; at most `most` bytes, at once. */
  contentNow(pid: Seat, name: string, most: number): Buffer | undefined {
    try {
      const file = openSync(this.path(pid, name), 'r');
      try {
        const content = Buffer.allocUnsafe(most);
        let length = 0;
        for (let read = -1; read !== 0 && length < most; length += read)
          read = readSync(file, content, length, most - length, null);
        return content.subarray(0, length);
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  /** Login user id; undefined also when it was never set. */
  loginUid(pid: Seat): number | undefined {
    return this.#read(pid, 'loginuid', parseAuditId);
  }

  /** Audit session id; undefined also when it was never set. */
  auditSession(pid: Seat): number | undefined {
    return this.#read(pid, 'sessionid', parseAuditId);
  }

  /** `/proc/PID/cgroup` as it is. */
  cgroups(pid: Seat): string | undefined {
    return this.#read(pid, 'cgroup', (content) => content.toString('latin1'));
  }

  /** Ids of the threads; empty when they are not to be seen. */
  threads(pid: number): number[] {
    try {
      return readdirSync(this.path(pid, 'task')).map(Number);
    } catch {
      return [];
    }
  }

  /** Inode numbers of the namespaces by name. */
  namespaces(pid: Seat): Record<string, number> {
    const found: Record<string, number> = {};
    for (const name of namespaceNames) {
      const inode = parseNamespace(this.#link(pid, `ns/${name}`, 64));
      if (inode !== undefined) found[name] = inode;
    }
    return found;
  }

  /** Path of the program, with the kernel's ` (deleted)` when it was removed; at most `most` bytes. */
  executable(pid: Seat, most = mostBytes): string | undefined {
    return this.#link(pid, 'exe', most);
  }

  workingDirectory(pid: Seat, most = mostBytes): string | undefined {
    return this.#link(pid, 'cwd', most);
  }

  rootDirectory(pid: Seat, most = mostBytes): string | undefined {
    return this.#link(pid, 'root', most);
  }

  path(pid: Seat, name: string): string {
    return join(this.root, String(pid), name);
  }

  #link(pid: Seat, name: string, most: number): string | undefined {
    try {
      const target = readlinkSync(this.path(pid, name), { encoding: 'buffer' });
      return toPrintable(target.subarray(0, most));
    } catch {
      return undefined;
    }
  }

  #read<Facts>(pid: Seat, name: string, parse: (content: Buffer) => Facts): Facts | undefined {
    try {
      const file = openSync(this.path(pid, name), 'r');
      try {
        return parse(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)));
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  #fromMemory(pid: Seat, name: string, most: number): Promise<Buffer | undefined> {
    return inMemory(() => readStart(this.path(pid, name), most)).catch(() => undefined);
  }
}

async function readStart(path: string, most: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const content = Buffer.allocUnsafe(most);
    let length = 0;
    // The kernel gives environ a page at a time.
    for (;;) {
      const { bytesRead } = await file.read(content, length, most - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === most) return content.subarray(0, length);
    }
  } finally {
    // Nobody waits for a trip to the thread pool that gives nothing.
    void file.close().catch(() => undefined);
  }
}
