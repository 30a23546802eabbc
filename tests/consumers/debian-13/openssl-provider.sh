# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenSSL 3.5 through pkcs11-provider: generation in the token, signatures, encryption, agreement, TLS.
. "$(dirname "$0")/../common.sh"
init_token
printf '%s\n' "$PIN" >pin.txt
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label first --pin-env PIN

place openssl --pin-source "$WORK/pin.txt"
tried '^Total found: 1$'
cat >>"$conf" <<END
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
[leaf]
subjectAltName = DNS:localhost
END
export OPENSSL_CONF=$WORK/$conf
uri() { printf 'pkcs11:token=%s;object=%s;type=%s' "$LABEL" "$1" "${2:-private}"; }

# A configuration without the token.
own() { OPENSSL_CONF=/dev/null openssl "$@"; }

# generate NAME ALGORITHM [OPTION...]: a key pair in the token, by OpenSSL itself.
generate() {
    local name=$1 algorithm=$2
    shift 2
    openssl genpkey -propquery 'provider=pkcs11' -algorithm "$algorithm" "$@" \
        -pkeyopt "pkcs11_uri:pkcs11:token=$LABEL;object=$name" -out "$name.pem"
    openssl pkey -in "$(uri "$name" public)" -pubin -pubout -out "$name.pub"
}

say "keys made in the token"
generate rsa RSA -pkeyopt rsa_keygen_bits:2048
generate rsa3k RSA -pkeyopt rsa_keygen_bits:3072
generate p256 EC -pkeyopt ec_paramgen_curve:P-256
generate p384 EC -pkeyopt ec_paramgen_curve:P-384
generate p521 EC -pkeyopt ec_paramgen_curve:P-521
generate ed25519 ED25519
generate ed448 ED448
# pkcs11-provider 1.0 knows no post-quantum keys.
for key in rsa p256 ed25519; do
    shows "object=$key;type=private" openssl pkey -in "$(uri $key)" -noout -text
    shows "object=$key;" openssl storeutl -noout -text "$(uri $key)"
done

say "signatures, made in the token and checked by OpenSSL itself"
head -c 5000 /dev/urandom >data
head -c 32 /dev/urandom >hash
# signs NAME [OPTION...]: what the token signs, OpenSSL verifies, and the token too.
signs() {
    local name=$1
    shift
    openssl pkeyutl -sign -inkey "$(uri "$name")" -rawin -in data -out sig "$@"
    own pkeyutl -verify -pubin -inkey "$name.pub" -rawin -in data -sigfile sig "$@"
    openssl pkeyutl -verify -pubin -inkey "$(uri "$name" public)" -rawin -in data -sigfile sig "$@"
    head -c 4999 data >shorter
    refused openssl pkeyutl -verify -pubin -inkey "$(uri "$name" public)" -rawin -in shorter -sigfile sig "$@"
}
for digest in sha1 sha224 sha256 sha384 sha512 sha3-256 sha3-512; do
    signs rsa -digest $digest
    signs rsa3k -digest $digest -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest
    signs p256 -digest $digest
    signs p521 -digest $digest
done
signs p384 -digest sha384
signs ed25519
signs ed448
openssl pkeyutl -sign -inkey "$(uri p256)" -in hash -out sig
own pkeyutl -verify -pubin -inkey p256.pub -in hash -sigfile sig
openssl dgst -sha256 -sign "$(uri rsa)" -out sig data
own dgst -sha256 -verify rsa.pub -signature sig data

say "encryption"
for padding in pkcs1 oaep; do
    own pkeyutl -encrypt -pubin -inkey rsa.pub -in hash -out enc -pkeyopt rsa_padding_mode:$padding
    openssl pkeyutl -decrypt -inkey "$(uri rsa)" -in enc -out back -pkeyopt rsa_padding_mode:$padding
    cmp hash back
    openssl pkeyutl -encrypt -pubin -inkey "$(uri rsa public)" -in hash -out enc -pkeyopt rsa_padding_mode:$padding
    openssl pkeyutl -decrypt -inkey "$(uri rsa)" -in enc -out back -pkeyopt rsa_padding_mode:$padding
    cmp hash back
done
oaep=(-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256)
own pkeyutl -encrypt -pubin -inkey rsa.pub -in hash -out enc "${oaep[@]}"
openssl pkeyutl -decrypt -inkey "$(uri rsa)" -in enc -out back "${oaep[@]}"
cmp hash back

say "key agreement"
own genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out peer.pem
own pkey -in peer.pem -pubout -out peer.pub
openssl pkeyutl -derive -inkey "$(uri p256)" -peerkey peer.pub -out secret
own pkeyutl -derive -inkey peer.pem -peerkey p256.pub -out peer.secret
cmp secret peer.secret

