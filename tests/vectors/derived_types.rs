// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every key type as the base and as the outcome of derivations, and every hash in them, held against
//! their definitions over HMAC and hash functions that have vectors of their own.
//!
//! Source: PKCS#11 v3.2, "HKDF Mechanisms", "SP800-108 Key Derivation", "PKCS #5 PBKD2 key generation",
//! "EC mechanism parameters" (`CK_EC_KDF_TYPE`); FIPS 46-3 for the parity of DES keys.

use keystead::crypto::digest::HashFunction;
use keystead::crypto::mac::Mac;
use keystead::error::Error;
use keystead::mechanism::{
    HkdfParams, HkdfSalt, KbkdfField, KbkdfNumber, KbkdfParams, Params, Pbkd2Params, find,
};
use keystead::object::kinds;
use keystead::pkcs11::attribute::{
    CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE,
    CKA_SENSITIVE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::kdf::{
    CKD_BLAKE2B_160_KDF, CKD_BLAKE2B_256_KDF, CKD_BLAKE2B_384_KDF, CKD_BLAKE2B_512_KDF, CKD_NULL,
};
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_AES_XTS, CKK_CHACHA20, CKK_DES2, CKK_DES3, CKK_GENERIC_SECRET, CKK_POLY1305,
};
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_256, CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_384,
    CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_512, CKM_BLAKE2B_512_HMAC, CKM_DES3_CMAC,
    CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKM_ECDH1_DERIVE, CKM_HKDF_DERIVE, CKM_PKCS5_PBKD2, CKM_SHA_1,
    CKM_SHA_1_HMAC, CKM_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_384,
    CKM_SHA3_384_HMAC, CKM_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA256,
    CKM_SHA256_HMAC, CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_224_HMAC,
    CKM_SHA512_256, CKM_SHA512_256_HMAC, CKM_SHA512_HMAC, CKM_SP800_108_COUNTER_KDF,
};
use keystead::pkcs11::profile::CKP_PKCS5_PBKD2_HMAC_SHA256;
use keystead::pkcs11::{KeyType, MechanismType};

use crate::derive::{Bench, FALSE, TRUE, template};
use crate::drive;

/// How many bytes of each key type to ask for, and how many it has.
fn lens(key_type: KeyType) -> (Option<u64>, usize) {
    match key_type {
        CKK_AES => (Some(24), 24),
        CKK_AES_XTS => (Some(64), 64),
        CKK_DES2 => (None, 16),
        CKK_DES3 => (None, 24),
        CKK_CHACHA20 | CKK_POLY1305 => (None, 32),
        _ => (Some(40), 40),
    }
}

fn secret_types() -> Vec<KeyType> {
    let all = kinds::all().iter();
    let secret = all.filter(|kind| kind.class == CKO_SECRET_KEY);
    let types: Vec<KeyType> = secret.filter_map(|kind| kind.key_type).collect();
    assert!(types.len() > 20, "{types:?}");
    types
}

/// What a key of this type has of derived bytes.
fn taken(key_type: KeyType, derived: &[u8]) -> Vec<u8> {
    let mut value = derived[..lens(key_type).1].to_vec();
    if matches!(key_type, CKK_DES2 | CKK_DES3) {
        for byte in &mut value {
            *byte &= 0xfe;
            *byte |= u8::from(byte.count_ones() % 2 == 0);
        }
    }
    value
}

fn hkdf(hash: MechanismType, salt: &[u8]) -> Params<'_> {
    Params::Hkdf(HkdfParams {
        extract: true,
        expand: true,
        hash,
        salt: HkdfSalt::Data(salt),
        info: b"info",
    })
}

fn counter(prf: MechanismType) -> Params<'static> {
    Params::Kbkdf(KbkdfParams {
        prf,
        fields: vec![
            KbkdfField::Iteration(Some(KbkdfNumber {
                little_endian: false,
                bits: 32,
            })),
            KbkdfField::Bytes(b"fixed"),
        ],
        iv: &[],
        additional: Vec::new(),
    })
}

