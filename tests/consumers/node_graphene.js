// SPDX-License-Identifier: MIT OR Apache-2.0
// graphene-pk11 on a token: the examples of its README and the calls its users make.
"use strict";
const assert = require("node:assert");
const crypto = require("node:crypto");
const fs = require("node:fs");
const graphene = require("graphene-pk11");

const { PIN, SO_PIN, KEYSTEAD_LIB } = process.env;
const { KeyGenMechanism, KeyType, MechanismEnum, ObjectClass, RsaMgf, SlotFlag } = graphene;
const DATA = Buffer.from(Array.from({ length: 1024 }, (_, each) => each & 255));
const IV = DATA.subarray(0, 16);

function rsaPair(session, more = {}) {
    return session.generateKeyPair(
        KeyGenMechanism.RSA,
        {
            keyType: KeyType.RSA, modulusBits: 2048, publicExponent: Buffer.from([1, 0, 1]), token: false,
            verify: true, encrypt: true, wrap: true, ...more,
        },
        { keyType: KeyType.RSA, token: false, sign: true, decrypt: true, unwrap: true, ...more },
    );
}

function ecPair(session, curve, more = {}) {
    return session.generateKeyPair(
        KeyGenMechanism.ECDSA,
        {
            keyType: KeyType.ECDSA, token: false, verify: true, derive: true,
            paramsECDSA: graphene.NamedCurve.getByName(curve).value,
        },
        { keyType: KeyType.ECDSA, token: false, sign: true, derive: true, ...more },
    );
}

const aesKey = (session, more = {}) => session.generateKey(KeyGenMechanism.AES, {
    class: ObjectClass.SECRET_KEY, token: false, valueLen: 256 / 8, keyType: KeyType.AES, label: "My AES secret key",
    private: true, encrypt: true, decrypt: true, wrap: true, unwrap: true, ...more,
});

function signs(session, mechanism, keys, data = DATA) {
    const pieces = session.createSign(mechanism, keys.privateKey);
    let signature;
    if (data === DATA) {
        pieces.update(data.subarray(0, 100));
        pieces.update(data.subarray(100));
        signature = pieces.final();
        const verify = session.createVerify(mechanism, keys.publicKey);
        verify.update(data.subarray(0, 7));
        verify.update(data.subarray(7));
        assert.strictEqual(verify.final(signature), true);
    } else {
        signature = pieces.once(data);
    }
    assert.strictEqual(session.createVerify(mechanism, keys.publicKey).once(data, signature), true);
    const wrong = Buffer.from(signature);
    wrong[wrong.length - 1] ^= 1;
    assert.strictEqual(session.createVerify(mechanism, keys.publicKey).once(data, wrong), false);
    return signature;
}

