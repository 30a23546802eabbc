# SPDX-License-Identifier: MIT OR Apache-2.0
"""Stores and reads Barbican secrets: `api` through its WSGI application, `options` through its plugin."""

import base64
import io
import itertools
import json
import os
import sys

MODE = sys.argv[1]
PASTE = os.path.join(sys.prefix, "etc/barbican/barbican-api-paste.ini")


def call(application, method, path, body=None, accept="application/json"):
    """One request without a socket: the status and the body of the answer."""
    data = json.dumps(body).encode() if body is not None else b""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "/v1", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data)),
        "HTTP_ACCEPT": accept, "HTTP_X_PROJECT_ID": "project", "HTTP_X_ROLES": "member,creator,admin",
        "HTTP_X_USER_ID": "user", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
        # Keystone's middleware would have set this attribute of the request.
        "webob.adhoc_attrs": {"request_id": "request"},
    }
    seen = {}
    answer = application(environ, lambda status, headers, *_: seen.update(status=status))
    return int(seen["status"].split()[0]), b"".join(answer)


def api():
    """Stores secrets, reads them back, makes a key by an order, deletes."""
    from paste.deploy import loadapp

    application = loadapp("config:" + PASTE, name="barbican_api")
    for payload in (b"a secret", os.urandom(32), os.urandom(10000)):
        body = {
            "name": "secret", "payload": base64.b64encode(payload).decode(),
            "payload_content_type": "application/octet-stream", "payload_content_encoding": "base64",
        }
        status, answer = call(application, "POST", "/secrets", body)
        assert status == 201, (status, answer)
        path = "/secrets/" + json.loads(answer)["secret_ref"].rsplit("/", 1)[1]
        status, answer = call(application, "GET", path + "/payload", accept="application/octet-stream")
        assert (status, answer) == (200, payload), (status, answer)
        assert call(application, "DELETE", path)[0] == 204
        assert call(application, "GET", path)[0] == 404
    order = {"type": "key", "meta": {
        "name": "key", "algorithm": "aes", "bit_length": 256, "mode": "cbc",
        "payload_content_type": "application/octet-stream"}}
    status, answer = call(application, "POST", "/orders", order)
    assert status == 202, (status, answer)
    order = call(application, "GET", "/orders/" + json.loads(answer)["order_ref"].rsplit("/", 1)[1])
    path = "/secrets/" + json.loads(order[1])["secret_ref"].rsplit("/", 1)[1]
    status, answer = call(application, "GET", path + "/payload", accept="application/octet-stream")
    assert status == 200 and len(answer) == 32, (status, answer)
    print("secrets stored, read, ordered and deleted")


def options():
    """Each of the 72 combinations wraps a project key, forgets it, and reads what was encrypted under it."""
    from barbican.plugin.crypto import base, p11_crypto

    conf = p11_crypto.CONF
    works, refused = 0, 0
    for encryption, own_iv, wrap, wrap_iv, hmac in itertools.product(
        ("CKM_AES_CBC", "CKM_AES_GCM"),
        (True, False),
        ("CKM_AES_CBC_PAD", "CKM_AES_KEY_WRAP_PAD", "CKM_AES_KEY_WRAP_KWP"),
        (True, False),
        (("CKK_AES", "keystead_hmac"), ("CKK_GENERIC_SECRET", "hmac-generic"), ("CKK_SHA256_HMAC", "hmac-sha256")),
    ):
        for name, value in (
            ("encryption_mechanism", encryption), ("aes_gcm_generate_iv", own_iv),
            ("key_wrap_mechanism", wrap), ("key_wrap_generate_iv", wrap_iv),
            ("hmac_key_type", hmac[0]), ("hmac_label", hmac[1]),
        ):
            conf.set_override(name, value, group="p11_crypto_plugin")
        # CKM_AES_CBC_PAD without an initialization vector is no mechanism.
        is_sound = wrap != "CKM_AES_CBC_PAD" or wrap_iv
        plugin = p11_crypto.P11CryptoPlugin(conf=conf)
        try:
            kek = base.KEKMetaDTO(type("Kek", (), dict(
                kek_label="project", plugin_name="", plugin_meta="", algorithm="", bit_length=0, mode=""))())
            try:
                kek = plugin.bind_kek_metadata(kek)
            except Exception as error:
                assert not is_sound, (encryption, own_iv, wrap, wrap_iv, hmac, error)
                assert "CKR_MECHANISM_PARAM_INVALID" in str(error), error
                refused += 1
                continue
            assert is_sound, "CKM_AES_CBC_PAD took no initialization vector"
            secret = os.urandom(100)
            sealed = plugin.encrypt(base.EncryptDTO(secret), kek, "project")
            plugin._reinitialize_pkcs11()
            opened = plugin.decrypt(
                base.DecryptDTO(sealed.cypher_text), kek, sealed.kek_meta_extended, "project")
            assert opened == secret, (encryption, own_iv, wrap, wrap_iv, hmac)
            works += 1
        finally:
            if plugin.pkcs11 is not None:
                plugin.pkcs11.finalize()
    assert (works, refused) == (60, 12), (works, refused)
    print(f"{works} combinations work; {refused} without an initialization vector are refused")


{"api": api, "options": options}[MODE]()
