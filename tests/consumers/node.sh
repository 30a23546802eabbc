# SPDX-License-Identifier: MIT OR Apache-2.0
# Node.js: pkcs11js, graphene-pk11 and node-webcrypto-p11 generate, sign, encrypt, wrap, derive and find.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
export NODE_PATH=$NODE_ENV_DIR/node_modules

say "pkcs11js"
node "$here/node_pkcs11js.js"

say "graphene-pk11"
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=certificate -days 3 -outform DER \
    -out certificate.der 2>openssl.log
node "$here/node_graphene.js"

say "node-webcrypto-p11"
node --no-warnings "$here/node_webcrypto.js"
