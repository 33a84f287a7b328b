import { spawn } from 'node:child_process';
import type { Toucher, TouchingProcess } from '../core/ports/toucher.js';
import { fromPrintable } from '../core/printable.js';

/** Longest time in ms that one may take. */
const longestMs = 10_000;

/** Touches files by the program `head` of coreutils, which opens a file and reads it. */
export class HeadToucher implements Toucher {
  touch(path: string): TouchingProcess | undefined {
    const bytes = Buffer.from(fromPrintable(path));
    // Arguments of a program are text here; a trap whose name is none is proven by the others.
    if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) return undefined;
    const child = spawn('head', ['-c', '1', '--', bytes.toString('utf8')], {
      stdio: 'ignore',
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    const ended = new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('exit', (code) => resolve(code === 0));
    });
    return child.pid === undefined ? undefined : { pid: child.pid, ended };
  }
}
