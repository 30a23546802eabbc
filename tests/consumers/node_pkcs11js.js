// SPDX-License-Identifier: MIT OR Apache-2.0
// pkcs11js on a token: every example of its README, and what else its users do.
"use strict";
const assert = require("node:assert");
const crypto = require("node:crypto");
const pkcs11js = require("pkcs11js");

const { PIN, SO_PIN, KEYSTEAD_LIB } = process.env;
const DATA = Buffer.from(Array.from({ length: 1024 }, (_, each) => each & 255));
const P256 = Buffer.from("06082A8648CE3D030107", "hex");
const ED25519 = Buffer.from("06032B6570", "hex");
// pkcs11js knows the names up to PKCS#11 v2.40; numbers from 3.0 and 3.2 go through as they are.
const CKK_EC_EDWARDS = 0x40, CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055, CKM_EDDSA = 0x1057;
const CKK_ML_DSA = 0x4a, CKM_ML_DSA_KEY_PAIR_GEN = 0x1c, CKM_ML_DSA = 0x1d;
const CKA_PARAMETER_SET = 0x61d, CKP_ML_DSA_65 = 2;
const CKM_AES_KEY_WRAP_KWP = 0x210b, CKM_SHA3_256 = 0x2b0;

const pkcs11 = new pkcs11js.PKCS11();
pkcs11.load(KEYSTEAD_LIB);
let session;

const attribute = (name, value) => ({ type: pkcs11js[`CKA_${name}`] ?? Number(name), value });
const template = (attributes) => Object.entries(attributes).map(([name, value]) => attribute(name, value));
const read = (object, ...names) =>
    pkcs11.C_GetAttributeValue(session, object, names.map((name) => attribute(name))).map((each) => each.value);

function refused(name, call) {
    // Some functions say "NAME:number" where others have a class of their own.
    assert.throws(call, (error) => {
        assert.strictEqual(error.message.split(":")[0], name, error);
        return true;
    });
}

function pair(mechanism, publicAttributes, privateAttributes = {}) {
    return pkcs11.C_GenerateKeyPair(
        session,
        { mechanism },
        template({ CLASS: pkcs11js.CKO_PUBLIC_KEY, TOKEN: false, ...publicAttributes }),
        template({ CLASS: pkcs11js.CKO_PRIVATE_KEY, TOKEN: false, ...privateAttributes }),
    );
}

function rsaPair(more = {}, privateMore = {}) {
    return pair(
        pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN,
        { PUBLIC_EXPONENT: Buffer.from([1, 0, 1]), MODULUS_BITS: 2048, VERIFY: true, ENCRYPT: true, WRAP: true, ...more },
        { SIGN: true, DECRYPT: true, UNWRAP: true, ...privateMore },
    );
}

const secret = (more = {}) =>
    pkcs11.C_GenerateKey(session, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, template({
        CLASS: pkcs11js.CKO_SECRET_KEY, TOKEN: false, LABEL: "My AES Key", VALUE_LEN: 256 / 8,
        ENCRYPT: true, DECRYPT: true, WRAP: true, UNWRAP: true, ...more,
    }));

function find(attributes) {
    pkcs11.C_FindObjectsInit(session, template(attributes));
    const found = [];
    for (let object = pkcs11.C_FindObjects(session); object; object = pkcs11.C_FindObjects(session)) found.push(object);
    pkcs11.C_FindObjectsFinal(session);
    return found;
}

function signs(keys, mechanism, length, data = DATA) {
    pkcs11.C_SignInit(session, mechanism, keys.privateKey);
    const signature = pkcs11.C_Sign(session, data, Buffer.alloc(length));
    pkcs11.C_VerifyInit(session, mechanism, keys.publicKey);
    assert.strictEqual(pkcs11.C_Verify(session, data, signature), true);
    const wrong = Buffer.from(data);
    wrong[0] ^= 1;
    pkcs11.C_VerifyInit(session, mechanism, keys.publicKey);
    refused("CKR_SIGNATURE_INVALID", () => pkcs11.C_Verify(session, wrong, signature));
    return signature;
}

