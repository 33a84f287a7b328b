#!/usr/bin/env bash
# Installs the Debian packages that are missing. Usage: install-packages.sh runtime|test|bench
set -euo pipefail

case "${1:-}" in
  runtime) packages=(bpftrace inotify-tools docker.io nftables) ;;
  # Real programs that the tests open traps with; a compiler for accesses that no program makes; file
  # systems to plant on.
  test)
    packages=(libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils qpdf sqlite3 keepassxc busybox-static openssh-client openssh-server openssl openvpn strace gcc libc6-dev e2fsprogs xfsprogs btrfs-progs attr)
    packages+=(ansible-core apache2-utils curl git iproute2 nftables perl php-cli postgresql-client python3 redis-server sshpass)
    ;;
  # What the benchmark compares with, and the compiler of its own programs.
  bench) packages=(auditd inotify-tools fatrace bpfcc-tools gcc libc6-dev) ;;
  *) echo "usage: $0 runtime|test|bench" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "not root: the packages ${missing[*]} are missing and stay so" >&2
  exit 0
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Servers that tests run beside ours must not begin to listen on this host.
policy=/usr/sbin/policy-rc.d
if [ "${1:-}" = test ] && [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
