# SPDX-License-Identifier: MIT OR Apache-2.0
# OpenStack Barbican keeps its secrets under token keys: barbican-manage makes and checks the master keys, and
# barbican_secrets.py stores and reads secrets through the API, in every combination of the plugin's options.
. "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONWARNINGS=ignore
init_token

export PATH=$PYTHON_ENV/bin:$PATH

# The one gap of the tool's configuration is the PIN.
place barbican
sed -i "s/^login = PIN\$/login = $PIN/" "$conf"
mv "$conf" tool.conf
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
END
    cat tool.conf >>"$conf"
    printf '%s\n' "$@" >>"$conf"
}
manage() { barbican-manage hsm "$@"; }

say "master keys, in the default configuration"
configure
shows 'successfully generated' manage gen_mkek
shows 'successfully generated' manage gen_hmac
shows 'labeled keystead_mkek found' manage check_mkek
shows 'labeled keystead_hmac found' manage check_hmac
(cd "$HOME/.barbican" && tried 'labeled keystead_mkek found')
refused manage gen_mkek
refused manage check_mkek --label other

say "HMAC keys of the other types"
manage gen_hmac --label hmac-generic --key-type CKK_GENERIC_SECRET --mechanism CKM_GENERIC_SECRET_KEY_GEN --length 32
manage gen_hmac --label hmac-sha256 --key-type CKK_SHA256_HMAC --mechanism CKM_GENERIC_SECRET_KEY_GEN --length 32
manage check_hmac --label hmac-generic --key-type CKK_GENERIC_SECRET
manage check_hmac --label hmac-sha256 --key-type CKK_SHA256_HMAC

say "secrets through the API, in the default configuration"
python "$here/barbican_secrets.py" api

say "secrets through the API, with AES-GCM and KWP"
configure 'encryption_mechanism = CKM_AES_GCM' 'key_wrap_mechanism = CKM_AES_KEY_WRAP_KWP' \
    'hmac_key_type = CKK_GENERIC_SECRET' 'hmac_label = hmac-generic'
sed -i 's/barbican.db/second.db/' "$conf"
python "$here/barbican_secrets.py" api

say "every combination of the plugin's options"
configure
python "$here/barbican_secrets.py" options
