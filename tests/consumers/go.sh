# SPDX-License-Identifier: MIT OR Apache-2.0
# Go: miekg/pkcs11 generates, signs, encrypts, wraps, derives and finds; then the package's own tests.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$WORK/cache GOFLAGS=

say "a program"
go build -o program "$here/go.go" "$here/go_kinds.go"
./program

say "the package's own tests, but for the one that asks for another token's name"
go test -c -o own github.com/miekg/pkcs11
# Its examples use this PIN.
export PIN=1234 KEYSTEAD_STORE=$WORK/own-store
init_token
export SOFTHSM_LIB=$KEYSTEAD_LIB SOFTHSM_TOKENLABEL=$LABEL SOFTHSM_PIN=$PIN
cd "$GOPATH/src/github.com/miekg/pkcs11"
tests=$("$WORK/own" -test.list 'Test|Example' | grep -v '^TestGetInfo$' | paste -sd '|')
"$WORK/own" -test.run "^($tests)\$"
