# SPDX-License-Identifier: MIT OR Apache-2.0
# GnuTLS: p11tool generates and manages, certtool makes a CSR and certificates, a TLS handshake.
. "$(dirname "$0")/common.sh"
private_modules
init_token
pin_file

export GNUTLS_PIN=$PIN GNUTLS_SO_PIN=$SO_PIN
url="pkcs11:token=$LABEL"
p11() { p11tool --batch "$@"; }

say "the module file"
shows "Label: $LABEL" p11 --provider "$KEYSTEAD_LIB" --list-tokens
refused p11 --list-all "$url"
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label first --pin-env PIN
place gnutls --pin-source "$WORK/pin"
tried "token=$LABEL;.*object=first"
cmp "$conf" "$modules/keystead.module"

say "tokens and mechanisms"
shows "Label: $LABEL" p11 --list-tokens
shows 'CKM_ECDSA' p11 --list-mechanisms "$url"

say "key generation"
p11 --login --generate-privkey rsa --bits 2048 --label rsa --id 01 "$url" --outfile rsa.pub
p11 --login --generate-privkey ecdsa --curve secp256r1 --label ec --id 02 "$url" --outfile ec.pub
p11 --login --generate-privkey eddsa --curve Ed25519 --label ed --id 03 "$url" --outfile ed.pub
shows 'Label: rsa' p11 --login --list-all-privkeys "$url"
shows 'CKA_SENSITIVE' p11 --login --list-all-privkeys "$url"

say "p11tool tests what its keys sign (it has no such test for EdDSA)"
for object in rsa ec; do
    p11 --login --test-sign "$url;object=$object;type=private"
done

say "CSR and self-signed certificates"
cat >cert.tmpl <<END
cn = "keystead.example"
dns_name = "localhost"
expiration_days = 3
signing_key
encryption_key
tls_www_server
ca
cert_signing_key
END
for object in rsa ec ed; do
    key="$url;object=$object;type=private"
    certtool --generate-request --template cert.tmpl \
        --load-privkey "$key" --load-pubkey "$object.pub" --outfile $object.csr
    openssl req -in $object.csr -noout -verify
    certtool --generate-self-signed --template cert.tmpl \
        --load-privkey "$key" --load-pubkey "$object.pub" --outfile $object.crt
    openssl verify -CAfile $object.crt $object.crt
done

say "certificates in the token"
p11 --login --write --load-certificate ec.crt --label ec --id 02 "$url"
p11 --login --export "$url;object=ec;type=cert" --outfile back.crt
openssl x509 -in back.crt -outform DER -out back.der
openssl x509 -in ec.crt -outform DER -out ec.der
cmp ec.der back.der
p11 --so-login --write --mark-trusted --load-certificate rsa.crt --label root "$url" || \
    fail "the SO could not write a trusted certificate"
shows 'CKA_TRUSTED' p11 --list-all-trusted "$url"
p11 --login --write --secret-key 000102030405060708090a0b0c0d0e0f --label secret "$url"

say "a TLS handshake with the key in the token"
gnutls-serv --port 0 --echo --quiet \
    --x509keyfile "$url;object=ec;type=private;pin-value=$PIN" --x509certfile ec.crt >serv.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
port=
for _ in $(seq 1200); do
    port=$(ss -Hltnp 2>/dev/null | awk -v pid="pid=$server," '$0 ~ pid {sub(/.*:/, "", $4); print $4; exit}')
    [ -n "$port" ] && break
    kill -0 $server 2>/dev/null || { cat serv.log; fail "gnutls-serv ended"; }
    read -rt 0.1 <> <(:) || true
done
[ -n "$port" ] || { cat serv.log; fail "gnutls-serv does not listen"; }
echo hello | gnutls-cli --x509cafile ec.crt --port "$port" localhost >cli.log 2>&1 || { cat cli.log serv.log; fail handshake; }
grep -q 'Handshake was completed' cli.log

say "destruction"
p11 --login --delete "$url;object=rsa;type=private"
refused p11 --login --test-sign "$url;object=rsa;type=private"
