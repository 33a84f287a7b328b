import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that is none of the daemon's family before it does what the script says; output goes to $out. */
const leave = `
  use POSIX; my $out = shift; my $starter = $$; my $pid = fork;
  if ($pid) { print $pid; exit; }
  POSIX::setsid(); open(STDIN, '<', '/dev/null'); open(STDOUT, '>>', $out); open(STDERR, '>>', $out); $| = 1;
  select(undef, undef, undef, 0.002) while getppid() == $starter;
`;

/** Starts Perl away from the test's own process tree; `before` are words put before it. Gives its pid. */
export async function detached(
  script: string,
  output: string,
  args: readonly string[],
  before: readonly string[] = [],
): Promise<number> {
  const [command = 'perl', ...rest] = [...before, 'perl', '-e', leave + script, output, ...args];
  const { stdout } = await run(command, rest);
  return Number(stdout);
}

/** State letter of a process, `T` when it stands still by a signal; undefined when there is none. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/** Ends a process that a test started; one that is gone is no error. */
export function end(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
