import { type ChildProcess as Spawned, spawn } from 'node:child_process';
import { Duplex, type Readable } from 'node:stream';
import { toPrintable } from '../../core/printable.js';
import { firstSocketDescriptor } from '../link/settings.js';

/** Of what it says on stderr: for the reason of its end. */
const longestWords = 4096;
const longestReason = 300;

export interface DecoyChild {
  readonly pid: number | undefined;
  /** The pipe to it. */
  readonly pipe: Duplex;
  kill(): void;
  /** Why it ended, printable, in one line. Never rejects. */
  readonly ended: Promise<string>;
}

/** Starts the child by `launch.js` in the built files; `sockets` are descriptors that it inherits. Never throws. */
export function startDecoyChild(
  built: string,
  command: readonly string[],
  sockets: readonly number[],
): DecoyChild {
  const descriptors = String(firstSocketDescriptor + sockets.length);
  const child = spawn(process.execPath, [`${built}/decoy/host/launch.js`, descriptors, ...command], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', ...sockets],
    env: {},
    cwd: '/',
    // A signal to the daemon's whole group (Ctrl-C, timeout) is the daemon's to answer, in order.
    detached: true,
  });
  const pipe = (child.stdio[3] as Duplex | null | undefined) ?? brokenPipe();
  return {
    pid: child.pid,
    pipe,
    kill: () => {
      child.kill('SIGKILL');
    },
    ended: endOf(child),
  };
}

function endOf(child: Spawned): Promise<string> {
  let words = Buffer.alloc(0);
  const stderr = child.stdio[2] as Readable | null | undefined;
  stderr?.on('data', (chunk: Buffer) => {
    words = Buffer.concat([words, chunk]).subarray(-longestWords);
  });
  stderr?.on('error', () => undefined);
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(`it cannot be started: ${error.code ?? 'unknown'}`),
    );
    child.once('close', (code, signal) => {
      const how = signal === null ? `it exited with code ${code}` : `it was killed by ${signal}`;
      const last = lastWords(words);
      resolve(signal !== null || last === '' ? how : `${how}: ${last}`);
    });
  });
}

/** Node prints the error's own line amid its stack. */
function lastWords(words: Buffer): string {
  const lines = words.toString('latin1').split('\n');
  const line =
    lines.find((one) => /^\w*Error\b/.test(one)) ?? lines.findLast((one) => one.trim() !== '') ?? '';
  return toPrintable(Buffer.from(line.slice(0, longestReason), 'latin1'));
}

function brokenPipe(): Duplex {
  const pipe = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  pipe.destroy();
  return pipe;
}
