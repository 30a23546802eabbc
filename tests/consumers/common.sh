# SPDX-License-Identifier: MIT OR Apache-2.0
# What every consumer script starts with: strict mode, a token of its own, small assertions.
#
# The runner (tests/consumers/main.rs) gives each script an empty HOME and these variables:
#   KEYSTEAD_LIB  the library      KEYSTEAD  the tool      WORK  an empty directory to work in
set -euo pipefail
script=$(readlink -f "$0")
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

# The configuration that the tool prints for a program.
config_for() { "$KEYSTEAD" config for "$1" --library "$KEYSTEAD_LIB" --token "$LABEL" "${@:2}"; }

# place PROGRAM [OPTION...]: that configuration in the file that it names, which is $conf afterwards;
# $try is the command that it names.
place() {
    config_for "$@" >page.conf
    conf=$(sed -n 's/^# Save as //p' page.conf)
    try=$(sed -n '$s/^#   //p' page.conf)
    mv page.conf "$conf"
    [ -n "$try" ] || { cat "$conf"; fail "no command that tries it: $1"; }
}

# The command that the placed configuration names shows a line that matches: tried PATTERN [WORD...]
tried() { shows "$1" bash -c "$try \"\$@\"" bash "${@:2}"; }

# p11-kit's modules for this script alone, below $modules. For root p11-kit reads the system's configuration
# only: the script starts anew with a view of it that ends with the script.
private_modules() {
    modules=$HOME/.config/pkcs11/modules
    [ "$(id -u)" = 0 ] || return 0
    modules=/etc/pkcs11/modules
    if [ -z "${INSIDE:-}" ]; then
        mkdir -p /etc/pkcs11
        INSIDE=1 exec unshare --mount bash "$script"
    fi
    mount -t tmpfs none /etc/pkcs11
}

# The user's PIN in a file, for --pin-source and for URIs.
pin_file() {
    printf '%s' "$PIN" >"$WORK/pin"
    chmod 600 "$WORK/pin"
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

# Waits until a command succeeds, at most two minutes: the machine may have much else to do.
await() {
    local end=$((SECONDS + 120))
    until "$@" >await.log 2>&1; do
        if [ $SECONDS -ge $end ]; then
            cat await.log
            return 1
        fi
        read -rt 0.1 <> <(:) || true
    done
}

listens() { [ -n "$(ss -Hltn "sport = :$1")" ]; }

# Waits until a server listens; its log is shown when it does not.
await_port() {
    await listens "$1" || { [ ! -f "${2:-}" ] || cat "$2"; fail "nobody listens on port $1"; }
}

# Ends these processes when the script ends.
SERVERS=()
trap 'for server in "${SERVERS[@]}"; do kill "$server" 2>/dev/null || true; done; wait' EXIT

# One request to a TLS server on localhost; the page must hold a text.
# https_holds PORT CA-FILE TEXT [s_client options]
https_holds() {
    local port=$1 ca=$2 text=$3
    shift 3
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
        OPENSSL_CONF=/dev/null timeout 120 openssl s_client -connect "localhost:$port" -servername localhost \
            -CAfile "$ca" -verify_return_error -quiet "$@" >https.log 2>&1 || true
    grep -q -- "$text" https.log || { cat https.log; return 1; }
}

# Many requests at a time, over new connections, TLS 1.2 and 1.3.
https_many() {
    local pids=() each
    for each in 1 2 3 4; do
        (
            mkdir -p "many$each" && cd "many$each"
            for version in tls1_2 tls1_3 tls1_2 tls1_3 tls1_2; do
                https_holds "$@" -$version || exit 1
            done
        ) >"many$each.log" 2>&1 &
        pids+=($!)
    done
    for each in "${!pids[@]}"; do
        wait "${pids[each]}" || { cat "many$((each + 1)).log"; return 1; }
    done
}
