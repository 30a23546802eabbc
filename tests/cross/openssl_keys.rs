// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys between Keystead and OpenSSL as PKCS#8 and SubjectPublicKeyInfo, and key agreement.

use cryptoki_sys::*;

use crate::client::{Attributes, Session, keystead, random, shown, ulong, usable_secret};
use crate::mechanism::{HASHES, Mech};
use crate::openssl::{OpenSsl, hex};

/// The key that carries others in and out, and its mechanism.
fn carrier(session: &Session<'_>) -> (CK_OBJECT_HANDLE, Mech) {
    let key = session.secret(CKK_AES, &random(32));
    (key, Mech::bytes(CKM_AES_CBC_PAD, &random(16)))
}

/// A private key from its PKCS#8 form, by `C_UnwrapKey`.
pub(crate) fn import(
    session: &Session<'_>,
    key_type: CK_KEY_TYPE,
    pkcs8: &[u8],
) -> CK_OBJECT_HANDLE {
    let (carrier, mech) = carrier(session);
    let wrapped = session.encrypt(&mech, carrier, pkcs8).unwrap();
    session
        .unwrap(&mech, carrier, &wrapped, &shown(CKO_PRIVATE_KEY, key_type))
        .unwrap()
}

/// The PKCS#8 form of a private key, by `C_WrapKey`.
pub(crate) fn export(session: &Session<'_>, key: CK_OBJECT_HANDLE) -> Vec<u8> {
    let (carrier, mech) = carrier(session);
    let wrapped = session.wrap(&mech, carrier, key).unwrap();
    session.decrypt(&mech, carrier, &wrapped).unwrap()
}

/// The public key of a private key.
pub(crate) fn public_half(
    session: &Session<'_>,
    key_type: CK_KEY_TYPE,
    private: CK_OBJECT_HANDLE,
) -> CK_OBJECT_HANDLE {
    let template = vec![
        (CKA_CLASS, ulong(CKO_PUBLIC_KEY)),
        (CKA_KEY_TYPE, ulong(key_type)),
        (CKA_TOKEN, vec![0]),
    ];
    session
        .derive(&Mech::plain(CKM_PUB_KEY_FROM_PRIV_KEY), private, &template)
        .unwrap()
}

/// A key that OpenSSL makes: `<name>.der` is its PKCS#8 form, `<name>.pub` its public key.
pub(crate) fn generate(openssl: &OpenSsl, name: &str, options: &str) -> Vec<u8> {
    openssl.gives(&format!("genpkey {options} -out {name}.pem"));
    openssl.gives(&format!(
        "pkcs8 -topk8 -nocrypt -in {name}.pem -outform DER -out {name}.der"
    ));
    openssl.gives(&format!(
        "pkey -in {name}.pem -pubout -outform DER -out {name}.pub"
    ));
    openssl.file(&format!("{name}.der"))
}

/// The key types, with how OpenSSL generates them.
pub(crate) const EC: [&str; 7] = [
    "secp224r1",
    "prime256v1",
    "secp256k1",
    "brainpoolP256r1",
    "secp384r1",
    "brainpoolP384r1",
    "secp521r1",
];

pub(crate) fn ec_options(curve: &str) -> String {
    format!("-algorithm EC -pkeyopt ec_paramgen_curve:{curve} -pkeyopt ec_param_enc:named_curve")
}

fn all_kinds() -> Vec<(String, CK_KEY_TYPE)> {
    let mut all: Vec<_> = EC.iter().map(|curve| (ec_options(curve), CKK_EC)).collect();
    for bits in [1024, 2048, 3072] {
        let options = format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
        all.push((options, CKK_RSA));
    }
    for (name, key_type) in [
        ("ED25519", CKK_EC_EDWARDS),
        ("ED448", CKK_EC_EDWARDS),
        ("X25519", CKK_EC_MONTGOMERY),
        ("X448", CKK_EC_MONTGOMERY),
    ] {
        all.push((format!("-algorithm {name}"), key_type));
    }
    let dh = "-algorithm DH -pkeyopt group:ffdhe2048";
    all.push((dh.to_owned(), CKK_DH));
    all
}

#[test]
fn a_private_key_of_openssl_comes_in_shows_its_public_key_and_goes_out() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for (options, key_type) in all_kinds() {
        let key = import(&session, key_type, &generate(&openssl, "key", &options));
        if key_type != CKK_DH {
            let public = session.read(key, CKA_PUBLIC_KEY_INFO);
            assert_eq!(public, openssl.file("key.pub"), "{options}");
        }
        // OpenSSL reads what comes out, and makes the same public key of it.
        openssl.write("back.der", &export(&session, key));
        let public = openssl.gives("pkey -inform DER -in back.der -pubout -outform DER");
        assert_eq!(public, openssl.file("key.pub"), "{options}");
        if key_type != CKK_DH {
            openssl.gives("pkey -inform DER -in back.der -check -noout");
        }
    }
}

/// The shared secret by OpenSSL, of its key `own` and the public key in `peer`.
fn theirs(openssl: &OpenSsl, own: &str, peer: &str) -> Vec<u8> {
    openssl.gives(&format!(
        "pkeyutl -derive -keyform DER -inkey {own} -peerform DER -peerkey {peer}"
    ))
}