#[test]
fn keys_of_every_type_come_out() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let (hkdf, counter) = (hkdf(CKM_SHA256, b"salt"), counter(CKM_SHA256_HMAC));
    let pbkdf2 = Params::Pbkd2(Pbkd2Params {
        salt: b"salt",
        iterations: 2,
        prf: CKP_PKCS5_PBKD2_HMAC_SHA256.0,
        password: b"password",
    });
    let generated = |key_type: KeyType, len: Option<u64>| {
        let row = find(CKM_PKCS5_PBKD2).unwrap();
        let (key_type, len) = (key_type.0.to_ne_bytes(), len.map(u64::to_ne_bytes));
        let mut wanted = vec![(CKA_KEY_TYPE, &key_type[..]), (CKA_PRIVATE, FALSE)];
        wanted.extend(len.iter().map(|len| (CKA_VALUE_LEN, &len[..])));
        let made = bench
            .module
            .generate_key(bench.session, row, &pbkdf2, &template(&wanted));
        bench.value(made.unwrap())
    };
    let long = generated(CKK_GENERIC_SECRET, Some(64));
    for key_type in secret_types() {
        let (len, _) = lens(key_type);
        for (id, params) in [
            (CKM_HKDF_DERIVE, &hkdf),
            (CKM_SP800_108_COUNTER_KDF, &counter),
        ] {
            let whole = bench.derived(id, params, base, Some(64)).unwrap();
            let (number, len) = (key_type.0.to_ne_bytes(), len.map(u64::to_ne_bytes));
            let mut wanted = vec![(CKA_KEY_TYPE, &number[..])];
            wanted.extend(len.iter().map(|len| (CKA_VALUE_LEN, &len[..])));
            let made = bench.derive(id, params, base, &wanted).unwrap();
            assert_eq!(
                bench.value(made),
                taken(key_type, &whole),
                "{id} {key_type}"
            );
            let object = bench.module.object(bench.session, made).unwrap();
            assert_eq!(object.key_type(), Some(key_type));
        }
        assert_eq!(
            generated(key_type, len),
            taken(key_type, &long),
            "{key_type}"
        );
    }
}

