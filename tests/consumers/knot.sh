# SPDX-License-Identifier: MIT OR Apache-2.0
# Knot DNS: keymgr generates keys in the token, kzonesign signs, knotd serves and rolls its keys.
. "$(dirname "$0")/common.sh"
init_token
mkdir zones keys

say "the configuration"
place knot
tried 'Configuration is valid'
# Knot takes the PIN from nowhere else.
sed -i "s/pin-value=PIN/pin-value=$PIN/" "$conf"
port=$(free_port)
{
    cat <<END
server:
    listen: 127.0.0.1@$port
    rundir: $WORK
    background-workers: 3
log:
  - target: stderr
    any: info
database:
    storage: $WORK/keys
END
    sed '/^zone:/,$d' "$conf"
    for algorithm in rsasha256 ecdsap256sha256 ecdsap384sha384 ed25519; do
        cat <<END
  - id: $algorithm
    keystore: keystead
    algorithm: $algorithm
    ksk-shared: off
    signing-threads: 3
    nsec3: on
END
    done
    echo zone:
    for algorithm in rsasha256 ecdsap256sha256 ecdsap384sha384 ed25519; do
        cat <<END
  - domain: $algorithm.example
    storage: $WORK/zones
    file: $algorithm.zone
    dnssec-signing: on
    dnssec-policy: $algorithm
    zonefile-sync: 0
    zonefile-load: difference
    journal-content: all
END
    done
} >knot.conf
for algorithm in rsasha256 ecdsap256sha256 ecdsap384sha384 ed25519; do
    {
        printf '@ 3600 IN SOA ns hostmaster 1 7200 3600 604800 3600\n@ IN NS ns\nns IN A 192.0.2.1\n'
        for i in $(seq 100); do
            echo "host$i IN A 192.0.2.$i"
        done
    } >zones/$algorithm.zone
done
knotc -c knot.conf conf-check

say "keymgr and kzonesign"
for algorithm in rsasha256 ecdsap256sha256 ecdsap384sha384 ed25519; do
    zone=$algorithm.example
    ksk=$(keymgr -c knot.conf $zone generate algorithm=$algorithm ksk=yes)
    zsk=$(keymgr -c knot.conf $zone generate algorithm=$algorithm zsk=yes)
    keymgr -c knot.conf $zone list >list
    grep -q "${ksk##* }" list && grep -q "${zsk##* }" list || { cat list; fail "keymgr list"; }
    keymgr -c knot.conf $zone ds >ds
    mkdir -p signed
    kzonesign -c knot.conf -o signed $zone
    signed=$(find signed -name "$algorithm*")
    kzonecheck -o $zone -d on "$signed"
    ! command -v dnssec-verify >verify.log || dnssec-verify -o $zone "$signed" >verify.log 2>&1 ||
        { cat verify.log; fail "verification of $zone"; }
done
"$KEYSTEAD" list --token "$LABEL" --login --pin-env PIN >objects
[ "$(grep -c '^private-key' objects)" = 8 ] || { cat objects; fail "eight private keys"; }

say "knotd signs and serves"
knotd -c knot.conf >knot.log 2>&1 &
SERVERS+=($!)
dig=$(command -v kdig || command -v dig)
signed() { "$dig" @127.0.0.1 -p "$port" +dnssec +short host7."$1" A | grep -q "RRSIG\|^A $2 "; }
for algorithm in "rsasha256 8" "ecdsap256sha256 13" "ecdsap384sha384 14" "ed25519 15"; do
    # shellcheck disable=SC2086
    set -- $algorithm
    await signed "$1.example" "$2" || { cat knot.log; fail "$1.example is not served"; }
done

say "knotd rolls a key in the token"
zone=ecdsap256sha256.example
keys() { "$dig" @127.0.0.1 -p "$port" +short $zone DNSKEY | grep -c '^25[67] '; }
[ "$(keys)" = 2 ] || fail "two keys are published"
knotc -c knot.conf zone-key-rollover $zone zsk
more() { [ "$(keys)" = 3 ]; }
await more || { cat knot.log; fail "no new key"; }
"$KEYSTEAD" list --token "$LABEL" --login --pin-env PIN >objects
[ "$(grep -c '^private-key' objects)" = 9 ] || { cat objects; fail "nine private keys"; }
knotc -c knot.conf stop
if grep -iE ' error: |keystead.* warn' knot.log; then
    fail "complaints in the log"
fi

say "keymgr deletes a key"
zone=ed25519.example
keymgr -c knot.conf $zone delete "${zsk##* }"
"$KEYSTEAD" list --token "$LABEL" --login --pin-env PIN >objects
[ "$(grep -c '^private-key' objects)" = 8 ] || { cat objects; fail "the key stays in the token"; }
