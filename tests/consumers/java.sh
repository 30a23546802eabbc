# SPDX-License-Identifier: MIT OR Apache-2.0
# Java's SunPKCS11: every service it registers, keytool, jarsigner, and an HTTPS server on a token key.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
pin_file

place java --pin-source "$WORK/pin"
# For keys in software that are wrapped with keys of the token.
echo 'attributes(import, CKO_SECRET_KEY, CKK_AES) = { CKA_EXTRACTABLE = true }' >>"$conf"
store=(-addprovider SunPKCS11 -providerArg "$conf" -storetype PKCS11 -keystore NONE -storepass:env PIN)
# keytool and jarsigner are small programs: the quick compiler is enough.
export JAVA_TOOL_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

say "keytool makes keys and certificates in the token"
keytool -genkeypair "${store[@]}" -alias rsa -keyalg RSA -keysize 2048 -dname CN=localhost \
    -ext san=dns:localhost,ip:127.0.0.1 -validity 3
# A name of its own: Java 21 keeps a certificate whose subject is the issuer of another.
keytool -genkeypair "${store[@]}" -alias ec -keyalg EC -groupname secp256r1 -dname CN=localhost,OU=ec \
    -ext san=dns:localhost,ip:127.0.0.1 -validity 3
keytool -genkeypair "${store[@]}" -alias ca -keyalg EC -groupname secp384r1 -dname CN=ca -ext bc:c -validity 3
keytool -genseckey "${store[@]}" -alias aes -keyalg AES -keysize 256
tried 'Your keystore contains 4 entries'
"$KEYSTEAD" list --token "$LABEL" --login --pin-env PIN

say "keytool: request, certificate from the CA, chain back into the token"
keytool -certreq "${store[@]}" -alias rsa -file rsa.csr
keytool -gencert "${store[@]}" -alias ca -infile rsa.csr -outfile rsa.crt -rfc -validity 2 \
    -ext san=dns:localhost,ip:127.0.0.1 -ext eku=codeSigning,serverAuth
keytool -exportcert "${store[@]}" -alias ca -rfc -file ca.crt
openssl verify -CAfile ca.crt rsa.crt
cat rsa.crt ca.crt >chain.crt
keytool -importcert "${store[@]}" -alias rsa -file chain.crt -noprompt
shows 'Certificate chain length: 2' keytool -list -v "${store[@]}" -alias rsa

say "jarsigner"
echo content >file
"$(dirname "$(readlink -f "$(command -v keytool)")")/jar" cf plain.jar file 2>/dev/null
keytool -importcert -noprompt -alias ca -file ca.crt -storetype PKCS12 -keystore trust.p12 -storepass changeit
for alias in rsa ec; do
    cp plain.jar $alias.jar
    jarsigner -addprovider SunPKCS11 -providerArg "$conf" -storetype PKCS11 -keystore NONE \
        -storepass:env PIN $alias.jar $alias
    shows 'jar verified' jarsigner -verify $alias.jar
done
shows 'jar verified' jarsigner -verify -strict -keystore trust.p12 -storepass changeit rsa.jar

say "every service that the provider registers, key store, threads, HTTPS"
unset JAVA_TOOL_OPTIONS
java -XX:+UseSerialGC "$here/Services.java" "$conf" "$PIN"

say "keytool deletes"
keytool -delete "${store[@]}" -alias rsa
refused keytool -list "${store[@]}" -alias rsa
