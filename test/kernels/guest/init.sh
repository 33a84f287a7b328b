#!/bin/sh
# First process of the virtual machine: mounts, runs the tests, and ends the machine by its own end.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /fs/tmpfs /fs/ext4 /fs/empty /fs/merged /fs/tracefs
mount -t devpts devpts /dev/pts
mount -t tracefs nodev /sys/kernel/tracing
mount -t tmpfs tmpfs /fs/tmpfs

for module in /modules/*; do insmod "$module"; done
truncate -s 64M /disk
mkfs.ext4 -q -F /disk
mount -o loop /disk /fs/ext4
mkdir /fs/ext4/below

node /app/test/kernels/guest/main.js </dev/null
# The kernel restarts when this process ends (panic=-1), which ends the machine (-no-reboot).
