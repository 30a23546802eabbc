# SPDX-License-Identifier: MIT OR Apache-2.0
"""python-pkcs11 on a token: generates, signs, encrypts, wraps, derives, encapsulates, finds."""

import os
import threading

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

LIB = pkcs11.lib(os.environ["KEYSTEAD_LIB"])
TOKEN = LIB.get_token(token_label="consumer")
PIN = os.environ["PIN"]
DATA = bytes(range(256)) * 4


def refused(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except error:
        return
    raise AssertionError(f"{call} was not refused")


def keys(session):
    aes = session.generate_key(KeyType.AES, 256, label="aes", id=b"\x01", store=True)
    session.generate_key(KeyType.AES, 128, label="other")
    assert session.get_key(label="aes").key_length == 256
    assert session.get_key(id=b"\x01", object_class=ObjectClass.SECRET_KEY) == aes
    assert len(list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))) == 2
    refused(pkcs11.NoSuchKey, session.get_key, label="nothing")
    refused(pkcs11.AttributeSensitive, lambda: aes[Attribute.VALUE])
    aes[Attribute.LABEL] = "renamed"
    assert session.get_key(label="renamed") == aes
    copy = aes.copy({Attribute.LABEL: "copy", Attribute.TOKEN: False})
    assert copy[Attribute.LABEL] == "copy"
    copy.destroy()
    aes.destroy()
    refused(pkcs11.NoSuchKey, session.get_key, label="renamed")


def ciphers(session):
    aes = session.generate_key(KeyType.AES, 256)
    iv = session.generate_random(128)
    for mechanism, parameter in [
        (Mechanism.AES_CBC_PAD, iv),
        (Mechanism.AES_ECB, None),
        (Mechanism.AES_CTR, pkcs11.CTRParams(iv[:8])),
        (Mechanism.AES_GCM, pkcs11.GCMParams(iv[:12], b"header")),
    ]:
        how = {"mechanism": mechanism, "mechanism_param": parameter}
        sealed = aes.encrypt(DATA, **how)
        assert aes.decrypt(sealed, **how) == DATA
        if mechanism in (Mechanism.AES_CBC_PAD, Mechanism.AES_CTR):
            pieces = (DATA[i : i + 100] for i in range(0, len(DATA), 100))
            assert b"".join(aes.encrypt(pieces, buffer_size=2048, **how)) == sealed
    sealed = bytearray(aes.encrypt(DATA, mechanism=Mechanism.AES_GCM, mechanism_param=pkcs11.GCMParams(iv[:12])))
    sealed[3] ^= 1
    refused(
        pkcs11.PKCS11Error,
        aes.decrypt,
        bytes(sealed),
        mechanism=Mechanism.AES_GCM,
        mechanism_param=pkcs11.GCMParams(iv[:12]),
    )
    triple = session.generate_key(KeyType.DES3)
    assert triple.decrypt(triple.encrypt(DATA, mechanism_param=iv[:8]), mechanism_param=iv[:8]) == DATA


def rsa(session):
    public, private = session.generate_keypair(KeyType.RSA, 2048, label="rsa", store=True)
    for mechanism, parameter in [
        (Mechanism.SHA256_RSA_PKCS, None),
        (Mechanism.SHA512_RSA_PKCS, None),
        (Mechanism.SHA256_RSA_PKCS_PSS, (Mechanism.SHA256, pkcs11.MGF.SHA256, 32)),
    ]:
        signature = private.sign(DATA, mechanism=mechanism, mechanism_param=parameter)
        assert public.verify(DATA, signature, mechanism=mechanism, mechanism_param=parameter)
        assert not public.verify(DATA + b"x", signature, mechanism=mechanism, mechanism_param=parameter)
    assert private.decrypt(public.encrypt(b"secret")) == b"secret"
    assert encode_rsa_public_key(public)
    aes = session.generate_key(KeyType.AES, 128, template={Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False})
    wrapped = public.wrap_key(aes)
    back = private.unwrap_key(ObjectClass.SECRET_KEY, KeyType.AES, wrapped)
    assert back.decrypt(aes.encrypt(DATA, mechanism_param=DATA[:16]), mechanism_param=DATA[:16]) == DATA
    kek = session.generate_key(KeyType.AES, 256)
    wrapped = kek.wrap_key(aes, mechanism=Mechanism.AES_KEY_WRAP)
    back = kek.unwrap_key(ObjectClass.SECRET_KEY, KeyType.AES, wrapped, mechanism=Mechanism.AES_KEY_WRAP)
    assert back.decrypt(aes.encrypt(DATA, mechanism_param=DATA[:16]), mechanism_param=DATA[:16]) == DATA
    secret = session.generate_key(KeyType.AES, 128)
    refused(pkcs11.KeyUnextractable, public.wrap_key, secret)


