# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenSC's pkcs11-tool: initialises, generates, signs, verifies, wraps nothing away; its own self-test.
. "$(dirname "$0")/common.sh"

tool() { pkcs11-tool --module "$KEYSTEAD_LIB" "$@"; }
user() { tool --token-label "$LABEL" --login --pin "$PIN" "$@"; }

say "token and PINs"
tool --init-token --slot-index 0 --label "$LABEL" --so-pin "$SO_PIN"
tool --init-pin --token-label "$LABEL" --login --so-pin "$SO_PIN" --new-pin first-1234
tool --token-label "$LABEL" --login --pin first-1234 --change-pin --new-pin "$PIN"
refused tool --token-label "$LABEL" --login --pin first-1234 --list-objects
shows 'user PIN count low' tool --list-slots
user --list-objects
shows "token label *: $LABEL" tool --list-slots
shows 'token initialized, PIN initialized' tool --list-slots
shows 'RSA-PKCS-KEY-PAIR-GEN' tool --list-mechanisms

say "self-test on an empty token"
user --test

say "key pairs"
user --keypairgen --key-type rsa:2048 --id 01 --label rsa
user --keypairgen --key-type EC:prime256v1 --id 02 --label p256
user --keypairgen --key-type EC:secp384r1 --id 03 --label p384
user --keypairgen --key-type EC:secp521r1 --id 04 --label p521
user --keypairgen --key-type EC:edwards25519 --id 05 --label ed25519
user --keygen --key-type AES:32 --id 06 --label aes
shows 'Private Key Object; RSA' user --list-objects
shows 'Private Key Object; EC' user --list-objects

say "self-tests with RSA and EC keys in the token"
shows 'No errors' user --test
user --test-fork

say "signatures that OpenSSL verifies"
head -c 10000 /dev/urandom >data
for id in 01 02; do
    user --read-object --type pubkey --id $id --output-file pub$id.der
done
openssl rsa -pubin -inform DER -in pub01.der -out pub01.pem
openssl ec -pubin -inform DER -in pub02.der -out pub02.pem

user --sign --id 01 --mechanism SHA256-RSA-PKCS --input-file data --output-file sig
openssl dgst -sha256 -verify pub01.pem -signature sig data
user --sign --id 01 --mechanism SHA384-RSA-PKCS-PSS --input-file data --output-file sig
openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
    -verify pub01.pem -signature sig data
user --sign --id 02 --mechanism ECDSA-SHA256 --signature-format openssl \
    --input-file data --output-file sig
openssl dgst -sha256 -verify pub02.pem -signature sig data

say "public keys that this pkcs11-tool cannot export verify inside"
for id in 03 04; do
    user --sign --id $id --mechanism ECDSA-SHA384 --input-file data --output-file sig
    shows 'Signature is valid' user --verify --id $id --mechanism ECDSA-SHA384 --input-file data \
        --signature-file sig
done
user --sign --id 05 --mechanism EDDSA --input-file data --output-file sig
shows 'Signature is valid' user --verify --id 05 --mechanism EDDSA --input-file data --signature-file sig

say "the token verifies, and refuses a changed signature"
user --sign --id 02 --mechanism ECDSA-SHA256 --input-file data --output-file sig
shows 'Signature is valid' user --verify --id 02 --mechanism ECDSA-SHA256 --input-file data \
    --signature-file sig
printf 'x' >>data
user --verify --id 02 --mechanism ECDSA-SHA256 --input-file data --signature-file sig >verify.log 2>&1 || true
grep -q 'Invalid signature' verify.log || { cat verify.log; fail "a wrong signature was taken"; }

say "decryption"
echo "a secret of some length" >plain
openssl pkeyutl -encrypt -pubin -inkey pub01.pem -in plain -out cipher
user --decrypt --id 01 --mechanism RSA-PKCS --input-file cipher --output-file back
cmp plain back
openssl pkeyutl -encrypt -pubin -inkey pub01.pem -pkeyopt rsa_padding_mode:oaep \
    -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 -in plain -out cipher
user --decrypt --id 01 --mechanism RSA-PKCS-OAEP --hash-algorithm SHA256 --mgf MGF1-SHA256 \
    --input-file cipher --output-file back
cmp plain back
user --encrypt --id 06 --mechanism AES-CBC-PAD --iv 000102030405060708090a0b0c0d0e0f \
    --input-file plain --output-file cipher
user --decrypt --id 06 --mechanism AES-CBC-PAD --iv 000102030405060708090a0b0c0d0e0f \
    --input-file cipher --output-file back
cmp plain back

say "key agreement"
openssl ecparam -name prime256v1 -genkey -noout -out peer.pem
openssl ec -in peer.pem -pubout -outform DER -out peer.der
user --derive --id 02 --mechanism ECDH1-DERIVE --input-file peer.der --output-file shared1
openssl pkeyutl -derive -inkey peer.pem -peerkey pub02.pem -out shared2
cmp shared1 shared2

say "objects are written, read, changed and destroyed"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=written -days 2 -out cert.pem
openssl x509 -in cert.pem -outform DER -out cert.der
openssl rsa -in key.pem -outform DER -out key.der
user --write-object cert.der --type cert --id 10 --label written
user --write-object key.der --type privkey --id 10 --label written
head -c 3000 data >note
user --write-object note --type data --label note --application-label test
user --read-object --type cert --id 10 --output-file read.der
cmp cert.der read.der
user --read-object --type data --label note --output-file read.note
cmp note read.note
user --sign --id 10 --mechanism SHA256-RSA-PKCS --input-file data --output-file sig
openssl x509 -in cert.pem -noout -pubkey >pub10.pem
openssl dgst -sha256 -verify pub10.pem -signature sig data
user --set-id 11 --type cert --id 10
shows 'ID: *11' user --list-objects --type cert
user --delete-object --type cert --id 11
user --delete-object --type privkey --id 10
user --delete-object --type data --label note
refused user --read-object --type cert --id 11 --output-file none.der
refused user --sign --id 10 --mechanism SHA256-RSA-PKCS --input-file data --output-file sig

say "sensitive keys stay inside"
refused user --read-object --type secrkey --id 06 --output-file stolen
[ ! -s stolen ] || fail "a sensitive key came out"

say "random numbers"
user --generate-random 32 --output-file random
[ "$(stat -c %s random)" = 32 ] || fail "random has the wrong size"
