#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes a directory of Node packages once, outside the work tree: node-env.sh NAME PACKAGE@VERSION...; prints where it is.
set -euo pipefail
name=$1
shift
environment=${XDG_CACHE_HOME:-$HOME/.cache}/keystead/node-$name
mkdir -p "$(dirname "$environment")"
exec 9>"$environment.lock"
flock 9
# What is compiled belongs to one version of Node.
packages="$(node --version) $*"
if [ "$(cat "$environment/.packages" 2>/dev/null)" != "$packages" ]; then
    echo "Making the Node environment in $environment" >&2
    rm -rf "$environment"
    mkdir "$environment"
    echo '{"private": true}' >"$environment/package.json"
    cd "$environment"
    npm install --silent --ignore-scripts --no-audit --no-fund --no-package-lock "$@" >&2
    npm rebuild --silent --no-audit --no-fund pkcs11js >&2
    printf '%s\n' "$packages" >"$environment/.packages"
fi
printf '%s\n' "$environment"
