#!/usr/bin/env bash
# Runs a command with what it needs of the host: tracefs mounted and a Docker engine that answers.
# What was there stays; what was started here is stopped again. Usage: with-host.sh COMMAND [ARG...]
set -uo pipefail

mounted_tracefs=
dockerd_pid=
log=

undo() {
  if [ -n "$dockerd_pid" ]; then
    kill "$dockerd_pid" 2>/dev/null
    wait "$dockerd_pid" 2>/dev/null
    rm -f "$log"
  fi
  [ -z "$mounted_tracefs" ] || umount /sys/kernel/tracing 2>/dev/null
}

engine_answers() { timeout 10 docker version >/dev/null 2>&1; }

start_dockerd() {
  command -v dockerd >/dev/null || { echo "no Docker here: going on without" >&2; return; }
  log=$(mktemp /tmp/dockerd.XXXXXX)
  setsid dockerd >"$log" 2>&1 &
  dockerd_pid=$!
  for _ in $(seq 120); do
    engine_answers && return
    kill -0 "$dockerd_pid" 2>/dev/null || break
    sleep 0.25
  done
  echo "dockerd does not answer: going on without. Its last line: $(tail -n 1 "$log")" >&2
}

if [ "$(id -u)" = 0 ]; then
  trap undo EXIT
  if [ -d /sys/kernel/tracing ] && [ ! -d /sys/kernel/tracing/events ]; then
    mount -t tracefs nodev /sys/kernel/tracing && mounted_tracefs=yes
  fi
  # Where systemd runs, it looks after Docker.
  [ -d /run/systemd/system ] || engine_answers || start_dockerd
fi

# The command gets the signals of the terminal itself; others are handed on.
"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM HUP
trap 'kill -INT "$child" 2>/dev/null' INT
status=0
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
exit "$status"
