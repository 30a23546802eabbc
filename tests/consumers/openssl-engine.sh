# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenSSL 3 through the PKCS#11 engine (libp11): requests, a CA, dgst, pkeyutl, CMS, TLS with token keys.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN

openssl req -new -newkey rsa:2048 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.csr

pin_file
place engine --key rsa --pin-source "$WORK/pin"
tried 'BEGIN PUBLIC KEY'
cat >>"$conf" <<END
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[leaf]
subjectAltName = DNS:localhost
END
export OPENSSL_CONF=$WORK/$conf
uri() { printf 'pkcs11:token=%s;object=%s;type=%s;pin-value=%s' "$LABEL" "$1" "$2" "$PIN"; }
engine=(-engine pkcs11 -keyform engine)

say "CSR and certificates"
for key in rsa ec; do
    openssl req -new "${engine[@]}" -key "$(uri $key private)" -subj /CN=$key -out $key.csr
    openssl req -in $key.csr -noout -verify
    openssl req -new -x509 -extensions ca "${engine[@]}" -key "$(uri $key private)" \
        -subj /CN=$key-ca -days 3 -out $key-ca.crt
    openssl verify -CAfile $key-ca.crt $key-ca.crt
done
openssl x509 -req -in leaf.csr -CA rsa-ca.crt -engine pkcs11 -CAkeyform engine \
    -CAkey "$(uri rsa private)" -set_serial 7 -days 2 -out leaf.crt
openssl verify -CAfile rsa-ca.crt leaf.crt

say "signatures"
head -c 5000 /dev/urandom >data
for key in rsa ec; do
    openssl x509 -in $key-ca.crt -noout -pubkey >$key.pub
    openssl dgst -sha256 "${engine[@]}" -sign "$(uri $key private)" -out sig data
    openssl dgst -sha256 -verify $key.pub -signature sig data
done
openssl dgst -sha256 "${engine[@]}" -sigopt rsa_padding_mode:pss -sign "$(uri rsa private)" -out sig data
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify rsa.pub -signature sig data

say "CMS"
openssl cms -sign -nodetach -binary -in data -signer rsa-ca.crt "${engine[@]}" -inkey "$(uri rsa private)" \
    -outform DER -out data.cms
openssl cms -verify -binary -inform DER -in data.cms -CAfile rsa-ca.crt -purpose any -out back
cmp data back
openssl cms -encrypt -binary -aes256 -in data -outform DER -out data.enc rsa-ca.crt
openssl cms -decrypt -inform DER -in data.enc "${engine[@]}" -inkey "$(uri rsa private)" \
    -recip rsa-ca.crt -out back
cmp data back

say "raw operations, keys by the engine's older names, decryption"
openssl dgst -sha256 -binary -out digest data
slot=$(pkcs11-tool --module "$KEYSTEAD_LIB" --list-token-slots | sed -n 's/^Slot [0-9]* (0x\([0-9a-f]*\)).*/\1/p' | head -1)
openssl pkeyutl -sign "${engine[@]}" -inkey "$(uri ec private)" -in digest -out sig
openssl pkeyutl -verify -pubin -inkey ec.pub -in digest -sigfile sig
PKCS11_PIN=$PIN openssl pkeyutl -sign "${engine[@]}" -inkey "slot_$((16#$slot))-id_01" -passin env:PIN -pkeyopt digest:sha256 \
    -in digest -out sig
openssl pkeyutl -verify -pubin -inkey rsa.pub -pkeyopt digest:sha256 -in digest -sigfile sig
head -c 100 data >short
for padding in pkcs1 oaep; do
    openssl pkeyutl -encrypt -pubin -inkey rsa.pub -pkeyopt rsa_padding_mode:$padding -in short -out sealed
    openssl pkeyutl -decrypt "${engine[@]}" -inkey "$(uri rsa private)" -pkeyopt rsa_padding_mode:$padding \
        -in sealed -out back
    cmp short back
done

say "a CA with a database and a revocation list"
mkdir ca
touch ca/index.txt
echo 01 >ca/serial
cat >>"$conf" <<END
[authority]
database = ca/index.txt
serial = ca/serial
new_certs_dir = ca
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
unique_subject = no
[any]
commonName = supplied
END
for key in rsa ec; do
    openssl ca -batch -notext -name authority -engine pkcs11 -keyform engine -keyfile "$(uri $key private)" \
        -cert $key-ca.crt -in leaf.csr -out issued.crt
    openssl ca -name authority -engine pkcs11 -keyform engine -keyfile "$(uri $key private)" \
        -cert $key-ca.crt -revoke issued.crt
    openssl ca -gencrl -name authority -engine pkcs11 -keyform engine -keyfile "$(uri $key private)" \
        -cert $key-ca.crt -out crl.pem
    cat $key-ca.crt crl.pem >with-crl.pem
    openssl verify -CAfile $key-ca.crt issued.crt
    refused openssl verify -crl_check -CAfile with-crl.pem issued.crt
done

say "TLS with the key in the token"
for key in rsa ec; do
    openssl req -new -x509 -extensions leaf "${engine[@]}" -key "$(uri $key private)" \
        -subj /CN=localhost -days 3 -out $key-tls.crt
    # The log of the server before must not be taken for this one's.
    : >server.log
    openssl s_server "${engine[@]}" -key "$(uri $key private)" -cert $key-tls.crt \
        -accept 127.0.0.1:0 -www -verify 1 >server.log 2>&1 &
    server=$!
    trap 'kill $server 2>/dev/null || true' EXIT
    port=
    for _ in $(seq 1200); do
        port=$(sed -n 's/^ACCEPT 127.0.0.1:\([0-9]*\).*/\1/p' server.log)
        [ -n "$port" ] && break
        kill -0 $server 2>/dev/null || { cat server.log; fail "s_server ended"; }
        read -rt 0.1 <> <(:) || true
    done
    [ -n "$port" ] || { cat server.log; fail "s_server does not listen"; }
    for version in tls1_2 tls1_3; do
        openssl s_client -connect 127.0.0.1:"$port" -$version -CAfile $key-tls.crt \
            -verify_return_error -servername localhost </dev/null >client.log 2>&1 ||
            { cat client.log server.log; fail "no $version handshake with $key"; }
        grep -q 'Verify return code: 0' client.log || { cat client.log; fail "$version $key"; }
        # The client shows a key of the token, too.
        openssl s_client -connect 127.0.0.1:"$port" -$version -CAfile $key-tls.crt -verify_return_error \
            "${engine[@]}" -key "$(uri ec private)" -cert ec-ca.crt </dev/null >client.log 2>&1 ||
            { cat client.log server.log; fail "no $version handshake with a client's key"; }
    done
    kill $server
    wait $server 2>/dev/null || true
done
