# SPDX-License-Identifier: MIT OR Apache-2.0
# What every consumer script starts with: strict mode, a token of its own, small assertions.
#
# The runner (tests/consumers/main.rs) gives each script an empty HOME and these variables:
#   KEYSTEAD_LIB  the library      KEYSTEAD  the tool      WORK  an empty directory to work in
set -euo pipefail
cd "$WORK"

export PIN=userpin-1234 SO_PIN=sopin-567890
LABEL=consumer

say() { printf '== %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# Runs a command that must be refused.
refused() {
    if "$@" >refused.log 2>&1; then
        cat refused.log
        fail "was not refused: $*"
    fi
}

# The output of a command must contain a line that matches.
shows() {
    local pattern=$1
    shift
    "$@" >shows.log 2>&1 || { cat shows.log; fail "ended with an error: $*"; }
    grep -qE -- "$pattern" shows.log || { cat shows.log; fail "does not show '$pattern': $*"; }
}

init_token() {
    "$KEYSTEAD" init --label "$LABEL" --so-pin-env SO_PIN --user-pin-env PIN
}

# A TCP port on loopback that nobody listens on now, for servers that cannot choose one themselves.
free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        [ -n "$(ss -Htan "sport = :$port")" ] || { echo $port; return; }
    done
    fail "no free port"
}

# Waits until a command succeeds, at most 20 seconds.
await() {
    for _ in $(seq 200); do
        if "$@" >await.log 2>&1; then
            return
        fi
        read -rt 0.1 <> <(:) || true
    done
    cat await.log
    return 1
}

listens() { [ -n "$(ss -Hltn "sport = :$1")" ]; }

# Waits until a server listens; its log is shown when it does not.
await_port() {
    await listens "$1" || { [ ! -f "${2:-}" ] || cat "$2"; fail "nobody listens on port $1"; }
}

# Ends these processes when the script ends.
SERVERS=()
trap 'for server in "${SERVERS[@]}"; do kill "$server" 2>/dev/null || true; done; wait' EXIT
