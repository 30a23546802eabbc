# SPDX-License-Identifier: MIT OR Apache-2.0
# nginx serves TLS with token keys through pkcs11-provider, with workers, a reload and new workers; curl
# answers with a client certificate whose key is in the token too.
. "$(dirname "$0")/../common.sh"
init_token
printf '%s\n' "$PIN" >pin.txt
for key in rsa:2048=rsa ec:p256=ec ec:p256=client; do
    "$KEYSTEAD" generate "${key%=*}" --token "$LABEL" --label "${key#*=}" --pin-env PIN
done

place openssl --pin-source "$WORK/pin.txt"
cat >>"$conf" <<END
[leaf]
subjectAltName = DNS:localhost
END
export OPENSSL_CONF=$WORK/$conf
uri() { printf 'pkcs11:token=%s;object=%s;type=private' "$LABEL" "$1"; }
for key in rsa ec client; do
    openssl req -new -x509 -extensions leaf -key "$(uri $key)" -subj /CN=localhost -days 3 -out $key.crt
    # A PEM file that names the key: nginx 1.26 takes no URI.
    openssl pkey -in "$(uri $key)" -out $key.pem
done

configure() { # configure KEY
    cat >nginx.conf <<END
worker_processes 2;
pid $WORK/nginx.pid;
error_log $WORK/error.log info;
# The store and its PIN are root's here; where they belong to the workers' user, so may nginx.
user root;
env OPENSSL_CONF;
env XDG_DATA_HOME;
events {}
http {
    access_log off;
    client_body_temp_path $WORK;
    proxy_temp_path $WORK;
    fastcgi_temp_path $WORK;
    uwsgi_temp_path $WORK;
    scgi_temp_path $WORK;
    ssl_session_cache off;
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_certificate $WORK/$1.crt;
        ssl_certificate_key $WORK/$1.pem;
        ssl_client_certificate $WORK/client.crt;
        ssl_verify_client optional;
        location / { return 200 "$1 \$ssl_client_verify \$ssl_protocol \$pid\n"; }
    }
}
END
}
get() { # get KEY [OPTION...]
    local key=$1
    shift
    OPENSSL_CONF=${CLIENT_CONF:-/dev/null} curl -sS --cacert $key.crt "$@" https://localhost:8443/
}

say "workers sign"
configure rsa
nginx -c "$WORK/nginx.conf" -p "$WORK" || { cat error.log; fail "nginx does not start"; }
master=$(cat nginx.pid)
trap 'kill $master 2>/dev/null || true' EXIT
for version in 1.2 1.3; do
    for _ in $(seq 10); do
        get rsa --tls-max $version >>pages || { tail error.log; fail "no page"; }
    done
done
[ "$(grep -c 'rsa NONE TLSv1.[23]' pages)" = 20 ]
[ "$(awk '{ print $4 }' pages | sort -u | wc -l)" = 2 ] || say "one worker took all"

say "a reload takes the other key, in new workers"
configure ec
nginx -c "$WORK/nginx.conf" -p "$WORK" -s reload
# Old workers may take a few more.
ten() { for _ in $(seq 10); do get ec | grep -q 'ec NONE' || return 1; done; }
await ten || { tail error.log; fail "no new workers"; }

say "a worker that dies is followed by one that signs"
kill -9 "$(pgrep -P "$master" | head -n 1)"
await ten || { tail error.log; fail "no worker came back"; }

say "curl with a client key in the token"
CLIENT_CONF=$OPENSSL_CONF get ec --cert client.crt --key client.pem >page
grep -q 'ec SUCCESS' page
