# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenStack Barbican keeps its secrets under token keys: barbican-manage makes and checks the master keys, and
# barbican_secrets.py stores and reads secrets through the API, in every combination of the plugin's options.
. "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONWARNINGS=ignore
init_token

mkdir "$HOME/.barbican"
conf=$HOME/.barbican/barbican.conf

configure() { # configure [LINE...]: barbican.conf, with more lines for the plugin
    cat >"$conf" <<END
[DEFAULT]
host_href = http://localhost
db_auto_create = True
sql_connection = sqlite:///$WORK/barbican.db
[database]
connection = sqlite:///$WORK/barbican.db
[secretstore]
enabled_secretstore_plugins = store_crypto
[crypto]
enabled_crypto_plugins = p11_crypto
[p11_crypto_plugin]
library_path = $KEYSTEAD_LIB
login = $PIN
token_labels = $LABEL
mkek_label = mkek
hmac_label = hmac
END
    printf '%s\n' "$@" >>"$conf"
}
manage() { "$PYTHON_ENV/bin/barbican-manage" hsm "$@"; }

say "master keys, in the default configuration"
configure
shows 'successfully generated' manage gen_mkek
shows 'successfully generated' manage gen_hmac
shows 'labeled mkek found' manage check_mkek
shows 'labeled hmac found' manage check_hmac
refused manage gen_mkek
refused manage check_mkek --label other

say "HMAC keys of the other types"
manage gen_hmac --label hmac-generic --key-type CKK_GENERIC_SECRET --mechanism CKM_GENERIC_SECRET_KEY_GEN --length 32
manage gen_hmac --label hmac-sha256 --key-type CKK_SHA256_HMAC --mechanism CKM_GENERIC_SECRET_KEY_GEN --length 32
manage check_hmac --label hmac-generic --key-type CKK_GENERIC_SECRET
manage check_hmac --label hmac-sha256 --key-type CKK_SHA256_HMAC

say "secrets through the API, in the default configuration"
"$PYTHON_ENV/bin/python" "$here/barbican_secrets.py" api

say "secrets through the API, with AES-GCM and KWP"
configure 'encryption_mechanism = CKM_AES_GCM' 'key_wrap_mechanism = CKM_AES_KEY_WRAP_KWP' \
    'hmac_key_type = CKK_GENERIC_SECRET' 'hmac_label = hmac-generic'
sed -i '/^hmac_label = hmac$/d; s/barbican.db/second.db/' "$conf"
"$PYTHON_ENV/bin/python" "$here/barbican_secrets.py" api

say "every combination of the plugin's options"
configure
"$PYTHON_ENV/bin/python" "$here/barbican_secrets.py" options
