# SPDX-License-Identifier: MIT OR Apache-2.0
# Python: python-pkcs11 and PyKCS11 generate, sign, encrypt, wrap, derive and find.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
init_token
export PYTHONDONTWRITEBYTECODE=1 PATH=$PYTHON_ENV/bin:$PATH

say "the program that the tool prints"
"$KEYSTEAD" generate ec:p256 --token "$LABEL" --label printed --pin-env PIN
pin_file
place python --pin-source "$WORK/pin"
tried '^PRIVATE_KEY printed$'
place python
export KEYSTEAD_PIN=$PIN
tried '^PRIVATE_KEY printed$'
unset KEYSTEAD_PIN
"$KEYSTEAD" delete --token "$LABEL" --label printed --pin-env PIN --yes

say "python-pkcs11"
"$PYTHON_ENV/bin/python" "$here/python_pkcs11.py"

say "PyKCS11"
"$PYTHON_ENV/bin/python" "$here/pykcs11.py"
