"""Types into a program on a terminal: python3 ssh-interactive.py PROGRAM [ARGUMENT...].

Reads steps as JSON from standard input, one a line: {"expect": text} waits until the terminal has shown it after what
was expected before, {"type": text} types, {"resize": [columns, rows]} changes its size, {"signal": number} is sent to
the program. Prints everything that was shown; exits with the program's code, or 99 when an expectation is not met.
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

steps = [json.loads(line) for line in sys.stdin]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
shown, seen = "", 0


def read(timeout):
    global shown
    if not select.select([terminal], [], [], timeout)[0]:
        return True
    try:
        shown += os.read(terminal, 65536).decode(errors="replace")
        return True
    except OSError:
        return False


code = 0
for step in steps:
    deadline = time.monotonic() + 20
    while "expect" in step and step["expect"] not in shown[seen:]:
        if time.monotonic() > deadline or not read(1):
            code = 99
            break
    if code:
        shown += "\n[in vain: %s]" % step["expect"]
        break
    if "expect" in step:
        seen = shown.index(step["expect"], seen) + len(step["expect"])
    if "type" in step:
        os.write(terminal, step["type"].encode())
    if "resize" in step:
        columns, rows = step["resize"]
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
if code:
    os.kill(child, 9)
while read(20) and select.select([terminal], [], [], 20)[0]:
    try:
        if not (more := os.read(terminal, 65536)):
            break
        shown += more.decode(errors="replace")
    except OSError:
        break
_, status = os.waitpid(child, 0)
print(shown)
sys.exit(code or os.waitstatus_to_exitcode(status) & 255)