const scenarios = {
    capabilities(session) {
        const { slot } = session;
        const token = slot.getToken();
        assert.strictEqual(token.label, "consumer");
        assert(token.minPinLen < token.maxPinLen);
        const names = [];
        const mechanisms = slot.getMechanisms();
        for (let each = 0; each < mechanisms.length; each++) {
            const mechanism = mechanisms.items(each);
            if (mechanism.flags & graphene.MechanismFlag.SIGN) names.push(mechanism.name);
        }
        assert(names.includes("SHA256_RSA_PKCS") && names.includes("ECDSA_SHA256"), names);
    },

    hashing(session) {
        const digest = session.createDigest("sha1");
        digest.update("simple text 1");
        digest.update("simple text 2");
        assert.strictEqual(digest.final().toString("hex"), "e1dc1e52e9779cd69679b3e0af87d2e288190d34");
        assert.deepStrictEqual(
            session.createDigest("sha512").once(DATA), crypto.createHash("sha512").update(DATA).digest());
        assert.notDeepStrictEqual(session.generateRandom(20), session.generateRandom(20));
    },

    rsa(session) {
        const keys = rsaPair(session);
        const { modulus, publicExponent } = keys.publicKey.getAttribute({ modulus: null, publicExponent: null });
        const key = crypto.createPublicKey({
            key: { kty: "RSA", n: modulus.toString("base64url"), e: publicExponent.toString("base64url") }, format: "jwk",
        });
        assert(crypto.verify("sha256", DATA, key, signs(session, "SHA256_RSA_PKCS", keys)));
        signs(session, "SHA1_RSA_PKCS", keys);
        const pss = {
            name: "SHA256_RSA_PKCS_PSS",
            params: new graphene.RsaPssParams(MechanismEnum.SHA256, RsaMgf.MGF1_SHA256, 32),
        };
        const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
        assert(crypto.verify("sha256", DATA, { key, padding, saltLength: 32 }, signs(session, pss, keys)));
        for (const [hash, mgf, name] of [
            [MechanismEnum.SHA1, RsaMgf.MGF1_SHA1, "sha1"], [MechanismEnum.SHA256, RsaMgf.MGF1_SHA256, "sha256"],
        ]) {
            const oaep = { name: "RSA_PKCS_OAEP", params: new graphene.RsaOaepParams(hash, mgf) };
            const sealed = session.createCipher(oaep, keys.publicKey).once(DATA.subarray(0, 32), Buffer.alloc(256));
            const opened = session.createDecipher(oaep, keys.privateKey).once(sealed, Buffer.alloc(256));
            assert.deepStrictEqual(opened, DATA.subarray(0, 32));
            const outside = crypto.publicEncrypt({ key, oaepHash: name }, DATA.subarray(0, 32));
            session.createDecipher(oaep, keys.privateKey).once(outside, Buffer.alloc(256));
        }
        assert.throws(() => keys.privateKey.getAttribute("privateExponent"), /CKR_ATTRIBUTE_SENSITIVE/);
    },

    curves(session) {
        for (const [curve, name, size] of [
            ["secp256r1", "ECDSA_SHA256", 32], ["secp384r1", "ECDSA_SHA384", 48], ["secp521r1", "ECDSA_SHA512", 66],
            ["secp256k1", "ECDSA_SHA256", 32], ["brainpoolP256r1", "ECDSA_SHA256", 32],
        ]) {
            const keys = ecPair(session, curve);
            assert.strictEqual(KeyType[keys.privateKey.type], "EC");
            assert.strictEqual(ObjectClass[keys.privateKey.class], "PRIVATE_KEY");
            assert.strictEqual(signs(session, name, keys).length, 2 * size);
            signs(session, "ECDSA", keys, DATA.subarray(0, 32));
            const other = ecPair(session, curve);
            const agree = (own, theirs) => session.deriveKey(
                {
                    name: "ECDH1_DERIVE",
                    params: new graphene.EcdhParams(
                        graphene.EcKdf.SHA1, null, theirs.publicKey.getAttribute({ pointEC: null }).pointEC),
                },
                own.privateKey,
                {
                    class: ObjectClass.SECRET_KEY, token: false, keyType: KeyType.AES, valueLen: 256 / 8,
                    encrypt: true, decrypt: true, extractable: true, sensitive: false,
                },
            ).getAttribute({ value: null }).value;
            assert.deepStrictEqual(agree(keys, other), agree(other, keys));
        }
    },

    ciphers(session) {
        const key = aesKey(session);
        const message = "Encrypted message";
        const cbc = { name: "AES_CBC_PAD", params: IV };
        const cipher = session.createCipher(cbc, key);
        const sealed = Buffer.concat([cipher.update(message), cipher.final()]);
        const decipher = session.createDecipher(cbc, key);
        assert.strictEqual(Buffer.concat([decipher.update(sealed), decipher.final()]).toString(), message);
        for (const [name, params] of [
            ["AES_ECB", null],
            ["AES_CBC", IV],
            ["AES_GCM", new graphene.AesGcm240Params(IV.subarray(0, 12), Buffer.from("header"), 128)],
            // The structure of PKCS#11 v2.30, without ulIvBits.
            ["AES_GCM", new graphene.AesGcmParams(IV.subarray(0, 12), Buffer.from("header"), 128)],
        ]) {
            const sealed = session.createCipher({ name, params }, key).once(DATA, Buffer.alloc(2048));
            const open = () => session.createDecipher({ name, params }, key).once(sealed, Buffer.alloc(2048));
            assert.deepStrictEqual(open(), DATA);
            sealed[sealed.length - 1] ^= 1;
            if (name === "AES_GCM") assert.throws(open, /CKR_ENCRYPTED_DATA_INVALID/);
        }
    },

    macs(session) {
        const key = session.create({
            class: ObjectClass.SECRET_KEY, keyType: KeyType.GENERIC_SECRET, value: DATA.subarray(0, 32), token: false,
            sign: true, verify: true,
        }).toType();
        assert.deepStrictEqual(
            signs(session, "SHA256_HMAC", { privateKey: key, publicKey: key }),
            crypto.createHmac("sha256", DATA.subarray(0, 32)).update(DATA).digest());
    },

    wrapping(session) {
        const keys = rsaPair(session);
        const outer = aesKey(session);
        const inner = aesKey(session, { extractable: true });
        const cbc = { name: "AES_CBC_PAD", params: IV };
        const sealed = session.createCipher(cbc, inner).once(DATA, Buffer.alloc(2048));
        for (const [algorithm, by, of] of [
            ["AES_KEY_WRAP", outer, outer], ["AES_KEY_WRAP_PAD", outer, outer], [cbc, outer, outer],
            ["RSA_PKCS", keys.publicKey, keys.privateKey],
        ]) {
            const wrapped = session.wrapKey(algorithm, by, inner);
            const key = session.unwrapKey(algorithm, of, wrapped, {
                class: ObjectClass.SECRET_KEY, keyType: KeyType.AES, token: false, decrypt: true,
            });
            assert.deepStrictEqual(session.createDecipher(cbc, key).once(sealed, Buffer.alloc(2048)), DATA);
            assert.throws(() => session.wrapKey(algorithm, by, outer), /CKR_KEY_UNEXTRACTABLE/);
        }
        const pair = ecPair(session, "secp256r1", { extractable: true });
        const back = session.unwrapKey(cbc, outer, session.wrapKey(cbc, outer, pair.privateKey), {
            class: ObjectClass.PRIVATE_KEY, keyType: KeyType.EC, token: false, sign: true,
        });
        signs(session, "ECDSA_SHA256", { privateKey: back, publicKey: pair.publicKey });
    },

    objects(session) {
        const value = fs.readFileSync("certificate.der");
        const { subject, issuer, serialNumber } = new crypto.X509Certificate(value);
        const certificate = session.create({
            class: ObjectClass.CERTIFICATE, certType: graphene.CertificateType.X_509, private: false, token: true,
            id: Buffer.from([1, 2, 3, 4, 5]), label: "My certificate", value,
            subject: Buffer.from("30163114301206035504030C0B6365727469666963617465", "hex"),
        }).toType();
        assert.deepStrictEqual(certificate.value, value);
        assert.strictEqual(certificate.label, "My certificate");
        assert.strictEqual(graphene.CertificateType[certificate.type], "X_509");
        assert(subject === issuer && serialNumber);
        const data = session.create({ class: ObjectClass.DATA, token: true, label: "note", application: "graphene", value: DATA });
        const found = session.find({ class: ObjectClass.DATA, label: "note" });
        assert.strictEqual(found.length, 1);
        assert.deepStrictEqual(found.items(0).toType().value, DATA);
        data.setAttribute({ label: "renamed" });
        assert.strictEqual(session.find({ label: "note" }).length, 0);
        assert.strictEqual(data.copy({ label: "copy" }).getAttribute("label"), "copy");
        assert(data.size > DATA.length);
        const classes = [];
        session.find((object) => { classes.push(ObjectClass[object.class]); });
        assert(classes.includes("DATA") && classes.includes("CERTIFICATE"), classes);
        assert.strictEqual(session.destroy({ class: ObjectClass.DATA }), 2);
        certificate.destroy();
        assert.strictEqual(session.find({ class: ObjectClass.CERTIFICATE }).length, 0);
    },

    async callbacks(session) {
        const later = (call) => new Promise((resolve, reject) =>
            call((error, value) => error ? reject(error) : resolve(value)));
        const keys = await later((done) => session.generateKeyPair(
            KeyGenMechanism.RSA,
            { keyType: KeyType.RSA, modulusBits: 2048, publicExponent: Buffer.from([1, 0, 1]), token: false, verify: true },
            { keyType: KeyType.RSA, token: false, sign: true },
            done));
        const sessions = Array.from({ length: 4 }, () => session.slot.open());
        await Promise.all(sessions.map(async (own) => {
            const signature = await later((done) => own.createSign("SHA256_RSA_PKCS", keys.privateKey).once(DATA, done));
            assert(await later((done) => own.createVerify("SHA256_RSA_PKCS", keys.publicKey).once(DATA, signature, done)));
            own.close();
        }));
    },

    pins(session) {
        session.setPin(PIN, "another-1234");
        session.logout();
        assert.throws(() => session.login(PIN), /CKR_PIN_INCORRECT/);
        session.login(SO_PIN, graphene.UserType.SO);
        session.initPin(PIN);
        session.logout();
        session.login(PIN);
    },
};

(async () => {
    const module = graphene.Module.load(KEYSTEAD_LIB, "Keystead");
    module.initialize();
    const slot = module.getSlots(0);
    assert(slot.flags & SlotFlag.TOKEN_PRESENT);
    const session = slot.open(graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);
    session.login(PIN);
    for (const [name, scenario] of Object.entries(scenarios)) {
        console.log("graphene-pk11:", name);
        await scenario(session);
    }
    session.logout();
    session.close();
    module.finalize();
    module.close();
})();
