import { execaSync } from 'execa';

let supported: boolean | undefined;

/**
 * A command line that makes the program die when the daemon does, even by SIGKILL, where the host's
 * `setpriv` can ask the kernel for it (prctl(2), PR_SET_PDEATHSIG; util-linux 2.33, not BusyBox).
 * Elsewhere the command line as it was. The pid is the program's own: setpriv executes it.
 */
export function dyingWithParent(command: string, args: readonly string[]): [string, readonly string[]] {
  supported ??= execaSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { reject: false }).exitCode === 0;
  return supported ? ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args];
}
