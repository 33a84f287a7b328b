"""Runs a program on a terminal of its own: python3 ssh-terminal.py COLUMNS ROWS PROGRAM [ARGUMENT...].

Standard input and output are the terminal's other side; lines "COLUMNS ROWS" on descriptor 3 change its size.
"""
import fcntl, os, pty, select, struct, sys, termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


child, terminal = pty.fork()
if child == 0:
    resize(0, sys.argv[1], sys.argv[2])
    os.execvp(sys.argv[3], sys.argv[3:])

sources = [0, 3, terminal]
while True:
    ready, _, _ = select.select(sources, [], [])
    if terminal in ready:
        try:
            output = os.read(terminal, 65536)
        except OSError:
            break
        while output:
            output = output[os.write(1, output):]
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if 3 in ready:
        asked = os.read(3, 4096)
        if asked:
            resize(terminal, *asked.decode().strip().splitlines()[-1].split())
        else:
            sources.remove(3)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