say "HKDF in the token"
hkdf() {
    openssl pkeyutl -derive -kdf HKDF -kdflen 42 -pkeyopt md:SHA256 -pkeyopt hexkey:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b \
        -pkeyopt hexsalt:000102030405060708090a0b0c -pkeyopt hexinfo:f0f1f2f3f4 "$@"
}
hkdf -propquery provider=pkcs11 -out token.okm
hkdf -out openssl.okm
cmp token.okm openssl.okm

say "requests, a CA, CMS"
own req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.csr -batch
for key in rsa p256 ed25519; do
    openssl req -new -key "$(uri $key)" -subj "/CN=$key" -out $key.csr
    own req -in $key.csr -noout -verify
    openssl req -new -x509 -extensions ca -key "$(uri $key)" -subj "/CN=$key CA" -days 3 -out $key-ca.crt
    own verify -CAfile $key-ca.crt $key-ca.crt
    openssl x509 -req -in leaf.csr -CA $key-ca.crt -CAkey "$(uri $key)" -days 2 -out leaf.crt
    own verify -CAfile $key-ca.crt leaf.crt
done
for key in rsa p256; do
    openssl cms -sign -nodetach -binary -in data -signer $key-ca.crt -inkey "$(uri $key)" -outform DER -out data.cms
    own cms -verify -binary -inform DER -in data.cms -CAfile $key-ca.crt -purpose any -out back
    cmp data back
    own cms -encrypt -binary -aes256 -in data -outform DER -out data.enc $key-ca.crt
    openssl cms -decrypt -inform DER -in data.enc -inkey "$(uri $key)" -recip $key-ca.crt -out back
    cmp data back
done

say "the PIN from the URI"
grep -v token-pin "$conf" >nopin.cnf
for pin in "pin-source=file:$WORK/pin.txt" "pin-value=$PIN"; do
    OPENSSL_CONF=nopin.cnf openssl pkeyutl -sign -inkey "$(uri p256)?$pin" -in hash -out sig
    own pkeyutl -verify -pubin -inkey p256.pub -in hash -sigfile sig
done
refused env OPENSSL_CONF=nopin.cnf openssl pkeyutl -sign -inkey "$(uri p256)?pin-value=wrong-pin" -in hash -out sig
openssl pkeyutl -sign -inkey "$(uri p256)" -in hash -out sig

say "the file that genpkey wrote stands for the key"
openssl pkeyutl -sign -inkey p256.pem -in hash -out sig
own pkeyutl -verify -pubin -inkey p256.pub -in hash -sigfile sig

say "the token as the default of every operation"
sed 's/^providers = keystead_providers$/&\nalg_section = properties/; s/^pkcs11-module-path.*/&\npkcs11-module-load-behavior = early/' \
    "$conf" >first.cnf
printf '[properties]\ndefault_properties = ?provider=pkcs11\n' >>first.cnf
for digest in sha1 sha256 sha512 sha3-256; do
    own dgst -$digest -r data >software
    OPENSSL_CONF=first.cnf KEYSTEAD_LOG=debug openssl dgst -$digest -r data >hardware 2>calls
    cmp software hardware
    grep -q C_DigestInit calls
done
OPENSSL_CONF=first.cnf openssl rand -hex 32
OPENSSL_CONF=first.cnf openssl req -new -x509 -key "$(uri p256)" -subj /CN=default -days 1 -out default.crt
own verify -CAfile default.crt default.crt
OPENSSL_CONF=first.cnf openssl pkeyutl -derive -inkey "$(uri p256)" -peerkey peer.pub -out secret
cmp secret peer.secret

say "TLS 1.2 and 1.3"
for key in rsa p256 ed25519; do
    openssl req -new -x509 -extensions leaf -key "$(uri $key)" -subj /CN=localhost -days 3 -out $key-tls.crt
    # The log of the server before must not be taken for this one's.
    : >server.log
    openssl s_server -key "$(uri $key)" -cert $key-tls.crt -accept 4433 -www >server.log 2>&1 &
    server=$!
    for _ in $(seq 1200); do
        grep -q ACCEPT server.log && break
        kill -0 $server || { cat server.log; fail "s_server ended"; }
        sleep 0.1
    done
    for version in tls1_2 tls1_3; do
        printf 'GET / HTTP/1.0\r\n\r\n' | own s_client -connect localhost:4433 -$version -CAfile $key-tls.crt \
            -verify_return_error -quiet >page 2>client.log || { cat client.log server.log; fail "handshake"; }
        grep -q 'HTTP/1.0 200' page
    done
    kill $server
    wait $server || true
done
