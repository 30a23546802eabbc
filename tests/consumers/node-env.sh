#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes a Node environment once, outside the work tree: node-env.sh NAME PACKAGE@VERSION...; prints where it is.
# No lock file is written. What is native compiles against the headers of the installed node; none are fetched.
set -euo pipefail
name=$1
shift
environment=${XDG_CACHE_HOME:-$HOME/.cache}/keystead/node-$name
wanted="$* for node $(node --version)"
mkdir -p "$(dirname "$environment")"
exec 9>"$environment.lock"
flock 9
if [ "$(cat "$environment/.packages" 2>/dev/null)" != "$wanted" ]; then
    echo "Making the Node environment in $environment" >&2
    prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
    [ -f "$prefix/include/node/node.h" ] || {
        echo "the headers of node are not in $prefix/include/node" >&2
        exit 1
    }
    rm -rf "$environment"
    mkdir "$environment"
    # Newer npm runs the compiler only for packages that are named here.
    echo '{ "private": true, "allowScripts": { "pkcs11js": true } }' >"$environment/package.json"
    cd "$environment"
    quiet=(--loglevel=error --no-audit --no-fund)
    npm install "${quiet[@]}" --ignore-scripts --save-exact --no-package-lock "$@" >&2
    npm_config_nodedir=$prefix npm rebuild "${quiet[@]}" pkcs11js >&2
    printf '%s\n' "$wanted" >"$environment/.packages"
fi
printf '%s\n' "$environment"