function seals(key, mechanism, room = 64) {
    pkcs11.C_EncryptInit(session, mechanism, key);
    const sealed = pkcs11.C_Encrypt(session, DATA, Buffer.alloc(DATA.length + room));
    pkcs11.C_DecryptInit(session, mechanism, key);
    assert.deepStrictEqual(pkcs11.C_Decrypt(session, sealed, Buffer.alloc(DATA.length + room)), DATA);
    return sealed;
}

const scenarios = {
    information() {
        assert.strictEqual(pkcs11.C_GetInfo().manufacturerID.trim(), "Keystead");
        const [slot] = pkcs11.C_GetSlotList(true);
        assert(pkcs11.C_GetSlotInfo(slot).flags & pkcs11js.CKF_TOKEN_PRESENT);
        assert.strictEqual(pkcs11.C_GetTokenInfo(slot).label.trim(), "consumer");
        const mechanisms = pkcs11.C_GetMechanismList(slot);
        assert(mechanisms.includes(pkcs11js.CKM_AES_GCM));
        for (const mechanism of mechanisms) pkcs11.C_GetMechanismInfo(slot, mechanism);
        assert(pkcs11.C_GetMechanismInfo(slot, pkcs11js.CKM_RSA_PKCS).flags & pkcs11js.CKF_SIGN);
        refused("CKR_MECHANISM_INVALID", () => pkcs11.C_GetMechanismInfo(slot, pkcs11js.CKM_SKIPJACK_WRAP));
        assert.strictEqual(pkcs11.C_GetSessionInfo(session).state, 3 /* CKS_RW_USER_FUNCTIONS */);
        assert(!pkcs11.C_WaitForSlotEvent(pkcs11js.CKF_DONT_BLOCK));
    },

    objects() {
        const object = pkcs11.C_CreateObject(session, template({
            CLASS: pkcs11js.CKO_DATA, TOKEN: false, PRIVATE: false, LABEL: "My custom data",
        }));
        pkcs11.C_SetAttributeValue(session, object, template({ LABEL: "My custom data!!!" }));
        const [label, token] = read(object, "LABEL", "TOKEN");
        assert.strictEqual(label.toString(), "My custom data!!!");
        assert.strictEqual(!!token[0], false);
        // The README's copy: attributes without a value.
        refused("CKR_ATTRIBUTE_VALUE_INVALID", () =>
            pkcs11.C_CopyObject(session, object, template({ CLASS: undefined, TOKEN: undefined })));
        const copy = pkcs11.C_CopyObject(session, object, template({ LABEL: "copy", VALUE: DATA }));
        assert.deepStrictEqual(read(copy, "VALUE"), [DATA]);
        assert(pkcs11.C_GetObjectSize(session, copy) > DATA.length);
        assert.strictEqual(find({ CLASS: pkcs11js.CKO_DATA }).length, 2);
        assert.strictEqual(find({ CLASS: pkcs11js.CKO_DATA, LABEL: "copy" }).length, 1);
        pkcs11.C_FindObjectsInit(session, template({ CLASS: pkcs11js.CKO_DATA }));
        assert.strictEqual(pkcs11.C_FindObjects(session, 5).length, 2);
        pkcs11.C_FindObjectsFinal(session);
        pkcs11.C_DestroyObject(session, copy);
        pkcs11.C_DestroyObject(session, object);
        refused("CKR_OBJECT_HANDLE_INVALID", () => read(object, "LABEL"));
    },

    digests() {
        for (const [mechanism, name] of [
            [pkcs11js.CKM_SHA_1, "sha1"], [pkcs11js.CKM_SHA256, "sha256"],
            [pkcs11js.CKM_SHA512, "sha512"], [CKM_SHA3_256, "sha3-256"],
        ]) {
            const expected = crypto.createHash(name).update(DATA).digest();
            pkcs11.C_DigestInit(session, { mechanism });
            assert.deepStrictEqual(pkcs11.C_Digest(session, DATA, Buffer.alloc(64)), expected);
            pkcs11.C_DigestInit(session, { mechanism });
            pkcs11.C_DigestUpdate(session, DATA.subarray(0, 5));
            pkcs11.C_DigestUpdate(session, DATA.subarray(5));
            assert.deepStrictEqual(pkcs11.C_DigestFinal(session, Buffer.alloc(64)), expected);
        }
        refused("CKR_OPERATION_NOT_INITIALIZED", () => pkcs11.C_Digest(session, DATA, Buffer.alloc(64)));
        pkcs11.C_DigestInit(session, { mechanism: pkcs11js.CKM_SHA256 });
        refused("CKR_BUFFER_TOO_SMALL", () => pkcs11.C_Digest(session, DATA, Buffer.alloc(4)));
        assert.strictEqual(pkcs11.C_Digest(session, DATA, Buffer.alloc(32)).length, 32);
        assert.notDeepStrictEqual(
            pkcs11.C_GenerateRandom(session, Buffer.alloc(20)), pkcs11.C_GenerateRandom(session, Buffer.alloc(20)));
    },

    rsa() {
        const keys = rsaPair({ LABEL: "My RSA Public Key" }, { LABEL: "My RSA Private Key" });
        const [modulus, exponent] = read(keys.publicKey, "MODULUS", "PUBLIC_EXPONENT");
        const key = crypto.createPublicKey({
            key: { kty: "RSA", n: modulus.toString("base64url"), e: exponent.toString("base64url") }, format: "jwk",
        });
        const signature = signs(keys, { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS }, 256);
        assert(crypto.verify("sha256", DATA, key, signature));
        pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS }, keys.privateKey);
        pkcs11.C_SignUpdate(session, DATA.subarray(0, 100));
        pkcs11.C_SignUpdate(session, DATA.subarray(100));
        assert.deepStrictEqual(pkcs11.C_SignFinal(session, Buffer.alloc(256)), signature);
        const pss = {
            mechanism: pkcs11js.CKM_SHA256_RSA_PKCS_PSS,
            parameter: {
                type: pkcs11js.CK_PARAMS_RSA_PSS, hashAlg: pkcs11js.CKM_SHA256, mgf: pkcs11js.CKG_MGF1_SHA256, saltLen: 32,
            },
        };
        const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
        assert(crypto.verify("sha256", DATA, { key, padding, saltLength: 32 }, signs(keys, pss, 256)));
        const oaep = {
            mechanism: pkcs11js.CKM_RSA_PKCS_OAEP,
            parameter: {
                type: pkcs11js.CK_PARAMS_RSA_OAEP, hashAlg: pkcs11js.CKM_SHA256, mgf: pkcs11js.CKG_MGF1_SHA256, source: 1,
            },
        };
        const sealed = crypto.publicEncrypt({ key, oaepHash: "sha256" }, DATA.subarray(0, 40));
        pkcs11.C_DecryptInit(session, oaep, keys.privateKey);
        assert.deepStrictEqual(pkcs11.C_Decrypt(session, sealed, Buffer.alloc(256)), DATA.subarray(0, 40));
        refused("CKR_ATTRIBUTE_SENSITIVE", () => read(keys.privateKey, "PRIVATE_EXPONENT"));
        refused("CKR_MECHANISM_PARAM_INVALID", () => pkcs11.C_SignInit(session, {
            ...pss, parameter: { ...pss.parameter, hashAlg: pkcs11js.CKM_SHA512 },
        }, keys.privateKey));
        pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_RSA_PKCS }, keys.privateKey);
        refused("CKR_DATA_LEN_RANGE", () => pkcs11.C_Sign(session, DATA, Buffer.alloc(256)));
    },

    curves() {
        const pairs = [0, 1].map(() => pair(
            pkcs11js.CKM_EC_KEY_PAIR_GEN,
            { LABEL: "My EC Public Key", EC_PARAMS: P256, VERIFY: true },
            { LABEL: "My EC Private Key", DERIVE: true, SIGN: true },
        ));
        const [keys] = pairs;
        const [point] = read(keys.publicKey, "EC_POINT");
        const jwk = { kty: "EC", crv: "P-256" };
        jwk.x = point.subarray(3, 35).toString("base64url");
        jwk.y = point.subarray(35).toString("base64url");
        const key = crypto.createPublicKey({ key: jwk, format: "jwk" });
        const signature = signs(keys, { mechanism: pkcs11js.CKM_ECDSA_SHA256 }, 64);
        assert(crypto.verify("sha256", DATA, { key, dsaEncoding: "ieee-p1363" }, signature));
        signs(keys, { mechanism: pkcs11js.CKM_ECDSA }, 64, DATA.subarray(0, 32));

        const derive = (own, other, kdf) => pkcs11.C_DeriveKey(
            session,
            {
                mechanism: pkcs11js.CKM_ECDH1_DERIVE,
                parameter: { type: pkcs11js.CK_PARAMS_EC_DH, kdf, publicData: read(other.publicKey, "EC_POINT")[0] },
            },
            own.privateKey,
            template({
                CLASS: pkcs11js.CKO_SECRET_KEY, TOKEN: false, KEY_TYPE: pkcs11js.CKK_AES, LABEL: "Derived AES key",
                ENCRYPT: true, DECRYPT: true, VALUE_LEN: 256 / 8, EXTRACTABLE: true, SENSITIVE: false,
            }),
        );
        for (const kdf of [pkcs11js.CKD_NULL, pkcs11js.CKD_SHA1_KDF, pkcs11js.CKD_SHA256_KDF]) {
            // One block of SHA-1 is too short for 32 bytes, the function derives as many as it needs.
            const [ours] = read(derive(pairs[0], pairs[1], kdf), "VALUE");
            const [theirs] = read(derive(pairs[1], pairs[0], kdf), "VALUE");
            assert.deepStrictEqual(ours, theirs);
            assert.strictEqual(ours.length, 32);
        }
        assert.throws(
            () => pair(pkcs11js.CKM_EC_KEY_PAIR_GEN, { EC_PARAMS: Buffer.from("06052B81040001", "hex") }),
            { code: 0x140 /* CKR_CURVE_NOT_SUPPORTED, a name it does not know */ });
    },

    edwards_and_lattices() {
        const edwards = pair(
            CKM_EC_EDWARDS_KEY_PAIR_GEN,
            { KEY_TYPE: CKK_EC_EDWARDS, EC_PARAMS: ED25519, VERIFY: true },
            { KEY_TYPE: CKK_EC_EDWARDS, SIGN: true },
        );
        const [point] = read(edwards.publicKey, "EC_POINT");
        const key = crypto.createPublicKey({
            key: { kty: "OKP", crv: "Ed25519", x: point.subarray(-32).toString("base64url") }, format: "jwk",
        });
        assert(crypto.verify(null, DATA, key, signs(edwards, { mechanism: CKM_EDDSA }, 64)));
        const set = Buffer.alloc(8);
        set.writeUInt8(CKP_ML_DSA_65);
        const lattices = pair(
            CKM_ML_DSA_KEY_PAIR_GEN,
            { KEY_TYPE: CKK_ML_DSA, [CKA_PARAMETER_SET]: set, VERIFY: true },
            { KEY_TYPE: CKK_ML_DSA, SIGN: true },
        );
        assert.strictEqual(signs(lattices, { mechanism: CKM_ML_DSA }, 3309).length, 3309);
    },

    ciphers() {
        const key = secret();
        const iv = pkcs11.C_GenerateRandom(session, Buffer.alloc(16));
        for (const mechanism of [
            { mechanism: pkcs11js.CKM_AES_ECB },
            { mechanism: pkcs11js.CKM_AES_CBC, parameter: iv },
            { mechanism: pkcs11js.CKM_AES_CBC_PAD, parameter: iv },
            {
                mechanism: pkcs11js.CKM_AES_GCM,
                parameter: { type: pkcs11js.CK_PARAMS_AES_GCM_v240, iv: iv.subarray(0, 12), ivBits: 96, aad: DATA, tagBits: 128 },
            },
            {
                mechanism: pkcs11js.CKM_AES_CCM,
                parameter: {
                    type: pkcs11js.CK_PARAMS_AES_CCM, dataLength: DATA.length, nonce: iv.subarray(0, 12), aad: DATA, macLength: 16,
                },
            },
        ]) seals(key, mechanism);

        // The README's pieces, where each answer has the room of one block.
        const cbc = { mechanism: pkcs11js.CKM_AES_CBC_PAD, parameter: iv };
        pkcs11.C_EncryptInit(session, cbc, key);
        const sealed = Buffer.concat([
            pkcs11.C_EncryptUpdate(session, Buffer.from("Incoming data 1"), Buffer.alloc(16)),
            pkcs11.C_EncryptUpdate(session, Buffer.from("Incoming data N"), Buffer.alloc(16)),
            pkcs11.C_EncryptFinal(session, Buffer.alloc(16)),
        ]);
        pkcs11.C_DecryptInit(session, cbc, key);
        const opened = Buffer.concat([
            pkcs11.C_DecryptUpdate(session, sealed, Buffer.alloc(32)),
            pkcs11.C_DecryptFinal(session, Buffer.alloc(16)),
        ]);
        assert.strictEqual(opened.toString(), "Incoming data 1Incoming data N");
        pkcs11.C_EncryptInit(session, { mechanism: pkcs11js.CKM_AES_CBC, parameter: iv }, key);
        refused("CKR_DATA_LEN_RANGE", () => pkcs11.C_Encrypt(session, DATA.subarray(1), Buffer.alloc(2000)));
        refused("CKR_MECHANISM_PARAM_INVALID", () =>
            pkcs11.C_EncryptInit(session, { mechanism: pkcs11js.CKM_AES_CBC, parameter: iv.subarray(1) }, key));
        pkcs11.C_DecryptInit(session, cbc, key);
        refused("CKR_ENCRYPTED_DATA_LEN_RANGE", () => pkcs11.C_Decrypt(session, DATA.subarray(1), Buffer.alloc(2000)));
        const triple = pkcs11.C_GenerateKey(session, { mechanism: pkcs11js.CKM_DES3_KEY_GEN }, template({
            TOKEN: false, ENCRYPT: true, DECRYPT: true,
        }));
        seals(triple, { mechanism: pkcs11js.CKM_DES3_CBC_PAD, parameter: iv.subarray(0, 8) });
    },

    macs() {
        const key = pkcs11.C_CreateObject(session, template({
            CLASS: pkcs11js.CKO_SECRET_KEY, KEY_TYPE: pkcs11js.CKK_GENERIC_SECRET, TOKEN: false,
            VALUE: DATA.subarray(0, 32), SIGN: true, VERIFY: true,
        }));
        const both = { privateKey: key, publicKey: key };
        assert.deepStrictEqual(
            signs(both, { mechanism: pkcs11js.CKM_SHA256_HMAC }, 32),
            crypto.createHmac("sha256", DATA.subarray(0, 32)).update(DATA).digest());
        const aes = secret({ SIGN: true, VERIFY: true });
        signs({ privateKey: aes, publicKey: aes }, { mechanism: pkcs11js.CKM_AES_CMAC }, 16);
    },

    wrapping() {
        const inner = secret({ EXTRACTABLE: true, SENSITIVE: false });
        const outer = secret();
        const keys = rsaPair({}, { EXTRACTABLE: true });
        const iv = { mechanism: pkcs11js.CKM_AES_CBC_PAD, parameter: DATA.subarray(0, 16) };
        const sealed = seals(inner, iv);
        const back = { CLASS: pkcs11js.CKO_SECRET_KEY, KEY_TYPE: pkcs11js.CKK_AES, TOKEN: false, DECRYPT: true };
        for (const [by, of, mechanism] of [
            [outer, outer, { mechanism: pkcs11js.CKM_AES_KEY_WRAP }],
            [outer, outer, { mechanism: CKM_AES_KEY_WRAP_KWP }],
            [outer, outer, iv],
            [keys.publicKey, keys.privateKey, { mechanism: pkcs11js.CKM_RSA_PKCS }],
        ]) {
            const wrapped = pkcs11.C_WrapKey(session, mechanism, by, inner, Buffer.alloc(512));
            const key = pkcs11.C_UnwrapKey(session, mechanism, of, wrapped, template(back));
            pkcs11.C_DecryptInit(session, iv, key);
            assert.deepStrictEqual(pkcs11.C_Decrypt(session, sealed, Buffer.alloc(2048)), DATA);
            refused("CKR_KEY_UNEXTRACTABLE", () => pkcs11.C_WrapKey(session, mechanism, by, outer, Buffer.alloc(512)));
        }
        const wrapped = pkcs11.C_WrapKey(session, iv, outer, keys.privateKey, Buffer.alloc(4096));
        const privateKey = pkcs11.C_UnwrapKey(session, iv, outer, wrapped, template({
            CLASS: pkcs11js.CKO_PRIVATE_KEY, KEY_TYPE: pkcs11js.CKK_RSA, TOKEN: false, SIGN: true,
        }));
        signs({ privateKey, publicKey: keys.publicKey }, { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS }, 256);
        wrapped[0] ^= 1;
        assert.throws(() => pkcs11.C_UnwrapKey(session, iv, outer, wrapped, template({
            CLASS: pkcs11js.CKO_PRIVATE_KEY, KEY_TYPE: pkcs11js.CKK_RSA, TOKEN: false, SIGN: true,
        })), /CKR_/);
    },

    async promises() {
        const mechanism = { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS };
        const keys = await pkcs11.C_GenerateKeyPairAsync(
            session,
            { mechanism: pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN },
            template({ CLASS: pkcs11js.CKO_PUBLIC_KEY, MODULUS_BITS: 2048, PUBLIC_EXPONENT: Buffer.from([1, 0, 1]), VERIFY: true }),
            template({ CLASS: pkcs11js.CKO_PRIVATE_KEY, SIGN: true }),
        );
        const [slot] = pkcs11.C_GetSlotList(true);
        await Promise.all(Array.from({ length: 8 }, async () => {
            const own = pkcs11.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
            for (let each = 0; each < 5; each++) {
                pkcs11.C_SignInit(own, mechanism, keys.privateKey);
                const signature = await pkcs11.C_SignAsync(own, DATA, Buffer.alloc(256));
                pkcs11.C_VerifyInit(own, mechanism, keys.publicKey);
                assert.strictEqual(await pkcs11.C_VerifyAsync(own, DATA, signature), true);
            }
            pkcs11.C_CloseSession(own);
        }));
    },

    sessions() {
        const [slot] = pkcs11.C_GetSlotList(true);
        secret({ TOKEN: true, LABEL: "kept" });
        pkcs11.C_Logout(session);
        assert.strictEqual(find({ LABEL: "kept" }).length, 0);
        refused("CKR_USER_NOT_LOGGED_IN", () => secret({ TOKEN: true }));
        refused("CKR_PIN_INCORRECT", () => pkcs11.C_Login(session, pkcs11js.CKU_USER, "wrong-1234"));
        pkcs11.C_Login(session, pkcs11js.CKU_USER, PIN);
        refused("CKR_USER_ALREADY_LOGGED_IN", () => pkcs11.C_Login(session, pkcs11js.CKU_USER, PIN));
        assert.strictEqual(find({ LABEL: "kept" }).length, 1);
        const readOnly = pkcs11.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
        refused("CKR_SESSION_READ_ONLY", () => pkcs11.C_DestroyObject(readOnly, find({ LABEL: "kept" })[0]));
        pkcs11.C_DestroyObject(session, find({ LABEL: "kept" })[0]);
        pkcs11.C_CloseSession(readOnly);
        refused("CKR_SESSION_HANDLE_INVALID", () => pkcs11.C_GetSessionInfo(readOnly));
        refused("CKR_SESSION_PARALLEL_NOT_SUPPORTED", () => pkcs11.C_OpenSession(slot, pkcs11js.CKF_RW_SESSION));
        refused("CKR_SLOT_ID_INVALID", () => pkcs11.C_GetTokenInfo(Buffer.alloc(8, 0x7f)));
        pkcs11.C_SetPIN(session, PIN, "another-1234");
        pkcs11.C_SetPIN(session, "another-1234", PIN);
        refused("CKR_TEMPLATE_INCOMPLETE", () => pkcs11.C_CreateObject(session, template({ LABEL: "no class" })));
        refused("CKR_ATTRIBUTE_VALUE_INVALID", () =>
            pkcs11.C_CreateObject(session, template({ CLASS: Buffer.alloc(3) })));
    },

    tokens() {
        // The last slot has a token that nobody initialized yet.
        // A label is padded to 32 bytes by the caller.
        const LABEL = "second".padEnd(32);
        const slots = pkcs11.C_GetSlotList(true);
        const slot = slots.pop();
        refused("CKR_SESSION_EXISTS", () => pkcs11.C_InitToken(slots[0], SO_PIN, LABEL));
        pkcs11.C_InitToken(slot, SO_PIN, LABEL);
        refused("CKR_PIN_INCORRECT", () => pkcs11.C_InitToken(slot, "wrong-5678", LABEL));
        const own = pkcs11.C_OpenSession(slot, pkcs11js.CKF_RW_SESSION | pkcs11js.CKF_SERIAL_SESSION);
        refused("CKR_USER_PIN_NOT_INITIALIZED", () => pkcs11.C_Login(own, pkcs11js.CKU_USER, PIN));
        pkcs11.C_Login(own, pkcs11js.CKU_SO, SO_PIN);
        pkcs11.C_InitPIN(own, PIN);
        pkcs11.C_Logout(own);
        pkcs11.C_Login(own, pkcs11js.CKU_USER, PIN);
        assert.strictEqual(pkcs11.C_GetTokenInfo(slot).label.trim(), "second");
        pkcs11.C_CloseAllSessions(slot);
        refused("CKR_SESSION_HANDLE_INVALID", () => pkcs11.C_GetSessionInfo(own));
        pkcs11.C_GetSessionInfo(session);
    },
};

(async () => {
    refused("CKR_CRYPTOKI_NOT_INITIALIZED", () => pkcs11.C_GetSlotList(true));
    pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
    refused("CKR_CRYPTOKI_ALREADY_INITIALIZED", () => pkcs11.C_Initialize());
    const [slot] = pkcs11.C_GetSlotList(true);
    session = pkcs11.C_OpenSession(slot, pkcs11js.CKF_RW_SESSION | pkcs11js.CKF_SERIAL_SESSION);
    pkcs11.C_Login(session, pkcs11js.CKU_USER, PIN);
    for (const [name, scenario] of Object.entries(scenarios)) {
        console.log("pkcs11js:", name);
        await scenario();
    }
    pkcs11.C_Logout(session);
    pkcs11.C_CloseSession(session);
    pkcs11.C_Finalize();
    pkcs11.close();
})();
