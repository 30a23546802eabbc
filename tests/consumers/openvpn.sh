# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenVPN by pkcs11-helper: the client's key lies in the token; the PIN comes by the management interface.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN
for key in rsa:01 ec:02; do
    PKCS11_MODULE_PATH=$KEYSTEAD_LIB openssl req -new -x509 -engine pkcs11 -keyform engine -subj "/CN=${key%:*}" -days 3 \
        -key "pkcs11:token=$LABEL;object=${key%:*};type=private;pin-value=$PIN" -out "${key%:*}.crt"
    openssl x509 -in "${key%:*}.crt" -outform DER -out cert.der
    pkcs11-tool --module "$KEYSTEAD_LIB" --token-label "$LABEL" --login --pin "$PIN" --write-object cert.der \
        --type cert --id "${key#*:}" --label "${key%:*}"
done
openssl req -new -x509 -newkey rsa:2048 -nodes -keyout server.key -subj /CN=server -days 3 -out server.crt 2>/dev/null
cat rsa.crt ec.crt >clients.crt

say "the names of the keys"
openvpn --show-pkcs11-ids "$KEYSTEAD_LIB" >ids
for cn in rsa ec; do
    grep -A4 "CN=$cn\$" ids | sed -n 's/^ *Serialized id: *//p' >$cn.id
    [ -s $cn.id ] || { cat ids; fail "no id of $cn"; }
done

openvpn_config() {
    cat <<CONFIG
pkcs11-providers $KEYSTEAD_LIB
pkcs11-id '$(cat "$1.id")'
CONFIG
}

# The tunnel itself needs rights that a test does not have: its ends are the null device.
common() { printf 'dev null\nproto tcp-%s\nverb 3\ncipher AES-256-GCM\nauth-nocache\nifconfig-noexec\nroute-noexec\n' "$1"; }
for cn in rsa ec; do
    say "a handshake with the key $cn"
    port=$(free_port)
    management=$(free_port)
    { common server; printf 'local 127.0.0.1\nport %s\ntls-server\ndh none\nca clients.crt\ncert server.crt\nkey server.key\n' "$port"; } >server.conf
    {
        common client
        printf 'remote 127.0.0.1 %s\nnobind\ntls-client\nca server.crt\nconnect-retry 1\n' "$port"
        printf 'management 127.0.0.1 %s\nmanagement-hold\nmanagement-query-passwords\n' "$management"
        openvpn_config $cn
    } >client.conf
    openvpn server.conf >server.log 2>&1 &
    server=$!
    openvpn client.conf >client.log 2>&1 &
    client=$!
    SERVERS+=($server $client)
    await_port "$port" server.log
    await_port "$management" client.log
    exec 3<>"/dev/tcp/127.0.0.1/$management"
    echo 'hold release' >&3
    answered=
    while IFS= read -t 120 -r line <&3; do
        case $line in
        ">PASSWORD:Need "*)
            name=${line#*\'}
            printf 'password "%s" "%s"\n' "${name%%\'*}" "$PIN" >&3
            answered=yes
            ;;
        SUCCESS*password*) break ;;
        esac
    done
    [ -n "$answered" ] || { cat client.log; fail "nobody asked for the PIN"; }
    await grep -q "CN=$cn" server.log || { cat server.log client.log; fail "no handshake"; }
    await grep -q 'Peer Connection Initiated\|Initialization Sequence Completed' server.log ||
        { cat server.log client.log; fail "no connection"; }
    exec 3>&-
    kill $client $server
    wait $client $server 2>/dev/null || true
done
