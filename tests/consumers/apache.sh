# SPDX-License-Identifier: MIT OR Apache-2.0
# Apache through OpenSSL's engine: processes and threads serve TLS with token keys, over a graceful restart.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN

uri() { printf 'pkcs11:token=%s;object=%s;type=private?pin-source=file:%s' "$LABEL" "$1" "$WORK/pin"; }
pin_file
place engine
printf '[leaf]\nsubjectAltName = DNS:localhost\n' >>"$conf"
export PKCS11_MODULE_PATH=$KEYSTEAD_LIB
for key in rsa ec; do
    OPENSSL_CONF=$WORK/$conf openssl req -new -x509 -extensions leaf -engine pkcs11 -keyform engine -key "$(uri $key)" \
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

say "the configuration"
place apache --key rsa --pin-source "$WORK/pin" --certificate "$WORK/rsa.crt"
mkdir confdir bin
# Debian's apachectl comes with a service that starts; this is what it does with words that it does not know.
export APACHE_CONFDIR=$WORK/confdir
printf '#!/bin/sh\nexec apache2 -d "$APACHE_CONFDIR" "$@"\n' >bin/apachectl
chmod +x bin/apachectl
for module in mpm_prefork authz_core ssl; do
    echo "LoadModule ${module}_module $modules/mod_$module.so"
done >confdir/apache2.conf
printf 'ServerName localhost\nErrorLog %s\nDefaultRuntimeDir %s\n' "$WORK/try.log" "$WORK" >>confdir/apache2.conf
(PATH=$WORK/bin:$PATH && tried 'Syntax OK')
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
Listen 127.0.0.1:$port https
DocumentRoot $WORK/$1
CONFIG
    # The tool's configuration, on another port, with a second key.
    sed -e "s/:443/:$port/" -e "/SSLEngine/a SSLCertificateFile $WORK/ec.crt\nSSLCertificateKeyFile \"$(uri ec)\"\nSSLSessionTickets off" \
        "$conf" >>apache.conf
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
        await https_many "$port" "$WORK/ca.crt" $page || { cat apache.log; fail "many requests after the restart"; }
    done
    kill $server
    wait $server || { cat apache.log; fail "the server ended badly"; }
    if grep -iE 'keystead.* warn|segmentation|:(alert|emerg|crit)\]|exit signal' apache.log start.log; then
        fail "complaints in the log"
    fi
done
