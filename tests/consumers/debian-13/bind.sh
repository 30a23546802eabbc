# SPDX-License-Identifier: MIT OR Apache-2.0
# BIND 9.20's DNSSEC tools through OpenSSL's provider: keys of the token sign a zone, and others take over.
. "$(dirname "$0")/../common.sh"
init_token
for kind in ksk zsk next; do
    for key in rsa:2048=rsa ec:p256=p256 ec:p384=p384; do
        "$KEYSTEAD" generate "${key%=*}" --token "$LABEL" --label "${key#*=}-$kind" --pin-env PIN
    done
done
pin_file
uri() { printf 'pkcs11:token=%s;object=%s;pin-source=file:%s' "$LABEL" "$1" "$WORK/pin"; }
place openssl --pin-source "$WORK/pin"
export OPENSSL_CONF=$WORK/$conf

cat >zone <<'END'
$TTL 3600
@       IN SOA ns hostmaster 1 7200 3600 604800 3600
        IN NS  ns
ns      IN A   192.0.2.1
www     IN A   192.0.2.2
        IN AAAA 2001:db8::2
*.wild  IN TXT "any"
mail    IN MX  10 www
$INCLUDE keys
END
for i in $(seq 200); do
    echo "host$i IN A 192.0.2.$((i % 250))"
done >>zone

# Signs with keys whose .private files name objects of the token: sign KSK ZSK [OPTION...]
sign() {
    dnssec-signzone -o "$name" -f signed -n 4 "${@:3}" -k "$1" zone "$2" >sign.log 2>&1 || { cat sign.log; fail "signing $name"; }
    dnssec-verify -o "$name" signed >verify.log 2>&1 || { cat verify.log; fail "verification of $name"; }
}
from_label() { dnssec-keyfromlabel "$@" 2>label.log || { cat label.log >&2; fail "dnssec-keyfromlabel $*"; }; }

for algorithm in rsa:RSASHA256 rsa:RSASHA512 p256:ECDSAP256SHA256 p384:ECDSAP384SHA384; do
    key=${algorithm%:*} algorithm=${algorithm#*:}
    name=${algorithm,,}.example
    say "$algorithm"
    ksk=$(from_label -a $algorithm -f KSK -l "$(uri $key-ksk)" "$name")
    zsk=$(from_label -a $algorithm -l "$(uri $key-zsk)" "$name")
    ! grep -qE '^(PrivateExponent|PrivateKey):' "$zsk.private" || fail "a private key in a file"
    dnssec-dsfromkey "$ksk" >ds
    cat "$ksk.key" "$zsk.key" >keys
    sign "$ksk" "$zsk"
    sign "$ksk" "$zsk" -3 aabb -H 0 -A
    # Another key takes over.
    next=$(from_label -a $algorithm -l "$(uri $key-next)" "$name")
    cat "$next.key" >>keys
    sign "$ksk" "$next"
done

say "keys made in the token by a policy"
place bind --pin-source "$WORK/pin"
tried '^example.org IN '
name=example.org
dnssec-keygen -k keystead -l "$conf" $name 2>keygen.log >made || { cat keygen.log; fail "dnssec-keygen"; }
made=$(cat made)
! grep -qE '^(PrivateExponent|PrivateKey):' "$made.private" || fail "a private key in a file"
cat "$made.key" >keys
dnssec-signzone -z -o $name -f signed zone "$made" >sign.log 2>&1 || { cat sign.log; fail "signing $name"; }
dnssec-verify -z -o $name signed >verify.log 2>&1 || { cat verify.log; fail "verification of $name"; }

say "keys that are not there"
refused dnssec-keyfromlabel -a ECDSAP256SHA256 -l "$(uri nothing)" absent.example
