// SPDX-License-Identifier: MIT OR Apache-2.0
// node-webcrypto-p11 on a token: each algorithm of its table, against Node's own Web Crypto, and its two stores.
"use strict";
const assert = require("node:assert");
const { webcrypto } = require("node:crypto");
const fs = require("node:fs");
const { Crypto } = require("node-webcrypto-p11");
const x509 = require("@peculiar/x509");

const { PIN, KEYSTEAD_LIB } = process.env;
const DATA = Buffer.from(Array.from({ length: 1024 }, (_, each) => each & 255));
const soft = webcrypto.subtle;
const crypto = new Crypto({ library: KEYSTEAD_LIB, name: "Keystead", slot: 0, readWrite: true, pin: PIN });
const { subtle } = crypto;

const bytes = (buffer) => Buffer.from(buffer);
const same = (left, right) => assert.deepStrictEqual(bytes(left), bytes(right));

// A signature of the token holds for Node, and the other way round; a changed one does not hold.
async function signs(generation, algorithm) {
    const keys = await subtle.generateKey(generation, true, ["sign", "verify"]);
    const signature = await subtle.sign(algorithm, keys.privateKey, DATA);
    assert(await subtle.verify(algorithm, keys.publicKey, signature, DATA));
    assert(!(await subtle.verify(algorithm, keys.publicKey, signature, DATA.subarray(1))));
    const spki = await subtle.exportKey("spki", keys.publicKey);
    const outside = await soft.importKey("spki", spki, generation, true, ["verify"]);
    assert(await soft.verify(algorithm, outside, signature, DATA));
    const own = await soft.generateKey(generation, true, ["sign", "verify"]);
    for (const format of ["pkcs8", "jwk"]) {
        const exported = await soft.exportKey(format, own.privateKey);
        const inside = await subtle.importKey(format, exported, generation, false, ["sign"]);
        assert(await soft.verify(algorithm, own.publicKey, await subtle.sign(algorithm, inside, DATA), DATA));
        await assert.rejects(subtle.exportKey("pkcs8", inside));
    }
    return keys;
}

