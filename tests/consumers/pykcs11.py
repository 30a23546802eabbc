# SPDX-License-Identifier: MIT OR Apache-2.0
"""PyKCS11 on a token: generates, signs, encrypts, wraps, derives, finds; PINs and information."""

import hashlib
import os

import PyKCS11 as p11

PIN = os.environ["PIN"]
DATA = bytes(range(256)) * 4
P256 = bytes.fromhex("06082a8648ce3d030107")

lib = p11.PyKCS11Lib()
lib.load(os.environ["KEYSTEAD_LIB"])
slot = next(s for s in lib.getSlotList(tokenPresent=True) if lib.getTokenInfo(s).label.strip() == "consumer")
assert "CKF_USER_PIN_INITIALIZED" in lib.getTokenInfo(slot).flags2text()
assert "CKM_AES_GCM" in lib.getMechanismList(slot)
assert lib.getMechanismInfo(slot, "CKM_RSA_PKCS").ulMaxKeySize >= 4096
assert lib.getInfo().manufacturerID.strip()

session = lib.openSession(slot, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION)
try:
    session.login("wrong-1234")
    raise AssertionError("a wrong PIN was taken")
except p11.PyKCS11Error as error:
    assert error.value == p11.CKR_PIN_INCORRECT
session.login(PIN)
assert session.getSessionInfo().state2text() == "CKS_RW_USER_FUNCTIONS"


def pair(mechanism, identity, *public, private=()):
    common = [(p11.CKA_TOKEN, True), (p11.CKA_ID, (identity,)), (p11.CKA_LABEL, "pair")]
    return session.generateKeyPair(
        common + [(p11.CKA_VERIFY, True), *public], common + [(p11.CKA_SIGN, True), *private], mecha=mechanism
    )


print("PyKCS11: rsa", flush=True)
public, private = pair(
    p11.MechanismRSAGENERATEKEYPAIR,
    1,
    (p11.CKA_MODULUS_BITS, 2048),
    (p11.CKA_PUBLIC_EXPONENT, (1, 0, 1)),
    (p11.CKA_ENCRYPT, True),
    (p11.CKA_WRAP, True),
    private=[(p11.CKA_DECRYPT, True), (p11.CKA_UNWRAP, True), (p11.CKA_SENSITIVE, True)],
)
for mechanism in [
    p11.Mechanism(p11.CKM_SHA256_RSA_PKCS),
    p11.RSA_PSS_Mechanism(p11.CKM_SHA256_RSA_PKCS_PSS, p11.CKM_SHA256, p11.CKG_MGF1_SHA256, 32),
]:
    signature = session.sign(private, DATA, mechanism)
    assert session.verify(public, DATA, signature, mechanism)
    assert not session.verify(public, DATA[1:], signature, mechanism)
for mechanism in [
    p11.Mechanism(p11.CKM_RSA_PKCS),
    p11.RSAOAEPMechanism(p11.CKM_SHA256, p11.CKG_MGF1_SHA256),
]:
    assert bytes(session.decrypt(private, session.encrypt(public, b"secret", mechanism), mechanism)) == b"secret"

print("PyKCS11: elliptic curves", flush=True)
public_ec, private_ec = pair(
    p11.Mechanism(p11.CKM_EC_KEY_PAIR_GEN), 2, (p11.CKA_EC_PARAMS, P256), private=[(p11.CKA_DERIVE, True)]
)
for mechanism, data in [
    (p11.Mechanism(p11.CKM_ECDSA), hashlib.sha256(DATA).digest()),
    (p11.Mechanism(p11.CKM_ECDSA_SHA256), DATA),
]:
    signature = session.sign(private_ec, data, mechanism)
    assert session.verify(public_ec, data, signature, mechanism)
point = bytes(session.getAttributeValue(public_ec, [p11.CKA_EC_POINT])[0])
secret = [
    (p11.CKA_CLASS, p11.CKO_SECRET_KEY),
    (p11.CKA_KEY_TYPE, p11.CKK_AES),
    (p11.CKA_VALUE_LEN, 16),
    (p11.CKA_ENCRYPT, True),
    (p11.CKA_DECRYPT, True),
]
for form in (point, point[2:]):
    key = session.deriveKey(private_ec, secret, p11.ECDH1_DERIVE_Mechanism(form))
    assert session.encrypt(key, DATA, p11.Mechanism(p11.CKM_AES_CBC_PAD, DATA[:16]))

print("PyKCS11: secret keys", flush=True)
template = [
    (p11.CKA_CLASS, p11.CKO_SECRET_KEY),
    (p11.CKA_KEY_TYPE, p11.CKK_AES),
    (p11.CKA_TOKEN, True),
    (p11.CKA_ID, (3,)),
    (p11.CKA_VALUE_LEN, 32),
    (p11.CKA_EXTRACTABLE, True),
    (p11.CKA_WRAP, True),
    (p11.CKA_UNWRAP, True),
]
aes = session.generateKey(template)
for mechanism in [
    p11.AES_GCM_Mechanism(DATA[:12], b"header", 128),
    p11.Mechanism(p11.CKM_AES_CBC_PAD, DATA[:16]),
    p11.AES_CTR_Mechanism(128, DATA[:16]),
]:
    assert bytes(session.decrypt(aes, session.encrypt(aes, DATA, mechanism), mechanism)) == DATA
for key, other in [(public, private), (aes, aes)]:
    mechanism = p11.Mechanism(p11.CKM_RSA_PKCS if key == public else p11.CKM_AES_KEY_WRAP_PAD)
    wrapped = session.wrapKey(key, aes, mechanism)
    back = session.unwrapKey(other, wrapped, secret[:2] + secret[3:], mechanism)
    sealed = session.encrypt(aes, DATA, p11.Mechanism(p11.CKM_AES_CBC_PAD, DATA[:16]))
    assert bytes(session.decrypt(back, sealed, p11.Mechanism(p11.CKM_AES_CBC_PAD, DATA[:16]))) == DATA

print("PyKCS11: objects, digests, random numbers", flush=True)
assert bytes(session.digest(DATA, p11.Mechanism(p11.CKM_SHA256))) == hashlib.sha256(DATA).digest()
assert bytes(session.generateRandom(32)) != bytes(session.generateRandom(32))
note = session.createObject(
    [(p11.CKA_CLASS, p11.CKO_DATA), (p11.CKA_TOKEN, True), (p11.CKA_LABEL, "note"), (p11.CKA_VALUE, DATA)]
)
assert bytes(session.getAttributeValue(note, [p11.CKA_VALUE])[0]) == DATA
session.setAttributeValue(note, [(p11.CKA_LABEL, "changed")])
assert len(session.findObjects([(p11.CKA_LABEL, "changed")])) == 1
assert len(session.findObjects([(p11.CKA_LABEL, "pair")])) == 4
found = session.findObjects([(p11.CKA_TOKEN, True)])
# Everything of every object, sensitive attributes among it.
for handle in found:
    assert session.getAttributeValue(handle, [p11.CKA_CLASS, p11.CKA_VALUE, p11.CKA_PRIVATE_EXPONENT])[0] is not None
    handle.to_dict()
for handle in found:
    session.destroyObject(handle)
assert not session.findObjects([(p11.CKA_TOKEN, True)])

print("PyKCS11: PINs", flush=True)
session.setPin(PIN, "another-1234")
session.logout()
session.login("another-1234")
session.logout()
session.login(os.environ["SO_PIN"], p11.CKU_SO)
session.initPin(PIN)
session.logout()
session.login(PIN)
session.logout()
session.closeSession()
