# SPDX-License-Identifier: MIT OR Apache-2.0
# strongSwan's pki: requests and certificates signed with keys of the token.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN

strongswan_config() {
    cat <<CONFIG
libstrongswan {
    plugins {
        pkcs11 {
            modules {
                keystead {
                    path = $KEYSTEAD_LIB
                }
            }
        }
    }
}
CONFIG
}
{
    strongswan_config
    echo 'pki { load = pkcs11 openssl random nonce pem pkcs1 pkcs8 x509 pubkey }'
} >strongswan.conf
export STRONGSWAN_CONF=$WORK/strongswan.conf
# Without a terminal the PIN is read from the input.
with_pin() { printf '%s\n' "$PIN" | setsid pki "$@"; }

for key in rsa:01 ec:02; do
    id=${key#*:} key=${key%:*}
    say "$key"
    with_pin --pub --keyid "$id" --type priv --outform pem >$key.pub
    openssl pkey -pubin -in $key.pub -noout
    with_pin --req --keyid "$id" --type priv --dn "CN=$key" --san $key.example --outform pem >$key.csr
    openssl req -in $key.csr -noout -verify
    with_pin --self --ca --keyid "$id" --type priv --dn "CN=$key-ca" --lifetime 3 --outform pem >$key-ca.crt
    openssl verify -CAfile $key-ca.crt $key-ca.crt
    pki --gen --type ecdsa --size 256 --outform pem >leaf.key
    pki --pub --in leaf.key >leaf.pub
    with_pin --issue --cakeyid "$id" --cacert $key-ca.crt --in leaf.pub --dn CN=leaf --san leaf.example \
        --lifetime 2 --outform pem >leaf.crt
    openssl verify -CAfile $key-ca.crt leaf.crt
    with_pin --signcrl --cakeyid "$id" --cacert $key-ca.crt --cert leaf.crt --outform pem >crl.pem
    openssl crl -in crl.pem -noout -CAfile $key-ca.crt
done
