import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { toPrintable } from '../core/printable.js';
import { parseCommandLine } from './command-line.js';
import { type ProcStat, parseStat } from './proc-stat.js';
import { type Credentials, parseAuditId, parseCredentials } from './proc-status.js';

/** A command line may have megabytes (execve(2)); more than this tells nobody anything. */
const mostBytes = 4096;

// Synchronous reads where the kernel answers from its own memory: they take a few us, a trip to the
// thread pool ten times that, and a deep tree is hundreds of them. Not so the command line: it lies
// in the memory of the process, which may have to be fetched.
const buffer = Buffer.alloc(mostBytes);

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
  statNow(pid: number): ProcStat | undefined {
    return this.#read(pid, 'stat', parseStat);
  }

  async credentials(pid: number): Promise<Credentials | undefined> {
    return this.#read(pid, 'status', parseCredentials);
  }

  /** Of more than `most` bytes only the first, then `…`. */
  async args(pid: number, most = mostBytes): Promise<readonly string[] | undefined> {
    try {
      // One byte more tells a command line of just this length from a longer one.
      return parseCommandLine(await readStart(this.#path(pid, 'cmdline'), most + 1), most);
    } catch {
      return undefined;
    }
  }

  /** Login user id; undefined also when it was never set. */
  async loginUid(pid: number): Promise<number | undefined> {
    return this.#read(pid, 'loginuid', parseAuditId);
  }

  /** Audit session id; undefined also when it was never set. */
  async auditSession(pid: number): Promise<number | undefined> {
    return this.#read(pid, 'sessionid', parseAuditId);
  }

  /** Path of the program, with the kernel's ` (deleted)` when it was removed; at most `most` bytes. */
  async executable(pid: number, most = mostBytes): Promise<string | undefined> {
    return this.#link(pid, 'exe', most);
  }

  async workingDirectory(pid: number, most = mostBytes): Promise<string | undefined> {
    return this.#link(pid, 'cwd', most);
  }

  #path(pid: number, name: string): string {
    return join(this.root, String(pid), name);
  }

  #link(pid: number, name: string, most: number): string | undefined {
    try {
      const target = readlinkSync(this.#path(pid, name), { encoding: 'buffer' });
      return toPrintable(target.subarray(0, most));
    } catch {
      return undefined;
    }
  }

  #read<Facts>(pid: number, name: string, parse: (content: Buffer) => Facts): Facts | undefined {
    try {
      const file = openSync(this.#path(pid, name), 'r');
      try {
        return parse(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)));
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }
}

async function readStart(path: string, most: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const content = Buffer.allocUnsafe(most);
    return content.subarray(0, (await file.read(content, 0, most, 0)).bytesRead);
  } finally {
    await file.close();
  }
}
