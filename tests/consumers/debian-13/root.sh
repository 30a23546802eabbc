#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes the Debian 13 root that some consumers need, once, outside the work tree; prints where it is.
#
# debootstrap takes its own default mirror. The root is made anew when the list of its packages changes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${KEYSTEAD_DEBIAN_13:-${XDG_CACHE_HOME:-$HOME/.cache}/keystead/debian-13}
stamp=$cache/.packages

if [ "$(id -u)" != 0 ]; then
    echo 'The Debian 13 root is made and entered by root only.' >&2
    exit 1
fi
mkdir -p "$(dirname "$cache")"
exec 9>"$cache.lock"
flock 9
if cmp -s "$here/packages" "$stamp"; then
    printf '%s\n' "$cache"
    exit 0
fi
echo "Making the Debian 13 root in $cache" >&2
rm -rf "$cache"
debootstrap --variant=minbase trixie "$cache" >"$cache.log" 2>&1 || {
    tail -n 20 "$cache.log" >&2
    exit 1
}
cp /etc/resolv.conf "$cache/etc/resolv.conf"
printf '127.0.0.1 localhost\n' >"$cache/etc/hosts"
# No service starts in the root.
printf '#!/bin/sh\nexit 101\n' >"$cache/usr/sbin/policy-rc.d"
chmod +x "$cache/usr/sbin/policy-rc.d"
mapfile -t packages < <(sed 's/#.*//; /^ *$/d' "$here/packages")
# The variables in the quotes are the inner shell's.
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child bash -euc '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    chroot "$root" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$root" \
        apt-get install -y -qq --no-install-recommends "$@"
    chroot "$root" apt-get clean
' bash "$cache" "${packages[@]}" >>"$cache.log" 2>&1 || {
    tail -n 20 "$cache.log" >&2
    exit 1
}
cp "$here/packages" "$stamp"
printf '%s\n' "$cache"
