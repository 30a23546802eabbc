#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes a Python environment once, outside the work tree: python-env.sh NAME PACKAGE==VERSION...; prints where it is.
set -euo pipefail
name=$1
shift
environment=${XDG_CACHE_HOME:-$HOME/.cache}/keystead/python-$name
mkdir -p "$(dirname "$environment")"
exec 9>"$environment.lock"
flock 9
if [ "$(cat "$environment/.packages" 2>/dev/null)" != "$*" ]; then
    echo "Making the Python environment in $environment" >&2
    rm -rf "$environment"
    python3 -m venv "$environment" >&2
    "$environment/bin/pip" install --quiet "$@" >&2
    printf '%s\n' "$*" >"$environment/.packages"
fi
printf '%s\n' "$environment"
