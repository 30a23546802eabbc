// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key generation: keys are made, looked at, used, and held against their other half.

use std::collections::BTreeSet;

use keystead::mechanism::{ParamShape, Params, all};
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_EXTRACTABLE, CKA_KEY_GEN_MECHANISM,
    CKA_KEY_TYPE, CKA_LOCAL, CKA_MODULUS, CKA_MODULUS_BITS, CKA_NEVER_EXTRACTABLE,
    CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::kdf::CKD_NULL;
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC,
    CKK_BLAKE2B_512_HMAC, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_GENERIC_SECRET, CKK_RSA,
    CKK_SHA_1_HMAC, CKK_SHA3_224_HMAC, CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC,
    CKK_SHA224_HMAC, CKK_SHA256_HMAC, CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC,
    CKK_SHA512_HMAC, CKK_SHA512_T_HMAC,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_AES_KEY_GEN, CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_KEY_GEN,
    CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_256_KEY_GEN, CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_384_KEY_GEN,
    CKM_BLAKE2B_512_HMAC, CKM_BLAKE2B_512_KEY_GEN, CKM_EC_EDWARDS_KEY_PAIR_GEN,
    CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
    CKM_ECDH1_DERIVE, CKM_ECDSA_SHA256, CKM_EDDSA, CKM_GENERIC_SECRET_KEY_GEN,
    CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA_1_HMAC, CKM_SHA_1_KEY_GEN, CKM_SHA3_224_HMAC,
    CKM_SHA3_224_KEY_GEN, CKM_SHA3_256_HMAC, CKM_SHA3_256_KEY_GEN, CKM_SHA3_384_HMAC,
    CKM_SHA3_384_KEY_GEN, CKM_SHA3_512_HMAC, CKM_SHA3_512_KEY_GEN, CKM_SHA224_HMAC,
    CKM_SHA224_KEY_GEN, CKM_SHA256_HMAC, CKM_SHA256_KEY_GEN, CKM_SHA256_RSA_PKCS, CKM_SHA384_HMAC,
    CKM_SHA384_KEY_GEN, CKM_SHA512_224_HMAC, CKM_SHA512_224_KEY_GEN, CKM_SHA512_256_HMAC,
    CKM_SHA512_256_KEY_GEN, CKM_SHA512_HMAC, CKM_SHA512_KEY_GEN, CKM_SHA512_T_HMAC,
    CKM_SHA512_T_KEY_GEN,
};
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectHandle};

use crate::bench::{Bench, row, template};
use crate::ec::{ED25519, P256, X25519};
use crate::vector::{Key, Role, bytes};

/// The rows that this file covers.
pub(crate) const GENERATED: &[(MechanismType, Role)] = &[
    (CKM_RSA_PKCS_KEY_PAIR_GEN, Role::GeneratePair),
    (CKM_EC_KEY_PAIR_GEN, Role::GeneratePair),
    (CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS, Role::GeneratePair),
    (CKM_EC_EDWARDS_KEY_PAIR_GEN, Role::GeneratePair),
    (CKM_EC_MONTGOMERY_KEY_PAIR_GEN, Role::GeneratePair),
    (CKM_EDDSA, Role::GeneratePair),
    (CKM_GENERIC_SECRET_KEY_GEN, Role::Generate),
    (CKM_AES_KEY_GEN, Role::Generate),
    (CKM_SHA_1_KEY_GEN, Role::Generate),
    (CKM_SHA224_KEY_GEN, Role::Generate),
    (CKM_SHA256_KEY_GEN, Role::Generate),
    (CKM_SHA384_KEY_GEN, Role::Generate),
    (CKM_SHA512_KEY_GEN, Role::Generate),
    (CKM_SHA512_224_KEY_GEN, Role::Generate),
    (CKM_SHA512_256_KEY_GEN, Role::Generate),
    (CKM_SHA512_T_KEY_GEN, Role::Generate),
    (CKM_SHA3_224_KEY_GEN, Role::Generate),
    (CKM_SHA3_256_KEY_GEN, Role::Generate),
    (CKM_SHA3_384_KEY_GEN, Role::Generate),
    (CKM_SHA3_512_KEY_GEN, Role::Generate),
    (CKM_BLAKE2B_160_KEY_GEN, Role::Generate),
    (CKM_BLAKE2B_256_KEY_GEN, Role::Generate),
    (CKM_BLAKE2B_384_KEY_GEN, Role::Generate),
    (CKM_BLAKE2B_512_KEY_GEN, Role::Generate),
];

