# SPDX-License-Identifier: MIT OR Apache-2.0
# NSS: modutil, certutil, cmsutil, signtool, pk12util, and TLS by selfserv and tstclnt, keys in the token.
. "$(dirname "$0")/common.sh"
init_token
db=sql:$WORK/keystead-nssdb
printf '%s:%s\n' "$LABEL" "$PIN" >pins
head -c 100 /dev/urandom >noise
head -c 3000 /dev/urandom >data

# The password file names the token, so the same one serves all.
nss() {
    local program=$1
    shift
    "$program" -d "$db" "$@"
}

say "modutil"
place nss
tried "Token Name: $LABEL"

say "certutil makes keys and certificates in the token"
make() { nss certutil -S -h "$LABEL" -f pins -z noise -v 3 "$@" >make.log 2>&1 || { cat make.log; fail "certutil $*"; }; }
printf '0\n1\n5\n6\n9\ny\n' | nss certutil -S -h "$LABEL" -f pins -z noise -v 3 -k ec -q nistp384 -n ca -s CN=ca \
    -x -t CTu,CTu,CTu -m 1 -1 >make.log 2>&1 || { cat make.log; fail "a CA"; }
make -k rsa -g 2048 -n rsa -s CN=localhost -c "$LABEL:ca" -t u,u,u -m 2 -8 localhost \
    --extKeyUsage serverAuth,codeSigning,emailProtection --nsCertType sslServer,objectSigning,smime
# A subject of its own: NSS takes one of the certificates of a subject for all.
make -k ec -q nistp256 -n ec -s CN=localhost,OU=ec -c "$LABEL:ca" -t u,u,u -m 3 -8 localhost
make -k ec -q nistp521 -n other -s CN=other -c "$LABEL:ca" -t u,u,u -m 4
# NSS keeps trust in its own database.
nss certutil -L -h "$LABEL" -f pins -n "$LABEL:ca" -a >ca.crt
nss certutil -A -n ca -t CT,CT,CT -i ca.crt -a -f pins
shows 'rsa.*ec|orphan|rsa' nss certutil -K -h "$LABEL" -f pins
[ "$(nss certutil -K -h "$LABEL" -f pins | grep -c '^<')" = 4 ] || fail "certutil -K does not list four keys"
for name in rsa ec; do
    nss certutil -L -h "$LABEL" -f pins -n "$LABEL:$name" -a >$name.crt
    openssl verify -CAfile ca.crt $name.crt
    shows 'certificate is valid' nss certutil -V -n "$LABEL:$name" -u V -f pins
done

say "a request, signed by the CA, comes back into the token"
nss certutil -R -h "$LABEL" -f pins -z noise -k rsa -g 2048 -s CN=requested -a -o requested.csr
openssl req -in requested.csr -noout -verify
nss certutil -C -c "$LABEL:ca" -f pins -i requested.csr -a -o requested.crt -m 5 -v 3
nss certutil -A -h "$LABEL" -n requested -t u,u,u -i requested.crt -a -f pins
nss certutil -L -h "$LABEL" -f pins >list
grep -q "$LABEL:requested *u,u,u" list || { cat list; fail "certificate and key are not paired"; }

say "signed and enveloped messages"
for name in rsa ec; do
    nss cmsutil -S -f pins -N "$LABEL:$name" -i data -o signed -G
    nss cmsutil -D -f pins -i signed -o back
    cmp data back
    openssl cms -verify -binary -inform DER -in signed -CAfile ca.crt -purpose any -out back
    cmp data back
done
openssl cms -encrypt -binary -aes128 -in data -outform DER -out enveloped rsa.crt
nss cmsutil -D -f pins -i enveloped -o back
cmp data back
nss p7sign -f pins -k "$LABEL:rsa" -i data -o detached -e

say "signtool signs an archive"
mkdir archive
cp data archive/
nss signtool -k "$LABEL:rsa" -p "$PIN" -Z signed.jar archive
shows 'verified' nss signtool -v signed.jar

say "PKCS #12 goes into the token"
openssl req -new -newkey rsa:2048 -nodes -keyout soft.key -subj /CN=soft -out soft.csr 2>/dev/null
nss certutil -C -c "$LABEL:ca" -f pins -i soft.csr -a -o soft.crt -m 6 -v 3
openssl pkcs12 -export -inkey soft.key -in soft.crt -name soft -passout pass:word -out soft.p12
nss pk12util -i soft.p12 -h "$LABEL" -k pins -W word
nss cmsutil -S -f pins -N "$LABEL:soft" -i data -o signed -G
openssl cms -verify -binary -inform DER -in signed -CAfile ca.crt -purpose any -out back
cmp data back
refused nss pk12util -o out.p12 -n "$LABEL:rsa" -k pins -W word

say "TLS: server and client keys in the token"
printf 'GET / HTTP/1.0\r\n\r\n' >request
for name in rsa ec; do
    port=$(free_port)
    # Not through the function: what is stopped must be the server, not a shell around it.
    selfserv -d "$db" -n "$LABEL:$name" -p "$port" -f pins -r -V tls1.2: >server.log 2>&1 &
    server=$!
    SERVERS+=($server)
    await_port "$port" server.log
    for version in tls1.2 tls1.3; do
        for auth in none "$LABEL:other"; do
            nss tstclnt -h localhost -p "$port" -V $version:$version -w "$PIN" \
                -n "$auth" -q -Q <request >client.log 2>&1 || { cat client.log server.log; fail "$version $name $auth"; }
        done
        openssl s_client -connect localhost:"$port" -${version/./_} -CAfile ca.crt -verify_return_error \
            </dev/null >client.log 2>&1 || { cat client.log server.log; fail "$version $name"; }
    done
    kill $server
    wait $server 2>/dev/null || true
done

say "deletion"
nss certutil -F -f pins -n "$LABEL:soft"
nss certutil -D -h "$LABEL" -f pins -n "$LABEL:requested"
nss certutil -L -h "$LABEL" -f pins >list
! grep -qE 'soft|requested' list || { cat list; fail "a deleted certificate stays"; }
"$KEYSTEAD" list --token "$LABEL" --login --pin-env PIN
modutil -force -dbdir "$db" -delete Keystead