fn secret(len: Option<usize>) -> Attributes {
    let mut attributes = usable_secret(CKK_GENERIC_SECRET);
    attributes.extend(len.map(|len| (CKA_VALUE_LEN, ulong(len as CK_ULONG))));
    attributes
}

#[test]
fn key_agreement_gives_what_openssl_gives() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    let montgomery =
        ["X25519", "X448"].map(|name| (format!("-algorithm {name}"), CKK_EC_MONTGOMERY));
    let ec = EC.map(|curve| (ec_options(curve), CKK_EC));
    for (options, key_type) in ec.into_iter().chain(montgomery) {
        let ours = import(&session, key_type, &generate(&openssl, "ours", &options));
        let peer = import(&session, key_type, &generate(&openssl, "peer", &options));
        let point = session.read(public_half(&session, key_type, peer), CKA_EC_POINT);
        let agreed = theirs(&openssl, "peer.der", "ours.pub");
        let mech = Mech::ecdh(CKD_NULL, point.clone(), Vec::new());
        let key = session.derive(&mech, ours, &secret(None)).unwrap();
        assert_eq!(session.read(key, CKA_VALUE), agreed, "{options}");
        for (hash, kdf) in [
            ("sha1", CKD_SHA1_KDF),
            ("sha256", CKD_SHA256_KDF),
            ("sha512", CKD_SHA512_KDF),
        ] {
            let shared = random(21);
            let expected = openssl.gives(&format!(
                "kdf -keylen 90 -binary -kdfopt digest:{hash} -kdfopt hexkey:{} -kdfopt hexinfo:{} \
                 X963KDF",
                hex(&agreed),
                hex(&shared)
            ));
            let mech = Mech::ecdh(kdf, point.clone(), shared);
            let key = session.derive(&mech, ours, &secret(Some(90))).unwrap();
            assert_eq!(session.read(key, CKA_VALUE), expected, "{options} {hash}");
        }
    }
}

#[test]
fn diffie_hellman_gives_what_openssl_gives() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for group in ["ffdhe2048", "modp_2048", "ffdhe3072"] {
        let options = format!("-algorithm DH -pkeyopt group:{group}");
        let ours = import(&session, CKK_DH, &generate(&openssl, "ours", &options));
        let peer = import(&session, CKK_DH, &generate(&openssl, "peer", &options));
        let value = session.read(public_half_of_dh(&session, &openssl, peer), CKA_VALUE);
        let agreed = theirs(&openssl, "peer.der", "ours.pub");
        let mech = Mech::bytes(CKM_DH_PKCS_DERIVE, &value);
        let key = session
            .derive(&mech, ours, &secret(Some(agreed.len())))
            .unwrap();
        assert_eq!(session.read(key, CKA_VALUE), agreed, "{group}");
    }
}

/// The public value: the INTEGER at the end of OpenSSL's SubjectPublicKeyInfo.
fn public_half_of_dh(
    session: &Session<'_>,
    openssl: &OpenSsl,
    private: CK_OBJECT_HANDLE,
) -> CK_OBJECT_HANDLE {
    let prime = session.read(private, CKA_PRIME);
    let spki = openssl.file("peer.pub");
    let value = &spki[spki.len() - prime.len()..];
    let mut attributes = shown(CKO_PUBLIC_KEY, CKK_DH);
    attributes.retain(|(id, _)| !matches!(*id, CKA_SENSITIVE | CKA_EXTRACTABLE));
    attributes.push((CKA_PRIME, prime));
    attributes.push((CKA_BASE, session.read(private, CKA_BASE)));
    attributes.push((CKA_VALUE, value.to_vec()));
    session.create(&attributes).unwrap()
}

#[test]
fn rsa_encryption_goes_both_ways() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    let options = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
    let private = import(&session, CKK_RSA, &generate(&openssl, "key", options));
    let public = public_half(&session, CKK_RSA, private);
    let hold = |mech: &Mech, padding: &str| {
        let data = random(100);
        openssl.write("data", &data);
        let sealed = openssl.gives(&format!(
            "pkeyutl -encrypt -pubin -keyform DER -inkey key.pub -in data {padding}"
        ));
        assert_eq!(
            session.decrypt(mech, private, &sealed).unwrap(),
            data,
            "{padding}"
        );
        openssl.write("sealed", &session.encrypt(mech, public, &data).unwrap());
        let opened = openssl.gives(&format!(
            "pkeyutl -decrypt -keyform DER -inkey key.der -in sealed {padding}"
        ));
        assert_eq!(opened, data, "{padding}");
    };
    hold(
        &Mech::plain(CKM_RSA_PKCS),
        "-pkeyopt rsa_padding_mode:pkcs1",
    );
    for hash in HASHES {
        let label = random(9);
        let padding = format!(
            "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{0} -pkeyopt rsa_mgf1_md:{0} \
             -pkeyopt rsa_oaep_label:{1}",
            hash.name,
            hex(&label)
        );
        hold(&Mech::oaep(*hash, label), &padding);
    }
}
