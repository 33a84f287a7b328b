#!/bin/sh
# Waits until phantomd ends, and lets go whoever it had stopped. phantomd starts it with the command to run
# as arguments and holds the other end of its standard input: a line says that it ended in order, the end of
# the input without one that it was killed. systemd ends a service's processes together; this one stays.
trap '' TERM INT HUP
if read -r word && [ "$word" = done ]; then exit 0; fi
exec "$@"
