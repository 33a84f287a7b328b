import { spawn } from 'node:child_process';
import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import { oneLine } from './docker-failure.js';

const mostMs = 10_000;

/**
 * Runs a program of the host with `input` on its standard input.
 * @throws SandboxUnavailable when it fails or takes more than 10 s
 */
export async function runHostProgram(
  program: string,
  args: readonly string[],
  input?: Buffer,
): Promise<void> {
  const failed = (why: string) => new SandboxUnavailable(`${program} failed: ${oneLine(why)}`);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: mostMs,
      killSignal: 'SIGKILL',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      if (said.length < 2000) said += piece.toString('utf8');
    });
    // A program that ends early breaks the pipe; its exit code says so.
    child.stdin.on('error', () => {});
    child.on('error', (error) => reject(failed(error.message)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(said.trim().split('\n').at(-1) || `exit ${code ?? signal}`));
    });
    child.stdin.end(input);
  });
}
