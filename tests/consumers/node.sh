# SPDX-License-Identifier: MIT OR Apache-2.0
# Node: pkcs11js, graphene-pk11 and node-webcrypto-p11 generate, sign, encrypt, wrap, derive and find.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
node "$here/node.js"
