# SPDX-License-Identifier: MIT OR Apache-2.0
# Python: python-pkcs11 and PyKCS11 generate, sign, encrypt, wrap, derive and find.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
export PYTHONDONTWRITEBYTECODE=1

say "python-pkcs11"
"$PYTHON_ENV/bin/python" "$here/python_pkcs11.py"

say "PyKCS11"
"$PYTHON_ENV/bin/python" "$here/pykcs11.py"
