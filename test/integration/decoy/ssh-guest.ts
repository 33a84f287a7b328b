import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { GuestChannel, GuestListener, GuestRequest } from '../../../src/core/decoy/guest.js';

const terminalProgram = fileURLToPath(new URL('ssh-terminal.py', import.meta.url));

/** Runs what a visitor asks for on this host, where the daemon would run it in a container. */
export function localGuest(request: GuestRequest, listener: GuestListener, folder: string): GuestChannel {
  const [program, ...rest] = commandOf(request);
  const child = spawn(program as string, rest, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TERM: request.terminal?.type ?? '',
      PS1: '$ ',
      ...request.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of child.stdio) stream?.on('error', () => {});
  const { stdin, stdout, stderr } = child;
  stdout.on('data', (bytes: Buffer) => listener.output('stdout', bytes));
  stderr.on('data', (bytes: Buffer) => listener.output('stderr', bytes));
  stdin.on('drain', () => listener.inputFull(false));
  child.on('close', (code, signal) =>
    listener.exited(signal ? { signal: signal.replace('SIG', '') } : { code: code ?? 255 }),
  );
  return {
    input: (bytes) => {
      if (!stdin.write(bytes)) listener.inputFull(true);
    },
    endInput: () => stdin.end(),
    resize: (columns, rows) => (child.stdio[3] as Writable).write(`${columns} ${rows}\n`),
    pause: (paused) => {
      for (const stream of [stdout, stderr])
        if (paused) stream.pause();
        else stream.resume();
    },
    hangUp: () => {
      try {
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {}
    },
  };
}

function commandOf({ command, subsystem, terminal }: GuestRequest): string[] {
  if (subsystem) return ['/usr/lib/openssh/sftp-server'];
  const shell = command === undefined ? ['/bin/sh', '-i'] : ['/bin/sh', '-c', command];
  return terminal ? ['python3', terminalProgram, `${terminal.columns}`, `${terminal.rows}`, ...shell] : shell;
}
