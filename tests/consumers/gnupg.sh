# SPDX-License-Identifier: MIT OR Apache-2.0
# GnuPG by gnupg-pkcs11-scd: OpenPGP and S/MIME with RSA keys of the token.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label mail --id 01 --pin-env PIN
export GNUPGHOME=$WORK/gnupg
mkdir -m 700 "$GNUPGHOME"

gnupg_config() {
    cat <<CONFIG
providers keystead
provider-keystead-library $KEYSTEAD_LIB
CONFIG
}
gnupg_config >"$GNUPGHOME/gnupg-pkcs11-scd.conf"

# What asks for the PIN, as without a terminal.
cat >pinentry <<'END'
#!/bin/bash
echo "OK ready"
while read -r command rest; do
    case $command in
    GETPIN) printf 'D %s\nOK\n' "$PIN" ;;
    BYE) echo OK; exit ;;
    *) echo OK ;;
    esac
done
END
chmod 700 pinentry
cat >"$GNUPGHOME/gpg-agent.conf" <<END
scdaemon-program $(command -v gnupg-pkcs11-scd)
pinentry-program $WORK/pinentry
END
trap 'gpgconf --kill all' EXIT

say "a certificate makes the key known"
uri="pkcs11:token=$LABEL;object=mail;type=private;pin-value=$PIN"
cat >openssl.cnf <<END
[req]
distinguished_name = dn
[dn]
[mail]
keyUsage = digitalSignature, keyEncipherment
subjectAltName = email:me@example.org
END
OPENSSL_CONF=$WORK/openssl.cnf PKCS11_MODULE_PATH=$KEYSTEAD_LIB openssl req -new -x509 -extensions mail \
    -engine pkcs11 -keyform engine -key "$uri" -subj /CN=me/emailAddress=me@example.org -days 3 -outform DER -out mail.der
pkcs11-tool --module "$KEYSTEAD_LIB" --token-label "$LABEL" --login --pin "$PIN" --write-object mail.der \
    --type cert --id 01 --label mail
gpg-connect-agent --quiet 'SCD LEARN --force' /bye >learn.log
grip=$(sed -n 's/^S KEYPAIRINFO \([0-9A-F]*\) .*/\1/p; s/^S KEY-FRIEDNLY \([0-9A-F]*\) .*/\1/p' learn.log | head -1)
[ -n "$grip" ] || { cat learn.log; fail "no key is known"; }

gpg-connect-agent 'LEARN --force' /bye >agent.log

say "OpenPGP"
cat >parameters <<END
Key-Type: RSA
Key-Grip: $grip
Key-Usage: sign cert
Subkey-Type: RSA
Subkey-Grip: $grip
Subkey-Usage: encrypt
Name-Real: Me
Name-Email: me@example.org
Expire-Date: 2d
%commit
END
gpg --batch --status-fd 1 --full-generate-key parameters >generate.log 2>&1 || { cat generate.log; fail "an OpenPGP key"; }
head -c 3000 /dev/urandom >data
gpg --batch --yes --local-user me@example.org --detach-sign --output sig data
gpg --batch --verify sig data
printf x >>data
refused gpg --batch --verify sig data
gpg --batch --yes --trust-model always --recipient me@example.org --encrypt --output sealed data
gpg --batch --yes --output back --decrypt sealed
cmp data back
gpg --batch --export me@example.org >public.pgp
gpgconf --kill all
GNUPGHOME=$WORK/other
mkdir -m 700 "$GNUPGHOME"
gpg --batch --import public.pgp
gpg --batch --yes --output other.sealed --trust-model always --recipient me@example.org --encrypt data
gpgconf --kill all
GNUPGHOME=$WORK/gnupg
gpg --batch --yes --output back --decrypt other.sealed
cmp data back

say "S/MIME"
gpgsm --batch --learn-card
fingerprint=$(openssl x509 -inform DER -in mail.der -noout -fingerprint -sha1 | sed 's/.*=//')
echo "$fingerprint S relax" >"$GNUPGHOME/trustlist.txt"
gpgconf --reload gpg-agent
gpgsm --batch --yes --disable-crl-checks --local-user me@example.org --detach-sign --output sig data
gpgsm --batch --disable-crl-checks --verify sig data
gpgsm --batch --yes --disable-crl-checks --recipient me@example.org --encrypt --output sealed data
gpgsm --batch --yes --disable-crl-checks --output back --decrypt sealed
cmp data back
