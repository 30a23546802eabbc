# SPDX-License-Identifier: MIT OR Apache-2.0
# Answers of the Python package `cryptography`: one line in, "NAME HEX HEX ..." (- is nothing), one
# line of hexadecimal out.
import sys

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.kdf import concatkdf, kbkdf, x963kdf

HASHES = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256,
    "sha384": hashes.SHA384, "sha512": hashes.SHA512,
    "sha3-224": hashes.SHA3_224, "sha3-256": hashes.SHA3_256,
    "sha3-384": hashes.SHA3_384, "sha3-512": hashes.SHA3_512,
}


def cipher(key, mode, data):
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def counter(key, label, context, length):
    return kbkdf.KBKDFCMAC(
        algorithms.AES, kbkdf.Mode.CounterMode, int.from_bytes(length, "big"), 4, 4,
        kbkdf.CounterLocation.BeforeFixed, label, context, None,
    ).derive(key)


def derive(kind):
    def run(name, secret, info, length):
        kdf = kind(HASHES[name.decode()](), int.from_bytes(length, "big"), info)
        return kdf.derive(secret)

    return run


OPERATIONS = {
    "gcm": lambda key, iv, aad, data: aead.AESGCM(key).encrypt(iv, data, aad),
    "ccm": lambda key, iv, aad, data: aead.AESCCM(key).encrypt(iv, data, aad),
    "chacha20-poly1305": lambda key, iv, aad, data: aead.ChaCha20Poly1305(key).encrypt(iv, data, aad),
    "xts": lambda key, tweak, data: cipher(key, modes.XTS(tweak), data),
    "wrap": lambda key, data: keywrap.aes_key_wrap(key, data),
    "wrap-padded": lambda key, data: keywrap.aes_key_wrap_with_padding(key, data),
    "kbkdf-cmac": counter,
    "concat": derive(concatkdf.ConcatKDFHash),
    "x963": derive(x963kdf.X963KDF),
}

for line in sys.stdin:
    operation, *values = line.split()
    values = [b"" if value == "-" else bytes.fromhex(value) for value in values]
    print(OPERATIONS[operation](*values).hex())
