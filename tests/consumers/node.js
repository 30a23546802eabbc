// SPDX-License-Identifier: MIT OR Apache-2.0
// Node on a token: pkcs11js (functions), graphene-pk11 (objects) and node-webcrypto-p11 (Web Cryptography).
"use strict";
const assert = require("node:assert");
const crypto = require("node:crypto");
const { createRequire } = require("node:module");

const load = createRequire(`${process.env.NODE_ENV_DIR}/package.json`);
const pkcs11 = load("pkcs11js");
const graphene = load("graphene-pk11");
const { Crypto } = load("node-webcrypto-p11");

const library = process.env.KEYSTEAD_LIB;
const pin = process.env.PIN;
const data = crypto.randomBytes(1000);

function functions() {
    const module = new pkcs11.PKCS11();
    module.load(library);
    module.C_Initialize();
    const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trim() === "consumer");
    const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION);
    assert.throws(() => module.C_Login(session, pkcs11.CKU_USER, "wrong-1234"), /CKR_PIN_INCORRECT/);
    module.C_Login(session, pkcs11.CKU_USER, pin);
    const pair = module.C_GenerateKeyPair(
        session,
        { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN },
        [
            { type: pkcs11.CKA_TOKEN, value: true },
            { type: pkcs11.CKA_LABEL, value: "node" },
            { type: pkcs11.CKA_MODULUS_BITS, value: 2048 },
            { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
        ],
        [
            { type: pkcs11.CKA_TOKEN, value: true },
            { type: pkcs11.CKA_LABEL, value: "node" },
        ],
    );
    const [modulus, exponent] = module.C_GetAttributeValue(session, pair.publicKey, [
        { type: pkcs11.CKA_MODULUS },
        { type: pkcs11.CKA_PUBLIC_EXPONENT },
    ]);
    const open = crypto.createPublicKey({
        format: "jwk",
        key: { kty: "RSA", n: modulus.value.toString("base64url"), e: exponent.value.toString("base64url") },
    });
    module.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, pair.privateKey);
    const signature = module.C_Sign(session, data, Buffer.alloc(256));
    assert(crypto.verify("sha256", data, open, signature));
    const oaep = {
        mechanism: pkcs11.CKM_RSA_PKCS_OAEP,
        parameter: {
            type: pkcs11.CK_PARAMS_RSA_OAEP,
            hashAlg: pkcs11.CKM_SHA256,
            mgf: pkcs11.CKG_MGF1_SHA256,
            // CKZ_DATA_SPECIFIED, which pkcs11js does not name; a field that is missing ends it with a wild free().
            source: 1,
        },
    };
    const sealed = crypto.publicEncrypt({ key: open, oaepHash: "sha256" }, data.subarray(0, 50));
    module.C_DecryptInit(session, oaep, pair.privateKey);
    assert(module.C_Decrypt(session, sealed, Buffer.alloc(300)).equals(data.subarray(0, 50)));
    assert.throws(
        () => module.C_GetAttributeValue(session, pair.privateKey, [{ type: pkcs11.CKA_PRIVATE_EXPONENT }]),
        /CKR_ATTRIBUTE_SENSITIVE/,
    );
    module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_LABEL, value: "node" }]);
    const found = [];
    for (let each = module.C_FindObjects(session); each; each = module.C_FindObjects(session)) {
        found.push(each);
    }
    module.C_FindObjectsFinal(session);
    assert.strictEqual(found.length, 2);
    found.forEach((each) => module.C_DestroyObject(session, each));
    module.C_DigestInit(session, { mechanism: pkcs11.CKM_SHA256 });
    assert(module.C_Digest(session, data, Buffer.alloc(32)).equals(crypto.createHash("sha256").update(data).digest()));
    module.C_Logout(session);
    module.C_CloseSession(session);
    module.C_Finalize();
    module.close();
}