const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const scenarios = {
    async digests() {
        for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
            same(await subtle.digest(name, DATA), await soft.digest(name, DATA));
        }
        const array = crypto.getRandomValues(new Uint8Array(64));
        assert(array.some((each) => each !== array[0]));
    },

    async rsa() {
        const hash = "SHA-256";
        await signs({ name: "RSASSA-PKCS1-v1_5", ...RSA }, { name: "RSASSA-PKCS1-v1_5", hash });
        await signs({ name: "RSA-PSS", ...RSA }, { name: "RSA-PSS", hash, saltLength: 32 });
        const oaep = { name: "RSA-OAEP", ...RSA };
        const keys = await subtle.generateKey(oaep, true, ["encrypt", "decrypt", "wrapKey", "unwrapKey"]);
        const sealed = await subtle.encrypt({ name: "RSA-OAEP" }, keys.publicKey, DATA.subarray(0, 50));
        same(await subtle.decrypt({ name: "RSA-OAEP" }, keys.privateKey, sealed), DATA.subarray(0, 50));
        const outside = await soft.importKey("jwk", await subtle.exportKey("jwk", keys.publicKey), oaep, true, ["encrypt"]);
        const other = await soft.encrypt({ name: "RSA-OAEP" }, outside, DATA.subarray(0, 50));
        same(await subtle.decrypt({ name: "RSA-OAEP" }, keys.privateKey, other), DATA.subarray(0, 50));
        const aes = await subtle.generateKey({ name: "AES-CBC", length: 256 }, true, ["encrypt", "decrypt"]);
        const wrapped = await subtle.wrapKey("raw", aes, keys.publicKey, { name: "RSA-OAEP" });
        const back = await subtle.unwrapKey(
            "raw", wrapped, keys.privateKey, { name: "RSA-OAEP" }, { name: "AES-CBC" }, true, ["encrypt", "decrypt"]);
        same(await subtle.exportKey("raw", back), await subtle.exportKey("raw", aes));
        const old = await subtle.generateKey({ ...RSA, name: "RSAES-PKCS1-v1_5" }, false, ["encrypt", "decrypt"]);
        const text = await subtle.encrypt({ name: "RSAES-PKCS1-v1_5" }, old.publicKey, DATA.subarray(0, 50));
        same(await subtle.decrypt({ name: "RSAES-PKCS1-v1_5" }, old.privateKey, text), DATA.subarray(0, 50));
    },

    async curves() {
        for (const namedCurve of ["P-256", "P-384", "P-521"]) {
            await signs({ name: "ECDSA", namedCurve }, { name: "ECDSA", hash: "SHA-256" });
            const ecdh = { name: "ECDH", namedCurve };
            const keys = await subtle.generateKey(ecdh, false, ["deriveBits", "deriveKey"]);
            const other = await soft.generateKey(ecdh, true, ["deriveBits"]);
            const theirs = await subtle.importKey("raw", await soft.exportKey("raw", other.publicKey), ecdh, true, []);
            const ours = await soft.importKey("raw", await subtle.exportKey("raw", keys.publicKey), ecdh, true, []);
            same(
                await subtle.deriveBits({ name: "ECDH", public: theirs }, keys.privateKey, 256),
                await soft.deriveBits({ name: "ECDH", public: ours }, other.privateKey, 256));
            const derived = await subtle.deriveKey(
                { name: "ECDH", public: theirs }, keys.privateKey, { name: "AES-CBC", length: 256 }, true, ["encrypt"]);
            assert.strictEqual((await subtle.exportKey("raw", derived)).byteLength, 32);
        }
        const k256 = await subtle.generateKey({ name: "ECDSA", namedCurve: "K-256" }, false, ["sign", "verify"]);
        const signature = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, k256.privateKey, DATA);
        assert(await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, k256.publicKey, signature, DATA));
    },

    async ciphers() {
        const iv = DATA.subarray(0, 16);
        for (const [algorithm, tests] of [
            [{ name: "AES-CBC", iv }, true],
            [{ name: "AES-GCM", iv: iv.subarray(0, 12), additionalData: DATA, tagLength: 128 }, true],
            [{ name: "AES-ECB" }, false],
        ]) {
            for (const length of [128, 192, 256]) {
                const key = await subtle.generateKey({ name: algorithm.name, length }, true, ["encrypt", "decrypt"]);
                const sealed = await subtle.encrypt(algorithm, key, DATA);
                same(await subtle.decrypt(algorithm, key, sealed), DATA);
                if (!tests) continue;
                const raw = await subtle.exportKey("raw", key);
                const outside = await soft.importKey("raw", raw, algorithm.name, true, ["encrypt"]);
                same(await soft.encrypt(algorithm, outside, DATA), sealed);
                const inside = await subtle.importKey("raw", raw, algorithm.name, false, ["decrypt"]);
                same(await subtle.decrypt(algorithm, inside, sealed), DATA);
                await assert.rejects(subtle.exportKey("raw", inside));
                if (algorithm.name !== "AES-GCM") continue;
                bytes(sealed)[0] ^= 1;
                await assert.rejects(subtle.decrypt(algorithm, inside, bytes(sealed).subarray(0, 1039)));
            }
        }
    },

    async macs() {
        for (const hash of ["SHA-1", "SHA-256", "SHA-512"]) {
            const algorithm = { name: "HMAC", hash };
            const key = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
            const mac = await subtle.sign("HMAC", key, DATA);
            assert(await subtle.verify("HMAC", key, mac, DATA));
            assert(!(await subtle.verify("HMAC", key, mac, DATA.subarray(1))));
            const outside = await soft.importKey("raw", await subtle.exportKey("raw", key), algorithm, true, ["verify"]);
            assert(await soft.verify("HMAC", outside, mac, DATA));
        }
    },

    async keys_are_stored() {
        const algorithm = { name: "ECDSA", hash: "SHA-256" };
        const keys = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
        const names = [await crypto.keyStorage.setItem(keys.privateKey), await crypto.keyStorage.setItem(keys.publicKey)];
        assert.deepStrictEqual((await crypto.keyStorage.keys()).sort(), names.sort());
        const privateKey = await crypto.keyStorage.getItem(names.find((name) => name.startsWith("private")));
        const publicKey = await crypto.keyStorage.getItem(names.find((name) => name.startsWith("public")));
        const signature = await subtle.sign(algorithm, privateKey, DATA);
        assert(await subtle.verify(algorithm, publicKey, signature, DATA));
        assert(await crypto.keyStorage.hasItem(privateKey));
        await crypto.keyStorage.removeItem(names[0]);
        assert.strictEqual((await crypto.keyStorage.keys()).length, 1);
        await crypto.keyStorage.clear();
        assert.deepStrictEqual(await crypto.keyStorage.keys(), []);
    },

    async certificates() {
        const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
        const given = await crypto.certStorage.importCert("raw", fs.readFileSync("certificate.der"), algorithm, ["verify"]);
        assert.strictEqual(given.subjectName, "CN=certificate");
        const keys = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
        x509.cryptoProvider.set(crypto);
        const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
        const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: "CN=own", keys, signingAlgorithm });
        assert(await request.verify());
        const made = await x509.X509CertificateGenerator.createSelfSigned({
            serialNumber: "01", name: "CN=own", notBefore: new Date(), notAfter: new Date(Date.now() + 86400000),
            keys, signingAlgorithm,
        });
        const own = await crypto.certStorage.importCert(
            "raw", made.rawData, { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }, ["verify"]);
        for (const certificate of [given, own]) {
            const name = await crypto.certStorage.setItem(certificate);
            assert(name.startsWith("x509-"));
            const found = await crypto.certStorage.getItem(name);
            assert.strictEqual(found.subjectName, certificate.subjectName);
            same(await crypto.certStorage.exportCert("raw", found), certificate.value);
        }
        const signature = await subtle.sign(signingAlgorithm, keys.privateKey, DATA);
        assert(await subtle.verify(signingAlgorithm, own.publicKey, signature, DATA));
        assert.strictEqual((await crypto.certStorage.keys()).length, 2);
        await crypto.certStorage.clear();
    },

    async login() {
        crypto.logout();
        assert.throws(() => crypto.login("wrong-1234"), /CKR_PIN_INCORRECT/);
        crypto.login(PIN);
        assert(crypto.isLoggedIn);
    },
};

(async () => {
    for (const [name, scenario] of Object.entries(scenarios)) {
        console.log("node-webcrypto-p11:", name);
        await scenario();
    }
    crypto.close();
})();
