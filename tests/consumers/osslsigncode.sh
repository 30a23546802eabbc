# SPDX-License-Identifier: MIT OR Apache-2.0
# osslsigncode through OpenSSL's engine: Windows programs signed with a key and a certificate of the token.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:3072 --token "$LABEL" --label code --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p384 --token "$LABEL" --label ec --id 02 --pin-env PIN
uri() { printf 'pkcs11:token=%s;object=%s;type=%s' "$LABEL" "$1" "$2"; }

cat >openssl.cnf <<'END'
[req]
distinguished_name = dn
[dn]
[code]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = codeSigning
END
for key in code ec; do
    OPENSSL_CONF=$WORK/openssl.cnf PKCS11_MODULE_PATH=$KEYSTEAD_LIB openssl req -new -x509 -extensions code \
        -engine pkcs11 -keyform engine -key "$(uri $key private);pin-value=$PIN" -subj /CN=$key -days 3 -out $key.crt
done
openssl x509 -in code.crt -outform DER -out code.der
pkcs11-tool --module "$KEYSTEAD_LIB" --token-label "$LABEL" --login --pin "$PIN" --write-object code.der \
    --type cert --id 01 --label code

# The smallest program that counts as one: headers of a PE32+ file and one section.
bytes() { printf "$1"; }
zeros() { head -c "$1" /dev/zero; }
{
    bytes 'MZ'; zeros 58; bytes '\x40\0\0\0'
    bytes 'PE\0\0\x64\x86\x01\0'; zeros 12; bytes '\xf0\0\x22\0'
    bytes '\x0b\x02\x0e\0'; zeros 12; bytes '\0\x10\0\0\0\x10\0\0'
    bytes '\0\0\0\x40\x01\0\0\0\0\x10\0\0\0\x02\0\0'
    bytes '\x06\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0\0\x20\0\0\0\x02\0\0\0\0\0\0\x03\0\0\0'
    zeros 32; bytes '\0\0\0\0\x10\0\0\0'; zeros 128
    bytes '.text\0\0\0\0\x02\0\0\0\x10\0\0\0\x02\0\0\0\x02\0\0'; zeros 12; bytes '\x20\0\0\x60'
} >headers
{ cat headers; zeros $((512 - $(stat -c %s headers))); head -c 512 /dev/urandom; } >program.exe

say "with a certificate from a file"
for key in code ec; do
    osslsigncode sign -pkcs11engine "$(find /usr/lib -path '*engines-3/pkcs11.so')" -pkcs11module "$KEYSTEAD_LIB" \
        -key "$(uri $key private);pin-value=$PIN" -certs $key.crt -h sha256 -n Program -i https://example.org/ \
        -in program.exe -out signed.exe
    osslsigncode verify -CAfile $key.crt -in signed.exe >verify.log || { cat verify.log; fail "verification"; }
    grep -q 'Signature verification: ok' verify.log
    rm signed.exe
done

say "with the certificate from the token"
osslsigncode sign -pkcs11engine "$(find /usr/lib -path '*engines-3/pkcs11.so')" -pkcs11module "$KEYSTEAD_LIB" \
    -pkcs11cert "$(uri code cert)" -key "$(uri code private);pin-value=$PIN" -h sha256 -in program.exe -out signed.exe
osslsigncode verify -CAfile code.crt -in signed.exe >verify.log || { cat verify.log; fail "verification"; }

say "a changed program is refused"
printf 'X' | dd of=signed.exe bs=1 seek=600 conv=notrunc status=none
refused osslsigncode verify -CAfile code.crt -in signed.exe