/// The row, the key type that it makes, a row that uses the key, lengths.
const SECRETS: [(MechanismType, KeyType, MechanismType, [u64; 3]); 18] = [
    (
        CKM_GENERIC_SECRET_KEY_GEN,
        CKK_GENERIC_SECRET,
        CKM_SHA256_HMAC,
        [10, 32, 4096],
    ),
    (CKM_AES_KEY_GEN, CKK_AES, CKM_AES_CMAC, [16, 24, 32]),
    (
        CKM_SHA_1_KEY_GEN,
        CKK_SHA_1_HMAC,
        CKM_SHA_1_HMAC,
        [10, 20, 64],
    ),
    (
        CKM_SHA224_KEY_GEN,
        CKK_SHA224_HMAC,
        CKM_SHA224_HMAC,
        [14, 28, 64],
    ),
    (
        CKM_SHA256_KEY_GEN,
        CKK_SHA256_HMAC,
        CKM_SHA256_HMAC,
        [16, 32, 64],
    ),
    (
        CKM_SHA384_KEY_GEN,
        CKK_SHA384_HMAC,
        CKM_SHA384_HMAC,
        [24, 48, 128],
    ),
    (
        CKM_SHA512_KEY_GEN,
        CKK_SHA512_HMAC,
        CKM_SHA512_HMAC,
        [32, 64, 128],
    ),
    (
        CKM_SHA512_224_KEY_GEN,
        CKK_SHA512_224_HMAC,
        CKM_SHA512_224_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA512_256_KEY_GEN,
        CKK_SHA512_256_HMAC,
        CKM_SHA512_256_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA512_T_KEY_GEN,
        CKK_SHA512_T_HMAC,
        CKM_SHA512_T_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA3_224_KEY_GEN,
        CKK_SHA3_224_HMAC,
        CKM_SHA3_224_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA3_256_KEY_GEN,
        CKK_SHA3_256_HMAC,
        CKM_SHA3_256_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA3_384_KEY_GEN,
        CKK_SHA3_384_HMAC,
        CKM_SHA3_384_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_SHA3_512_KEY_GEN,
        CKK_SHA3_512_HMAC,
        CKM_SHA3_512_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_BLAKE2B_160_KEY_GEN,
        CKK_BLAKE2B_160_HMAC,
        CKM_BLAKE2B_160_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_BLAKE2B_256_KEY_GEN,
        CKK_BLAKE2B_256_HMAC,
        CKM_BLAKE2B_256_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_BLAKE2B_384_KEY_GEN,
        CKK_BLAKE2B_384_HMAC,
        CKM_BLAKE2B_384_HMAC,
        [14, 32, 64],
    ),
    (
        CKM_BLAKE2B_512_KEY_GEN,
        CKK_BLAKE2B_512_HMAC,
        CKM_BLAKE2B_512_HMAC,
        [14, 32, 64],
    ),
];

/// The row, the curve, and the row that uses the keys.
const CURVES: [(MechanismType, KeyType, &str, MechanismType); 7] = [
    (
        CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS,
        CKK_EC,
        P256,
        CKM_ECDSA_SHA256,
    ),
    (CKM_EC_KEY_PAIR_GEN, CKK_EC, P256, CKM_ECDSA_SHA256),
    (
        CKM_EC_KEY_PAIR_GEN,
        CKK_EC,
        "06052b81040022",
        CKM_ECDSA_SHA256,
    ),
    (
        CKM_EC_KEY_PAIR_GEN,
        CKK_EC,
        "06052b81040023",
        CKM_ECDSA_SHA256,
    ),
    (
        CKM_EC_EDWARDS_KEY_PAIR_GEN,
        CKK_EC_EDWARDS,
        ED25519,
        CKM_EDDSA,
    ),
    (CKM_EDDSA, CKK_EC_EDWARDS, ED25519, CKM_EDDSA),
    (
        CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
        CKK_EC_MONTGOMERY,
        X25519,
        CKM_ECDH1_DERIVE,
    ),
];

const OPEN: [(AttributeType, &[u8]); 2] = [(CKA_SENSITIVE, &[0]), (CKA_EXTRACTABLE, &[1])];

/// What the standard says of each key that a mechanism made here.
fn check_origin(bench: &Bench, key: ObjectHandle, id: MechanismType, key_type: KeyType) {
    assert_eq!(bench.shown(key, CKA_LOCAL), [1], "{id}");
    assert_eq!(
        bench.shown(key, CKA_KEY_GEN_MECHANISM),
        id.0.to_ne_bytes(),
        "{id}"
    );
    assert_eq!(
        bench.shown(key, CKA_KEY_TYPE),
        key_type.0.to_ne_bytes(),
        "{id}"
    );
}

#[test]
fn secret_keys_have_their_length_their_origin_and_their_use() {
    let mut bench = Bench::new();
    for (id, key_type, by, lens) in SECRETS {
        let mut seen = BTreeSet::new();
        for len in lens {
            let wanted = len.to_ne_bytes();
            let entries = [&[(CKA_VALUE_LEN, &wanted[..])], &OPEN[..]].concat();
            let (module, session) = (&bench.module, bench.session);
            let made = module
                .generate_key(session, row(id), &Params::None, &template(&entries))
                .unwrap();
            check_origin(&bench, made, id, key_type);
            for never in [CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE] {
                assert_eq!(bench.shown(made, never), [0], "{id}");
            }
            let value = bench.shown(made, CKA_VALUE);
            assert_eq!(value.len() as u64, len, "{id}");
            assert_eq!(bench.shown(made, CKA_VALUE_LEN), wanted, "{id}");
            let copy = bench.key(&Key::secret(key_type, &value)).unwrap();
            assert!(seen.insert(value), "{id}");
            // The same key from outside is not local, and is the same key.
            assert_eq!(bench.shown(copy, CKA_LOCAL), [0], "{id}");
            let params = match row(by).params {
                ParamShape::Ulong => Params::Ulong(256),
                _ => Params::None,
            };
            let request = (row(by), &params);
            let mac = bench.sign(request, made, b"message").unwrap();
            bench.verify(request, copy, b"message", &mac).unwrap();
        }
    }
}

