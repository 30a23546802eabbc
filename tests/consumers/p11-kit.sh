# SPDX-License-Identifier: MIT OR Apache-2.0
# p11-kit: a module file makes the token known to every program; the proxy; remoting over a socket and a pipe.
. "$(dirname "$0")/common.sh"
private_modules
init_token
library=$(find /usr/lib -name p11-kit-proxy.so | head -1)
client=$(find /usr/lib -name p11-kit-client.so | head -1)
url="pkcs11:token=$LABEL"
export GNUTLS_PIN=$PIN

say "a module file"
place p11-kit
tried '^keystead: '
cmp "$conf" "$modules/keystead.module"
grep -A20 '^keystead: ' shows.log >module
grep -q "token: $LABEL" module || { cat shows.log; fail "p11-kit does not list the token"; }
grep -q 'user-pin-initialized' module

say "programs find the token by its URI"
shows "Label: $LABEL" p11tool --list-tokens
p11tool --batch --login --generate-privkey ecdsa --curve secp256r1 --label ec --id 0a0b "$url" --outfile ec.pub
p11tool --batch --login --generate-privkey rsa --bits 2048 --label rsa --id 02 "$url" --outfile rsa.pub
p11tool --list-tokens >tokens
serial=$(grep "token=$LABEL" tokens | grep -o 'serial=[0-9a-f]*')
[ -n "$serial" ] || { cat tokens; fail "no serial number in the URI"; }
for uri in "$url;object=ec" "$url;id=%0a%0b" "pkcs11:$serial;id=%0A%0B" \
    "pkcs11:$serial;manufacturer=$(grep "token=$LABEL" tokens | sed 's/.*manufacturer=\([^;]*\).*/\1/');object=ec" \
    "pkcs11:model=$(grep "token=$LABEL" tokens | sed 's/.*model=\([^;]*\).*/\1/');token=$LABEL;object=ec"; do
    p11tool --batch --login --test-sign "$uri;type=private"
done
refused p11tool --batch --login --test-sign "pkcs11:token=other;object=ec;type=private"
refused p11tool --batch --login --test-sign "pkcs11:token=$LABEL;serial=0000;object=ec;type=private"

say "OpenSSL's engine and OpenSSH take their modules from p11-kit"
head -c 3000 /dev/urandom >data
printf '%s' "$PIN" >pin
for pin in "pin-value=$PIN" "pin-source=file:$WORK/pin"; do
    openssl dgst -sha256 -engine pkcs11 -keyform engine -sign "$url;object=ec;type=private?$pin" -out sig data
    openssl dgst -sha256 -verify ec.pub -signature sig data
done
ssh-keygen -D "$library" >keys
grep -q '^ecdsa-sha2-nistp256' keys || { cat keys; fail "no key through the proxy"; }

# The remote protocol of p11-kit 0.24 knows CKM_ECDSA, not CKM_ECDSA_SHA384.
openssl dgst -sha384 -binary -out digest data
use() {
    shows "token label *: $LABEL" pkcs11-tool --module "$1" --list-token-slots
    pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin "$PIN" --sign --id 02 \
        --mechanism SHA256-RSA-PKCS --input-file data --output-file sig
    openssl dgst -sha256 -verify rsa.pub -signature sig data
    pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin "$PIN" --keypairgen \
        --key-type EC:secp384r1 --id 30 --label temporary
    pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin "$PIN" --sign --id 30 \
        --mechanism ECDSA --input-file digest --output-file sig
    for type in privkey pubkey; do
        pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin "$PIN" --delete-object --type $type --id 30
    done
    refused pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin wrong-1234 --list-objects
    pkcs11-tool --module "$1" --token-label "$LABEL" --login --pin "$PIN" --list-objects >objects
}

say "the proxy"
use "$library"
printf 'module: %s\nmanaged: no\n' "$KEYSTEAD_LIB" >"$modules/keystead.module"
use "$library"

say "a module that runs in a process of its own"
printf 'remote: |p11-kit remote %s\n' "$KEYSTEAD_LIB" >"$modules/keystead.module"
p11-kit list-modules >modules
grep -q "token: $LABEL" modules || { cat modules; fail "no token behind the pipe"; }
p11tool --batch --login --test-sign "$url;object=ec;type=private"
use "$library"
rm "$modules/keystead.module"

say "a server on a socket"
mkdir -m 700 run
export XDG_RUNTIME_DIR=$WORK/run
p11-kit server --foreground --name "$WORK/run/socket" --provider "$KEYSTEAD_LIB" "$url" >server.log 2>&1 &
SERVERS+=($!)
await test -S run/socket || { cat server.log; fail "the server does not listen"; }
export P11_KIT_SERVER_ADDRESS=unix:path=$WORK/run/socket
use "$client"
say "clients at the same time"
for client_number in 1 2 3 4; do
    for _ in 1 2 3; do
        pkcs11-tool --module "$client" --token-label "$LABEL" --login --pin "$PIN" --sign --id 02 \
            --mechanism SHA256-RSA-PKCS --input-file data --output-file sig$client_number
    done >client$client_number.log 2>&1 &
    clients[client_number]=$!
done
for client_number in 1 2 3 4; do
    wait "${clients[client_number]}" || { cat client$client_number.log; fail "client $client_number"; }
    openssl dgst -sha256 -verify rsa.pub -signature sig$client_number data
done
