# SPDX-License-Identifier: MIT OR Apache-2.0
# Sourced by ./demo and ./check: what a Debian machine needs, installed where we may, named where we may not.

# need NAME... : Debian packages; a package counts as there when dpkg says that it, or one that provides it, is.
need() {
    local missing=() there package
    there=$(dpkg-query -W -f '${db:Status-Status} , ${Package}, ${Provides},\n' 2>/dev/null |
        sed -n 's/ ([^)]*)//g; s/^installed //p')
    for package in "$@"; do
        [[ $there == *", $package,"* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        printf 'Installing %s\n' "${missing[*]}"
        apt-get update -qq
        quietly_install "${missing[@]}"
        return
    fi
    printf 'Missing: %s\nInstall them with: sudo apt-get install %s\n' \
        "${missing[*]}" "${missing[*]}" >&2
    return 1
}

# Installs packages without starting the services that come with them.
quietly_install() {
    local policy=/usr/sbin/policy-rc.d made= status=0
    if [ ! -e "$policy" ]; then
        made=yes
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        status=$?
    [ -z "$made" ] || rm -f "$policy"
    return "$status"
}

if ! command -v cargo >/dev/null; then
    if [ -f "$HOME/.cargo/env" ]; then
        . "$HOME/.cargo/env"
    else
        echo 'Rust is missing: install the stable toolchain (1.95 or newer) with rustup, then try again.' >&2
        exit 1
    fi
fi