function objects() {
    const module = graphene.Module.load(library, "Keystead");
    module.initialize();
    const session = module.getSlots(0, true).open(graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);
    session.login(pin);
    const aes = session.generateKey(graphene.KeyGenMechanism.AES, {
        class: graphene.ObjectClass.SECRET_KEY,
        keyType: graphene.KeyType.AES,
        valueLen: 32,
        encrypt: true,
        decrypt: true,
        wrap: true,
        unwrap: true,
    });
    const cbc = { name: "AES_CBC_PAD", params: data.subarray(0, 16) };
    const cipher = session.createCipher(cbc, aes);
    const sealed = Buffer.concat([cipher.update(data.subarray(0, 100)), cipher.update(data.subarray(100)), cipher.final()]);
    const decipher = session.createDecipher(cbc, aes);
    assert(Buffer.concat([decipher.update(sealed), decipher.final()]).equals(data));
    const pair = session.generateKeyPair(
        graphene.KeyGenMechanism.EC,
        { keyType: graphene.KeyType.EC, paramsECDSA: graphene.NamedCurve.getByName("secp256r1").value, verify: true },
        { keyType: graphene.KeyType.EC, sign: true, extractable: true },
    );
    const sign = session.createSign("ECDSA_SHA256", pair.privateKey);
    sign.update(data.subarray(0, 10));
    sign.update(data.subarray(10));
    const verify = session.createVerify("ECDSA_SHA256", pair.publicKey);
    verify.update(data);
    assert(verify.final(sign.final()));
    const wrapped = session.wrapKey(cbc, aes, pair.privateKey);
    const back = session.unwrapKey(cbc, aes, wrapped, {
        class: graphene.ObjectClass.PRIVATE_KEY,
        keyType: graphene.KeyType.EC,
        sign: true,
        token: false,
    });
    const again = session.createSign("ECDSA_SHA256", back);
    again.update(data);
    const held = session.createVerify("ECDSA_SHA256", pair.publicKey);
    held.update(data);
    assert(held.final(again.final()));
    session.find({ class: graphene.ObjectClass.SECRET_KEY }, (each) => {
        assert.strictEqual(each.getAttribute({ keyType: null }).keyType, graphene.KeyType.AES);
    });
    session.logout();
    session.close();
    module.finalize();
}

async function web() {
    const token = new Crypto({ library, name: "Keystead", slot: 0, readWrite: true, pin });
    const subtle = token.subtle;
    for (const [algorithm, how] of [
        [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 }],
        [
            { name: "RSA-PSS", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 },
            { name: "RSA-PSS", saltLength: 32 },
        ],
        [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
        [{ name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-512" }],
    ]) {
        const pair = await subtle.generateKey(algorithm, false, ["sign", "verify"]);
        const signature = await subtle.sign(how ?? algorithm.name, pair.privateKey, data);
        assert(await subtle.verify(how ?? algorithm.name, pair.publicKey, signature, data));
        const open = await crypto.subtle.importKey(
            "spki", await subtle.exportKey("spki", pair.publicKey), algorithm, true, ["verify"]);
        assert(await crypto.subtle.verify(how ?? algorithm.name, open, signature, data), algorithm.name);
        await assert.rejects(subtle.exportKey("pkcs8", pair.privateKey));
    }
    for (const how of [
        { name: "AES-CBC", iv: data.subarray(0, 16) },
        { name: "AES-GCM", iv: data.subarray(0, 12), additionalData: data.subarray(0, 5), tagLength: 128 },
    ]) {
        const key = await subtle.generateKey({ name: how.name, length: 256 }, true, ["encrypt", "decrypt"]);
        const sealed = await subtle.encrypt(how, key, data);
        assert(Buffer.from(await subtle.decrypt(how, key, sealed)).equals(data));
        const value = await subtle.exportKey("raw", key);
        const open = await crypto.subtle.importKey("raw", value, how.name, false, ["decrypt"]);
        assert(Buffer.from(await crypto.subtle.decrypt(how, open, sealed)).equals(data));
    }
    const curve = { name: "ECDH", namedCurve: "P-384" };
    const ours = await subtle.generateKey(curve, false, ["deriveBits", "deriveKey"]);
    const theirs = await subtle.generateKey(curve, false, ["deriveBits", "deriveKey"]);
    const secret = await subtle.deriveBits({ name: "ECDH", public: theirs.publicKey }, ours.privateKey, 256);
    const same = await subtle.deriveBits({ name: "ECDH", public: ours.publicKey }, theirs.privateKey, 256);
    assert(Buffer.from(secret).equals(Buffer.from(same)));
    const hmac = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
    assert(await subtle.verify("HMAC", hmac, await subtle.sign("HMAC", hmac, data), data));

    const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const index = await token.keyStorage.setItem(pair.privateKey);
    assert((await token.keyStorage.keys()).includes(index));
    const stored = await token.keyStorage.getItem(index);
    const how = { name: "ECDSA", hash: "SHA-256" };
    assert(await subtle.verify(how, pair.publicKey, await subtle.sign(how, stored, data), data));
    await token.keyStorage.clear();
    assert.strictEqual((await token.keyStorage.keys()).length, 0);
    token.close();
}

async function main() {
    for (const scenario of [functions, objects, web]) {
        console.log(`node: ${scenario.name}`);
        await scenario();
    }
}
main().catch((problem) => {
    console.log(problem);
    process.exit(1);
});
