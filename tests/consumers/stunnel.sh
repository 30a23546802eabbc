# SPDX-License-Identifier: MIT OR Apache-2.0
# stunnel through OpenSSL's engine: a server and a client, both with keys in the token.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label server --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label client --id 02 --pin-env PIN
uri() { printf 'pkcs11:token=%s;object=%s;type=private' "$LABEL" "$1"; }

stunnel_engine() {
    cat <<CONFIG
engine = pkcs11
engineCtrl = MODULE_PATH:$KEYSTEAD_LIB
engineCtrl = PIN:$PIN
CONFIG
}

cat >openssl.cnf <<END
[req]
distinguished_name = dn
[dn]
[leaf]
subjectAltName = DNS:localhost
END
export OPENSSL_CONF=$WORK/openssl.cnf
for key in server client; do
    PKCS11_MODULE_PATH=$KEYSTEAD_LIB openssl req -new -x509 -extensions leaf -engine pkcs11 -keyform engine \
        -key "$(uri $key);pin-value=$PIN" -subj /CN=localhost -days 3 -out $key.crt
done

say "a server that asks for the client's certificate, and a client"
server_port=$(free_port)
client_port=$(free_port)
cat >page <<END
HTTP/1.0 200 OK

through the tunnel
END
log() { printf 'foreground = yes\ndebug = 5\npid =\n'; }
{
    log
    stunnel_engine
    cat <<END
[server]
accept = 127.0.0.1:$server_port
exec = /bin/cat
execArgs = cat $WORK/page
cert = $WORK/server.crt
engineId = pkcs11
key = $(uri server)
CAfile = $WORK/client.crt
verifyPeer = yes
END
} >server.conf
{
    log
    stunnel_engine
    cat <<END
[client]
client = yes
accept = 127.0.0.1:$client_port
connect = 127.0.0.1:$server_port
cert = $WORK/client.crt
engineId = pkcs11
key = $(uri client)
CAfile = $WORK/server.crt
verifyPeer = yes
END
} >client.conf
stunnel server.conf >server.log 2>&1 &
server=$!
SERVERS+=($server)
stunnel client.conf >client.log 2>&1 &
SERVERS+=($!)
await_port "$server_port" server.log
await_port "$client_port" client.log
get() {
    local answer
    exec 3<>"/dev/tcp/127.0.0.1/$client_port"
    answer=$(timeout 120 cat <&3)
    exec 3>&-
    [[ $answer == *"through the tunnel"* ]]
}
for _ in $(seq 10); do
    get || { cat server.log client.log; fail "nothing comes through"; }
done

say "four at a time"
pids=()
for _ in 1 2 3 4; do
    (get && get && get) &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || { cat server.log client.log; fail "nothing comes through, four at a time"; }
done

say "after a reload"
kill -HUP $server
configured() { [ "$(grep -c 'Configuration successful' server.log)" = "$1" ]; }
await configured 2 || { cat server.log; fail "no reload"; }
await get || { cat server.log client.log; fail "nothing comes through after the reload"; }

say "without a client's key it stays shut"
openssl s_client -connect 127.0.0.1:"$server_port" -CAfile server.crt -quiet </dev/null >none.log 2>&1 || true
! grep -q 'through the tunnel' none.log || fail "a client without a certificate came in"
