#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Runs one consumer script inside the Debian 13 root: enter.sh ROOT SCRIPT
#
# The script sees the root read-only, empty directories where it may write, a network of its own, and
# nothing of this machine but the library, the tool and the scripts. All its processes end with it.
# The limit is as in main.rs.
set -euo pipefail
if [ "${3:-}" != inside ]; then
    exec unshare --mount --net --pid --fork --kill-child bash "$0" "$1" "$2" inside
fi
root=$1 script=$2
scripts=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$root/etc/pkcs11"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for directory in tmp root run opt var/tmp etc/pkcs11; do
    mount -t tmpfs tmpfs "$root/$directory"
done
ip link set lo up
cp -r "$scripts" "$root/opt/consumers"
mkdir "$root/opt/keystead" "$root/root/work"
cp "$KEYSTEAD_LIB" "$root/opt/keystead/libkeystead.so"
cp "$KEYSTEAD" "$root/opt/keystead/keystead"
exec timeout 1500 chroot "$root" env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root XDG_DATA_HOME=/root/data LC_ALL=C.UTF-8 \
    TMPDIR=/tmp WORK=/root/work DEBIAN_13=1 KEYSTEAD_LOG=warn \
    KEYSTEAD_LIB=/opt/keystead/libkeystead.so KEYSTEAD=/opt/keystead/keystead \
    bash "/opt/consumers/$script.sh"