def curves(session):
    for curve in ["secp256r1", "secp384r1", "secp521r1", "secp256k1"]:
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
        )
        public, private = parameters.generate_keypair(
            mechanism_param=None, capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY | MechanismFlag.DERIVE
        )
        signature = private.sign(DATA[:32], mechanism=Mechanism.ECDSA)
        assert public.verify(DATA[:32], signature, mechanism=Mechanism.ECDSA)
        signature = private.sign(DATA, mechanism=Mechanism.ECDSA_SHA256)
        assert public.verify(DATA, signature, mechanism=Mechanism.ECDSA_SHA256)
        other, other_private = parameters.generate_keypair(
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY | MechanismFlag.DERIVE
        )
        # libraries take the point with and without its OCTET STRING
        ours = private.derive_key(KeyType.AES, 128, mechanism_param=(pkcs11.KDF.NULL, None, other[Attribute.EC_POINT]))
        theirs = other_private.derive_key(
            KeyType.AES, 128, mechanism_param=(pkcs11.KDF.NULL, None, public[Attribute.EC_POINT])
        )
        sealed = ours.encrypt(DATA, mechanism_param=DATA[:16])
        assert theirs.decrypt(sealed, mechanism_param=DATA[:16]) == DATA


def edwards(session):
    parameters = session.create_domain_parameters(
        KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}, local=True
    )
    public, private = parameters.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
    signature = private.sign(DATA, mechanism=Mechanism.EDDSA)
    assert public.verify(DATA, signature, mechanism=Mechanism.EDDSA)
    assert not public.verify(DATA[1:], signature, mechanism=Mechanism.EDDSA)


def lattices(session):
    public, private = session.generate_keypair(
        KeyType.ML_DSA, public_template={Attribute.PARAMETER_SET: pkcs11.MLDSAParameterSet.ML_DSA_65}
    )
    signature = private.sign(DATA, mechanism=Mechanism.ML_DSA)
    assert public.verify(DATA, signature, mechanism=Mechanism.ML_DSA)
    public, private = session.generate_keypair(
        KeyType.ML_KEM, public_template={Attribute.PARAMETER_SET: pkcs11.MLKEMParameterSet.ML_KEM_768}
    )
    for length in (128, 256):
        sealed, ours = public.encapsulate_key(KeyType.AES, key_length=length, store=False)
        theirs = private.decapsulate_key(sealed, KeyType.AES, key_length=length, store=False)
        assert theirs.decrypt(ours.encrypt(DATA, mechanism_param=DATA[:16]), mechanism_param=DATA[:16]) == DATA


def macs_and_digests(session):
    import hashlib
    import hmac

    key = session.create_object(
        {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
            Attribute.VALUE: DATA[:32],
            Attribute.SIGN: True,
            Attribute.VERIFY: True,
        }
    )
    assert key.sign(DATA, mechanism=Mechanism.SHA256_HMAC) == hmac.digest(DATA[:32], DATA, "sha256")
    assert session.digest(DATA, mechanism=Mechanism.SHA512) == hashlib.sha512(DATA).digest()
    assert session.digest((DATA, DATA), mechanism=Mechanism.SHA256) == hashlib.sha256(DATA * 2).digest()
    assert session.generate_random(256) != session.generate_random(256)


def threads():
    with TOKEN.open(user_pin=PIN, rw=True) as session:
        problems = []

        def work():
            try:
                with TOKEN.open() as own:
                    key = own.get_key(label="rsa", object_class=ObjectClass.PRIVATE_KEY)
                    for _ in range(10):
                        key.sign(DATA)
            except Exception as problem:  # noqa: BLE001
                problems.append(problem)

        workers = [threading.Thread(target=work) for _ in range(6)]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]
        assert not problems, problems
        for found in list(session.get_objects({Attribute.LABEL: "rsa"})):
            found.destroy()


# The library keeps the session of a login that failed; the SO may have no read-only one beside his.
refused(pkcs11.PinIncorrect, TOKEN.open, user_pin="wrong-1234", rw=True)
assert Mechanism.AES_GCM in TOKEN.slot.get_mechanisms()
for scenario in [keys, ciphers, rsa, curves, edwards, lattices, macs_and_digests]:
    print("python-pkcs11:", scenario.__name__, flush=True)
    with TOKEN.open(user_pin=PIN, rw=True) as opened:
        scenario(opened)
print("python-pkcs11: threads", flush=True)
threads()
with TOKEN.open(so_pin=os.environ["SO_PIN"], rw=True) as opened:
    opened.init_pin("another-1234")
with TOKEN.open(user_pin="another-1234", rw=True) as opened:
    opened.set_pin("another-1234", PIN)
