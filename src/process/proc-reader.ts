import { open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { toPrintable } from '../core/printable.js';
import { parseCommandLine } from './command-line.js';
import { type ProcStat, parseStat } from './proc-stat.js';
import { type Credentials, parseAuditId, parseCredentials } from './proc-status.js';

/** A command line may have megabytes (execve(2)); more than this tells nobody anything. */
const mostBytes = 32 * 1024;

/** Reads the files of `/proc/PID`. Everything is undefined when it cannot be read; nothing rejects. */
export class ProcReader {
  /** Where procfs is. */
  readonly root: string;

  constructor(root = '/proc') {
    this.root = root;
  }

  async stat(pid: number): Promise<ProcStat | undefined> {
    const content = await this.#read(pid, 'stat');
    return content && parseStat(content);
  }

  async credentials(pid: number): Promise<Credentials | undefined> {
    const content = await this.#read(pid, 'status');
    return content && parseCredentials(content);
  }

  /** At most the first 32 KiB. */
  async args(pid: number): Promise<readonly string[] | undefined> {
    const content = await this.#read(pid, 'cmdline');
    return content && parseCommandLine(content);
  }

  /** Login user id; undefined also when it was never set. */
  async loginUid(pid: number): Promise<number | undefined> {
    const content = await this.#read(pid, 'loginuid');
    return content && parseAuditId(content);
  }

  /** Audit session id; undefined also when it was never set. */
  async auditSession(pid: number): Promise<number | undefined> {
    const content = await this.#read(pid, 'sessionid');
    return content && parseAuditId(content);
  }

  /** Path of the program, with the kernel's ` (deleted)` when it was removed. */
  executable(pid: number): Promise<string | undefined> {
    return this.#link(pid, 'exe');
  }

  workingDirectory(pid: number): Promise<string | undefined> {
    return this.#link(pid, 'cwd');
  }

  async #link(pid: number, name: string): Promise<string | undefined> {
    try {
      return toPrintable(await readlink(join(this.root, String(pid), name), { encoding: 'buffer' }));
    } catch {
      return undefined;
    }
  }

  async #read(pid: number, name: string): Promise<Buffer | undefined> {
    try {
      return await readStart(join(this.root, String(pid), name));
    } catch {
      return undefined;
    }
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(mostBytes), 0, mostBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
