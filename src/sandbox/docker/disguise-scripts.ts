/**
 * A copy of bash in the image that everybody may run and nobody may read. The kernel keeps /proc/PID/exe, environ,
 * maps and fd of such a process from everybody without CAP_SYS_PTRACE (would_dump() in fs/exec.c), and inside
 * nobody has it, as for a real service of another user.
 */
export const hiddenShell = '/var/lib/systemd/systemd';

/**
 * Runs the hidden shell with nothing in its argument list but a title. Its commands come through BASH_ENV, which
 * nobody can read there.
 */
function disguised(title: string, commands: string, descriptors = ''): string {
  return [
    `exec ${descriptors} 9<<'COMMANDS'`,
    commands,
    'COMMANDS',
    `BASH_ENV=/dev/fd/9 exec -a ${title} ${hiddenShell} </dev/null`,
  ].join('\n');
}

// A pipe that is held open at both ends: reading it waits for ever, without a process that waits.
const waitForEver = 'exec 9<&-; exec 3<> <(:)\nwhile :; do read -r -u 3; done';

/** Commands of process 1: looks like init and buries the dead, as bash does with every child. */
export const initScript = disguised(
  '/sbin/init',
  `printf systemd >/proc/thread-self/comm\ncd /\n${waitForEver}`,
  '>/dev/null 2>&1',
);

const staffMember = disguised(
  '"$title"',
  `printf %s "$name" >/proc/thread-self/comm\ncd /\n${waitForEver}`,
  '>/dev/null 2>&1',
);

/**
 * Starts processes that look like services; arguments are pairs of name and title. It ends at once, so that they
 * become children of process 1.
 */
export const staffScript = `
while [ $# -gt 1 ]; do
  name=$1 title=$2 setsid -f /usr/bin/bash -c "$STAFF"
  shift 2
done`;

/** Environment of `staffScript`. */
export const staffEnvironment = [`STAFF=unset STAFF\n${staffMember}`];

/**
 * Runs what a guest asks for, below a process that looks like its sshd. The environment has VISIT_TITLE, and
 * one of: VISIT_COMMAND (for the shell's -c), VISIT_PROGRAM (a path), neither for a login shell.
 */
export const guestScript = disguised(
  '"$VISIT_TITLE"',
  `printf sshd >/proc/thread-self/comm
trap : HUP INT QUIT TSTP
(
  command=$VISIT_COMMAND program=$VISIT_PROGRAM login=$VISIT_LAST
  unset BASH_ENV HOSTNAME OLDPWD SHLVL VISIT_TITLE VISIT_COMMAND VISIT_PROGRAM VISIT_LAST
  exec 0<&8 8<&- 9<&-
  cd "$HOME" 2>/dev/null || cd /
  if [ -n "$program" ]; then exec "$program"; fi
  if [ -n "$command" ]; then exec -a bash /usr/bin/bash -c "$command"; fi
  if [ -t 0 ] && [ ! -e "$HOME/.hushlogin" ]; then
    for file in /run/motd.dynamic /etc/motd; do
      [ -r "$file" ] && while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done <"$file"
    done
    [ -n "$login" ] && printf '%s\\n' "$login"
  fi
  exec -a -bash /usr/bin/bash
)
exit $?`,
  '8<&0',
);
