# SPDX-License-Identifier: MIT OR Apache-2.0
# nginx through OpenSSL's engine: worker processes serve TLS with token keys, over a reload.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN

uri() { printf 'pkcs11:token=%s;object=%s;type=private?pin-source=file:%s' "$LABEL" "$1" "$WORK/pin"; }
pin_file
place engine
printf '[leaf]\nsubjectAltName = DNS:localhost\n' >>"$conf"
for key in rsa ec; do
    OPENSSL_CONF=$WORK/$conf openssl req -new -x509 -extensions leaf -engine pkcs11 -keyform engine -key "$(uri $key)" \
        -subj /CN=localhost -days 3 -out $key.crt
done
cat rsa.crt ec.crt >ca.crt

# The master of root reads every token; the workers are another user, who must own it.
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$HOME" "$WORK"
    chown -R nobody "$XDG_DATA_HOME"
fi

say "the configuration"
port=$(free_port)
cat >http.conf <<END
    access_log off;
    client_body_temp_path $WORK/t1;
    proxy_temp_path $WORK/t2;
    fastcgi_temp_path $WORK/t3;
    uwsgi_temp_path $WORK/t4;
    scgi_temp_path $WORK/t5;
END
place nginx --key rsa --pin-source "$WORK/pin" --certificate "$WORK/rsa.crt"
# Another port, and nothing of the machine's own.
sed -i -e "s|listen 443|listen 127.0.0.1:$port|" -e '/^http {/r http.conf' "$conf"
tried 'test is successful' -p "$WORK" -e stderr -g "pid $WORK/nginx.pid;"
# With a second key and a text of its own.
configure() {
    {
        cat <<END
daemon off;
pid $WORK/nginx.pid;
worker_processes 3;
$([ "$(id -u)" != 0 ] || echo 'user nobody nogroup;')
END
        sed -e "/server_name/r server.conf" -e 's/^events/error_log stderr warn;\n&/' "$conf"
    } >nginx.conf
}
text() {
    cat >server.conf <<END
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_tickets off;
        ssl_certificate $WORK/ec.crt;
        ssl_certificate_key "engine:pkcs11:$(uri ec)";
        location / { return 200 "$1\n"; }
END
}
export PKCS11_MODULE_PATH=$KEYSTEAD_LIB

say "three workers"
text first
configure
nginx -q -t -p "$WORK" -c "$WORK/nginx.conf" -e stderr
nginx -p "$WORK" -c "$WORK/nginx.conf" -e stderr >nginx.log 2>&1 &
master=$!
SERVERS+=($master)
await_port "$port" nginx.log
for sigalgs in rsa_pss_rsae_sha256 ecdsa_secp256r1_sha256; do
    for version in tls1_2 tls1_3; do
        https_holds "$port" ca.crt first -$version -sigalgs $sigalgs || { cat nginx.log; fail "$version $sigalgs"; }
    done
done
https_many "$port" "$WORK/ca.crt" first || { cat nginx.log; fail "many requests"; }

say "a reload"
text second
configure
kill -HUP $master
await https_holds "$port" ca.crt second || { cat nginx.log; fail "no new workers"; }
await https_many "$port" "$WORK/ca.crt" second || { cat nginx.log; fail "many requests after the reload"; }
kill -0 $master

say "a worker that is killed is replaced"
pkill -KILL -P $master
await https_holds "$port" ca.crt second || { cat nginx.log; fail "no worker came back"; }
await https_many "$port" "$WORK/ca.crt" second || { cat nginx.log; fail "many requests after the loss"; }

say "the end"
kill -QUIT $master
wait $master
if grep -E 'keystead.* warn|\[(alert|emerg|crit)\]' nginx.log | grep -v 'exited on signal 9'; then
    fail "complaints in the log"
fi