#[test]
fn a_length_that_a_type_does_not_have_is_a_size_out_of_range() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let params = hkdf(CKM_SHA256, b"salt");
    for (key_type, len) in [(CKK_AES, 17_u64), (CKK_AES_XTS, 48), (CKK_CHACHA20, 16)] {
        let (key_type, len) = (key_type.0.to_ne_bytes(), len.to_ne_bytes());
        let wanted = [(CKA_KEY_TYPE, &key_type[..]), (CKA_VALUE_LEN, &len)];
        let refused = bench.derive(CKM_HKDF_DERIVE, &params, base, &wanted);
        assert!(
            matches!(refused, Err(Error::KeySizeRange(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn keys_of_every_type_are_bases() {
    let bench = Bench::new();
    for key_type in secret_types() {
        let value = taken(key_type, &[7; 64]);
        let base = bench.key(key_type, &value);
        let made = bench.derived(
            CKM_SP800_108_COUNTER_KDF,
            &counter(CKM_SHA256_HMAC),
            base,
            Some(32),
        );
        let mut mac = Mac::hmac(HashFunction::Sha256, &value).unwrap();
        mac.update(&[0, 0, 0, 1]);
        mac.update(b"fixed");
        assert!(mac.finish().ct_eq(&made.unwrap()), "{key_type}");
    }
}

const HASHES: &[(HashFunction, [MechanismType; 2])] = &[
    (HashFunction::Sha1, [CKM_SHA_1, CKM_SHA_1_HMAC]),
    (HashFunction::Sha224, [CKM_SHA224, CKM_SHA224_HMAC]),
    (HashFunction::Sha256, [CKM_SHA256, CKM_SHA256_HMAC]),
    (HashFunction::Sha384, [CKM_SHA384, CKM_SHA384_HMAC]),
    (HashFunction::Sha512, [CKM_SHA512, CKM_SHA512_HMAC]),
    (
        HashFunction::Sha512_224,
        [CKM_SHA512_224, CKM_SHA512_224_HMAC],
    ),
    (
        HashFunction::Sha512_256,
        [CKM_SHA512_256, CKM_SHA512_256_HMAC],
    ),
    (HashFunction::Sha3_224, [CKM_SHA3_224, CKM_SHA3_224_HMAC]),
    (HashFunction::Sha3_256, [CKM_SHA3_256, CKM_SHA3_256_HMAC]),
    (HashFunction::Sha3_384, [CKM_SHA3_384, CKM_SHA3_384_HMAC]),
    (HashFunction::Sha3_512, [CKM_SHA3_512, CKM_SHA3_512_HMAC]),
    (
        HashFunction::Blake2b160,
        [CKM_BLAKE2B_160, CKM_BLAKE2B_160_HMAC],
    ),
    (
        HashFunction::Blake2b256,
        [CKM_BLAKE2B_256, CKM_BLAKE2B_256_HMAC],
    ),
    (
        HashFunction::Blake2b384,
        [CKM_BLAKE2B_384, CKM_BLAKE2B_384_HMAC],
    ),
    (
        HashFunction::Blake2b512,
        [CKM_BLAKE2B_512, CKM_BLAKE2B_512_HMAC],
    ),
];

fn hmac(function: HashFunction, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Mac::hmac(function, key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finish().expose().to_vec()
}

/// RFC 5869, 2.2 and 2.3; SP 800-108, 4.1.
#[test]
fn every_hash_extracts_and_expands() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    for (function, names) in HASHES {
        let extracted = hmac(*function, b"salt", &[&[7; 32]]);
        let one = hmac(*function, &extracted, &[b"info", &[1]]);
        let two = hmac(*function, &extracted, &[&one, b"info", &[2]]);
        let expected = [one, two].concat();
        let first = hmac(*function, &[7; 32], &[&[0, 0, 0, 1], b"fixed"]);
        for name in names {
            let len = Some(expected.len());
            let made = bench.derived(CKM_HKDF_DERIVE, &hkdf(*name, b"salt"), base, len);
            assert_eq!(made.unwrap(), expected, "{name}");
            let made = bench.derived(CKM_SP800_108_COUNTER_KDF, &counter(*name), base, None);
            assert_eq!(made.unwrap(), first, "{name}");
        }
    }
}

#[test]
fn triple_des_is_a_function_of_sp_800_108() {
    let bench = Bench::new();
    let params = counter(CKM_DES3_CMAC);
    for key_type in [CKK_DES2, CKK_DES3] {
        let bytes: Vec<u8> = (1..=64).collect();
        let value = taken(key_type, &bytes);
        let base = bench.key(key_type, &value);
        let cmac = |counter: u8| {
            let input = [&[0, 0, 0, counter][..], b"fixed"].concat();
            let key = drive::key(key_type, &value);
            let signer = drive::signature(CKM_DES3_CMAC, &key, &Params::None).unwrap();
            signer.single(&input).unwrap().expose().to_vec()
        };
        let expected = [cmac(1), cmac(2), cmac(3)].concat();
        let made = bench.derived(CKM_SP800_108_COUNTER_KDF, &params, base, Some(24));
        assert_eq!(made.unwrap(), expected);
    }
    let refused = bench.derived(
        CKM_SP800_108_COUNTER_KDF,
        &params,
        bench.generic(&[7; 24]),
        None,
    );
    assert!(matches!(refused, Err(Error::KeyTypeInconsistent(_))));
}

/// "KDF = Hash(Z || counter || SharedInfo)", as with the other functions.
#[test]
fn the_functions_of_blake2b_are_those_of_x9_63() {
    let bench = Bench::new();
    let curve = hex::decode("06032b656e").unwrap();
    let public = template(&[(CKA_EC_PARAMS, &curve)]);
    let private = template(&[
        (CKA_DERIVE, TRUE),
        (CKA_PRIVATE, FALSE),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ]);
    let row = find(CKM_EC_MONTGOMERY_KEY_PAIR_GEN).unwrap();
    let (public, private) = bench
        .module
        .generate_key_pair(bench.session, row, &Params::None, &public, &private)
        .unwrap();
    let object = bench.module.object(bench.session, public).unwrap();
    let point = object.attributes().bytes(CKA_EC_POINT).unwrap();
    let derive = |kdf, shared, len| {
        let params = Params::Ecdh1 {
            kdf,
            shared,
            public: point,
        };
        let made = bench.derived(CKM_ECDH1_DERIVE, &params, private, len);
        made.unwrap()
    };
    let secret = derive(CKD_NULL, b"", None);
    for (kdf, function) in [
        (CKD_BLAKE2B_160_KDF, HashFunction::Blake2b160),
        (CKD_BLAKE2B_256_KDF, HashFunction::Blake2b256),
        (CKD_BLAKE2B_384_KDF, HashFunction::Blake2b384),
        (CKD_BLAKE2B_512_KDF, HashFunction::Blake2b512),
    ] {
        let block = |counter: u8| {
            let input = [&secret[..], &[0, 0, 0, counter], b"shared"].concat();
            function.hash(&input).expose().to_vec()
        };
        let expected = [block(1), block(2)].concat();
        let len = Some(expected.len() - 1);
        assert_eq!(derive(kdf, b"shared", len), expected[..expected.len() - 1]);
        assert_eq!(derive(kdf, b"shared", None), block(1));
    }
}
