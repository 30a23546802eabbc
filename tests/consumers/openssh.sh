# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenSSH: token keys for login (ssh, ssh-agent), as host keys of sshd, as a CA, and for signed files.
. "$(dirname "$0")/common.sh"
init_token
"$KEYSTEAD" generate rsa:2048 --token "$LABEL" --label rsa --id 01 --pin-env PIN
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label ec --id 02 --pin-env PIN
"$KEYSTEAD" generate ec:p384 --token "$LABEL" --label ca --id 03 --pin-env PIN
LIB=$(readlink -f "$KEYSTEAD_LIB")
user=$(id -un)
chmod 700 .

# PINs come from a program, as without a terminal.
printf '#!/bin/sh\nprintf "%%s\\n" "$PIN"\n' >askpass
chmod 700 askpass
export SSH_ASKPASS=$WORK/askpass SSH_ASKPASS_REQUIRE=force DISPLAY=none

ssh_config() {
    cat <<CONFIG
Host token
    HostName 127.0.0.1
    Port $port
    IdentityFile none
    UserKnownHostsFile $WORK/known_hosts
CONFIG
    cat "$conf"
}

say "ssh-keygen shows the public keys, without a PIN"
place ssh
tried '^ecdsa-sha2-nistp256 '
mv shows.log all.pub
[ "$(grep -cE '^(ssh-rsa|ecdsa-sha2-nistp256|ecdsa-sha2-nistp384) ' all.pub)" = 3 ] || { cat all.pub; fail "public keys"; }
for label in rsa ec ca; do
    grep " $label\$" all.pub >$label.pub || { cat all.pub; fail "no key $label"; }
    ssh-keygen -l -f $label.pub
done

say "a server"
port=$(free_port)
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ed25519 -N '' -f other
cp rsa.pub authorized_keys
cat >sshd_config <<END
Port $port
ListenAddress 127.0.0.1
HostKey $WORK/host
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile $WORK/authorized_keys
LogLevel VERBOSE
END
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
serve() {
    "$(command -v sshd)" -D -e -f "$WORK/sshd_config" >>sshd.log 2>&1 &
    server=$!
    SERVERS+=($server)
    await_port "$port" sshd.log
}
serve
echo "[127.0.0.1]:$port $(cat host.pub)" >known_hosts
ssh_config >config
login() { ssh -F config -o PreferredAuthentications=publickey "$@" "$user@token" echo logged in; }
# Shows the server's log when a login fails.
logged_in() {
    login "$@" >login.log 2>&1 || { cat login.log sshd.log; fail "no login: $*"; }
    grep -q 'logged in' login.log
}

say "login with a key of the token, RSA and ECDSA"
logged_in
cp ec.pub authorized_keys
logged_in
echo >authorized_keys
refused login
cp rsa.pub authorized_keys

say "login by the agent"
# OpenSSH takes a library for the agent only from the places that -P allows.
eval "$(ssh-agent -s -P "$(dirname "$LIB")/*" -a "$WORK/agent")" >agent.log
SERVERS+=("$SSH_AGENT_PID")
ssh-add -q -s "$LIB"
[ "$(ssh-add -L | wc -l)" = 3 ] || { ssh-add -L; fail "the agent does not hold the keys"; }
for label in rsa ec ca; do
    ssh-add -T $label.pub
done
sed -i '/PKCS11Provider/d' config
logged_in

say "a CA in the token signs users and hosts"
ssh-keygen -q -D "$LIB" -s ca.pub -I user-1 -n someone -V +1d other.pub
shows 'Signing CA: ECDSA' ssh-keygen -L -f other-cert.pub
echo "cert-authority,principals=\"someone\" $(cat ca.pub)" >authorized_keys
certified=(-i other -o CertificateFile=other-cert.pub -o IdentitiesOnly=yes)
logged_in "${certified[@]}"
rm other-cert.pub
ssh-keygen -q -U -s ca.pub -I user-2 -n someone other.pub
logged_in "${certified[@]}"
rm other-cert.pub
ssh-keygen -q -U -s ca.pub -I user-3 -n nobody other.pub
refused login "${certified[@]}"
ssh-keygen -q -D "$LIB" -s ca.pub -I host-1 -h -n 127.0.0.1 host.pub
shows 'Type: .*host certificate' ssh-keygen -L -f host-cert.pub

say "the server's own key in the token"
kill "$server"
wait "$server" 2>/dev/null || true
port=$(free_port)
sed -i "s/^Port .*/Port $port/; s|^HostKey .*|HostKey $WORK/ec.pub\nHostKeyAgent $WORK/agent|" sshd_config
ssh_config | sed '/PKCS11Provider/d' >config
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 ec.pub)" >known_hosts
cp rsa.pub authorized_keys
serve
logged_in -o HostKeyAlgorithms=ecdsa-sha2-nistp256

say "signed files, as git signs commits"
head -c 5000 /dev/urandom >data
for label in rsa ec; do
    ssh-keygen -q -Y sign -f $label.pub -n file data
    echo "me@example $(cat $label.pub)" >signers
    ssh-keygen -Y verify -f signers -I me@example -n file -s data.sig <data
    echo other >other-data
    if ssh-keygen -Y verify -f signers -I me@example -n file -s data.sig <other-data; then
        fail "another file was taken"
    fi
    rm data.sig
done

say "the agent lets go of the token"
ssh-add -q -e "$LIB"
refused ssh-add -T rsa.pub
