import { execa } from 'execa';

const nobody = { uid: 65_534, gid: 65_534 };

/** Runs a program as a user without privileges, in a session of its own; gives its output. */
export async function asIntruder(program: string, args: readonly string[], argv0?: string): Promise<string> {
  const { stdout } = await execa(program, [...args], {
    ...nobody,
    cwd: '/',
    detached: true,
    reject: false,
    stdin: 'ignore',
    timeout: 60_000,
    ...(argv0 !== undefined && { argv0 }),
  });
  return stdout;
}