#[test]
fn a_secret_key_without_a_word_on_secrecy_has_always_been_sensitive() {
    let bench = Bench::new();
    let len = 32_u64.to_ne_bytes();
    let wanted = template(&[(CKA_VALUE_LEN, &len)]);
    let (module, session) = (&bench.module, bench.session);
    for (id, ..) in SECRETS {
        let made = module
            .generate_key(session, row(id), &Params::None, &wanted)
            .unwrap();
        for always in [CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE] {
            assert_eq!(bench.shown(made, always), [1], "{id} {always}");
        }
    }
}

#[test]
fn rsa_key_pairs_have_their_size_their_origin_and_their_use() {
    let mut bench = Bench::new();
    let id = CKM_RSA_PKCS_KEY_PAIR_GEN;
    for (bits, exponent) in [(1024_u64, &[3][..]), (2048, &[1, 0, 1]), (1152, &[1, 0, 1])] {
        let wanted = bits.to_ne_bytes();
        let public = [
            (CKA_MODULUS_BITS, &wanted[..]),
            (CKA_PUBLIC_EXPONENT, exponent),
        ];
        let (module, session) = (&bench.module, bench.session);
        let made = module.generate_key_pair(
            session,
            row(id),
            &Params::None,
            &template(&public),
            &template(&OPEN),
        );
        let (public, private) = made.unwrap();
        for half in [public, private] {
            check_origin(&bench, half, id, CKK_RSA);
            assert_eq!(bench.shown(half, CKA_PUBLIC_EXPONENT), exponent);
        }
        let modulus = bench.shown(public, CKA_MODULUS);
        assert_eq!(bench.shown(private, CKA_MODULUS), modulus);
        assert_eq!(bench.shown(public, CKA_MODULUS_BITS), wanted);
        let found = modulus.len() as u64 * 8 - u64::from(modulus[0].leading_zeros());
        assert_eq!(found, bits);
        assert!(!bench.shown(private, CKA_PRIVATE_EXPONENT).is_empty());
        let request = (row(CKM_SHA256_RSA_PKCS), &Params::None);
        let signature = bench.sign(request, private, b"message").unwrap();
        let copy = bench.key(&Key::rsa_public(&modulus, exponent)).unwrap();
        bench.verify(request, copy, b"message", &signature).unwrap();
        assert_eq!(bench.shown(copy, CKA_LOCAL), [0]);
    }
}

#[test]
fn curve_key_pairs_have_their_curve_their_origin_and_their_use() {
    let mut bench = Bench::new();
    for (id, key_type, curve, by) in CURVES {
        let curve = bytes(curve);
        let (module, session) = (&bench.module, bench.session);
        let made = module.generate_key_pair(
            session,
            row(id),
            &Params::None,
            &template(&[(CKA_EC_PARAMS, &curve)]),
            &template(&OPEN),
        );
        let (public, private) = made.unwrap();
        for half in [public, private] {
            check_origin(&bench, half, id, key_type);
            assert_eq!(bench.shown(half, CKA_EC_PARAMS), curve, "{id}");
        }
        let point = bench.shown(public, CKA_EC_POINT);
        let value = bench.shown(private, CKA_VALUE);
        let public = bench
            .key(&Key::curve_public(key_type, &curve, &point))
            .unwrap();
        let copy = bench
            .key(&Key::curve_private(key_type, &curve, &value))
            .unwrap();
        if key_type == CKK_EC_MONTGOMERY {
            // Against a key that is known: what comes out is what the other half gives.
            let params = Params::Ecdh1 {
                kdf: CKD_NULL,
                shared: &[],
                public: &point,
            };
            let one = bench.derive((row(by), &params), private, None);
            let two = bench.derive((row(by), &params), copy, None);
            assert_eq!(one.unwrap(), two.unwrap());
            continue;
        }
        for private in [private, copy] {
            let request = (row(by), &Params::None);
            let signature = bench.sign(request, private, b"message").unwrap();
            bench
                .verify(request, public, b"message", &signature)
                .unwrap();
        }
    }
}

#[test]
fn every_generating_row_is_made_here() {
    let made: BTreeSet<_> = SECRETS.iter().map(|(id, ..)| *id).collect();
    let pairs: BTreeSet<_> = CURVES.iter().map(|(id, ..)| *id).collect();
    for (id, role) in GENERATED {
        assert!(all().any(|row| row.id == *id), "{id}");
        let is_made = match role {
            Role::Generate => made.contains(id),
            _ => pairs.contains(id) || *id == CKM_RSA_PKCS_KEY_PAIR_GEN,
        };
        assert!(is_made, "{id}");
    }
}
