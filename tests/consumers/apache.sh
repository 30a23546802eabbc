# SPDX-License-Identifier: MIT OR Apache-2.0
# Apache through OpenSSL's engine: processes and threads serve TLS with token keys, over a graceful restart.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN

engine_config() {
    cat <<CONFIG
openssl_conf = init
[init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $KEYSTEAD_LIB
init = 0
[req]
distinguished_name = dn
[dn]
[leaf]
subjectAltName = DNS:localhost
CONFIG
}
uri() { printf 'pkcs11:token=%s;object=%s;type=private?pin-value=%s' "$LABEL" "$1" "$PIN"; }
apache_config() {
    cat <<CONFIG
SSLCryptoDevice pkcs11
Listen 127.0.0.1:$port https
<VirtualHost *:$port>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile $WORK/rsa.crt
    SSLCertificateKeyFile "$(uri rsa)"
    SSLCertificateFile $WORK/ec.crt
    SSLCertificateKeyFile "$(uri ec)"
    SSLSessionTickets off
    DocumentRoot $WORK/$1
</VirtualHost>
CONFIG
}
engine_config >openssl.cnf
export OPENSSL_CONF=$WORK/openssl.cnf
for key in rsa ec; do
    openssl req -new -x509 -extensions leaf -engine pkcs11 -keyform engine -key "$(uri $key)" \
        -subj /CN=localhost -days 3 -out $key.crt
done
cat rsa.crt ec.crt >ca.crt
mkdir first second
echo '<p>first</p>' >first/index.html
echo '<p>second</p>' >second/index.html
# The parent of root reads every token; the children are another user, who must own it.
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$HOME" "$WORK"
    chown -R nobody "$XDG_DATA_HOME"
fi
modules=/usr/lib/apache2/modules
configure() {
    cat >apache.conf <<CONFIG
ServerRoot $WORK
ServerName localhost
PidFile $WORK/apache.pid
ErrorLog $WORK/apache.log
LogLevel warn
Mutex file:$WORK
LoadModule mpm_${mpm}_module $modules/mod_mpm_$mpm.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule dir_module $modules/mod_dir.so
LoadModule ssl_module $modules/mod_ssl.so
DirectoryIndex index.html
StartServers 3
$([ "$(id -u)" != 0 ] || printf 'User nobody\nGroup nogroup\n')
$(apache_config "$1")
CONFIG
}

for mpm in event prefork; do
    say "$mpm"
    port=$(free_port)
    configure first
    apache2 -f "$WORK/apache.conf" -t
    # It signals its whole process group.
    setsid apache2 -f "$WORK/apache.conf" -D FOREGROUND >start.log 2>&1 &
    server=$!
    SERVERS+=($server)
    await_port "$port" apache.log
    for sigalgs in rsa_pss_rsae_sha256 ecdsa_secp256r1_sha256; do
        for version in tls1_2 tls1_3; do
            https_holds "$port" ca.crt first -$version -sigalgs $sigalgs || { cat apache.log; fail "$mpm $version $sigalgs"; }
        done
    done
    https_many "$port" "$WORK/ca.crt" first || { cat apache.log; fail "many requests"; }

    say "$mpm: a graceful restart, twice"
    for page in second first; do
        configure $page
        kill -USR1 $server
        await https_holds "$port" ca.crt $page || { cat apache.log; fail "no new children"; }
        https_many "$port" "$WORK/ca.crt" $page || { cat apache.log; fail "many requests after the restart"; }
    done
    kill $server
    wait $server || { cat apache.log; fail "the server ended badly"; }
    if grep -iE 'keystead.* warn|segmentation|:(alert|emerg|crit)\]|exit signal' apache.log start.log; then
        fail "complaints in the log"
    fi
done
