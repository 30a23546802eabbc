// SPDX-License-Identifier: MIT OR Apache-2.0
//! The forms in which keys of ML-KEM and ML-DSA come and go, and the flags of an encapsulated key.
//!
//! The seed-only keys are those of RFC 9881, appendix C.1, and RFC 9935, appendix C.1, whose seeds
//! count up from 00.

use keystead::error::{Error, Result};
use keystead::mechanism::{Params, find, material};
use keystead::object::{AttributeMap, Object, RawValue, Value, kinds};
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_CLASS, CKA_DECAPSULATE_TEMPLATE, CKA_EXTRACTABLE, CKA_KEY_TYPE,
    CKA_NEVER_EXTRACTABLE, CKA_PARAMETER_SET, CKA_SEED, CKA_SENSITIVE, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::key_type::{CKK_AES, CKK_ML_DSA, CKK_ML_KEM};
use keystead::pkcs11::mechanism::{CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN};
use keystead::pkcs11::{AttributeType, KeyType, ObjectHandle};
use keystead::secret::SecretBytes;

use super::pq_rows::{ROOMY, Token, template};

/// Key type, parameter set, bytes of the seed and of the private key, PKCS#8 before the seed.
const SEED_ONLY: [(KeyType, u64, u8, usize, &str); 6] = [
    (
        CKK_ML_DSA,
        1,
        32,
        2560,
        "3034020100300b060960864801650304031104228020",
    ),
    (
        CKK_ML_DSA,
        2,
        32,
        4032,
        "3034020100300b060960864801650304031204228020",
    ),
    (
        CKK_ML_DSA,
        3,
        32,
        4896,
        "3034020100300b060960864801650304031304228020",
    ),
    (
        CKK_ML_KEM,
        1,
        64,
        1632,
        "3054020100300b060960864801650304040104428040",
    ),
    (
        CKK_ML_KEM,
        2,
        64,
        2400,
        "3054020100300b060960864801650304040204428040",
    ),
    (
        CKK_ML_KEM,
        3,
        64,
        3168,
        "3054020100300b060960864801650304040304428040",
    ),
];

fn import(key_type: KeyType, der: &[u8]) -> Result<AttributeMap> {
    let kind = kinds::find(CKO_PRIVATE_KEY, Some(key_type), None).unwrap();
    let mut map = AttributeMap::from_iter([
        (CKA_CLASS, Value::Ulong(CKO_PRIVATE_KEY.0)),
        (CKA_KEY_TYPE, Value::Ulong(key_type.0)),
    ]);
    material::import(kind, &mut map, &SecretBytes::from_slice(der))?;
    Ok(map)
}

fn export(key_type: KeyType, map: AttributeMap) -> Vec<u8> {
    let kind = kinds::find(CKO_PRIVATE_KEY, Some(key_type), None).unwrap();
    let exported = material::export(&Object::new(kind, map)).unwrap();
    exported.expose().to_vec()
}

/// A DER value; none here is shorter than 256 bytes or has more than two bytes of length.
fn long(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let len = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], &len[..], &body].concat()
}

/// PKCS#8 with this privateKey, for the algorithm in what stands before a seed.
fn pkcs8(before: &[u8], inner: &[u8]) -> Vec<u8> {
    long(0x30, &[&before[2..18], &long(4, &[inner])])
}

#[test]
fn seed_only_expanded_only_and_both_are_one_key() {
    for (key_type, set, seed_len, len, before) in SEED_ONLY {
        let before = hex::decode(before).unwrap();
        let seed: Vec<u8> = (0..seed_len).collect();
        let from_seed = import(key_type, &[&before[..], &seed].concat()).unwrap();
        assert_eq!(from_seed.ulong(CKA_PARAMETER_SET), Some(set));
        assert_eq!(from_seed.bytes(CKA_SEED), Some(&seed[..]));
        let value = from_seed.bytes(CKA_VALUE).unwrap().to_vec();
        assert_eq!(value.len(), len);

        let octets = long(4, &[&value]);
        let from_value = import(key_type, &pkcs8(&before, &octets)).unwrap();
        assert_eq!(from_value.ulong(CKA_PARAMETER_SET), Some(set));
        assert_eq!(from_value.bytes(CKA_SEED), None);
        assert_eq!(from_value.bytes(CKA_VALUE), Some(&value[..]));
        // Without a seed the expanded key goes out alone.
        assert_eq!(export(key_type, from_value), pkcs8(&before, &octets));

        let both = |seed: &[u8], octets: &[u8]| {
            let seed = [&[4, seed_len], seed].concat();
            pkcs8(&before, &long(0x30, &[&seed, octets]))
        };
        let from_both = import(key_type, &both(&seed, &octets)).unwrap();
        assert_eq!(from_both.bytes(CKA_SEED), Some(&seed[..]));
        assert_eq!(from_both.bytes(CKA_VALUE), Some(&value[..]));
        assert_eq!(export(key_type, from_both), both(&seed, &octets));
        assert_eq!(export(key_type, from_seed), both(&seed, &octets));

        // "a mismatch ... MUST be rejected" (RFC 9881, section 6; RFC 9935, section 6).
        let mut other = seed.clone();
        other[0] ^= 1;
        let short = long(4, &[&value[1..]]);
        let parameters = [&before[..5], &[13], &before[6..17], &[5, 0, 4]].concat();
        for wrong in [
            both(&other, &octets),
            both(&seed, &short),
            pkcs8(&before, &short),
            [&before[..], &seed[1..]].concat(),
            [&parameters[..], &before[18..], &seed].concat(),
            before.clone(),
        ] {
            let refused = import(key_type, &wrong);
            assert!(matches!(refused, Err(Error::WrappedKeyInvalid(_))), "{set}");
        }
    }
}

/// CKA_EXTRACTABLE, CKA_ALWAYS_SENSITIVE and CKA_NEVER_EXTRACTABLE.
fn flags(token: &Token, key: ObjectHandle) -> [bool; 3] {
    let object = token.module.object(token.session, key).unwrap();
    [CKA_EXTRACTABLE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE]
        .map(|id| object.attributes().is_true(id))
}

#[test]
fn an_encapsulated_key_has_no_history_and_is_extractable_unless_said_otherwise() {
    let token = Token::new();
    let (module, session) = (&token.module, token.session);
    let (class, aes) = (CKO_SECRET_KEY.0.to_ne_bytes(), CKK_AES.0.to_ne_bytes());
    let (row, none) = (find(CKM_ML_KEM).unwrap(), &Params::None);
    // The private key is sensitive and has never been extractable.
    let (public, private) = token.pair(CKM_ML_KEM_KEY_PAIR_GEN, 1, &[]).unwrap();
    assert_eq!(flags(&token, private), [false, true, true]);
    let wanted = |more: &[(AttributeType, &'static [u8])]| {
        let mut wanted = template(&[(CKA_CLASS, &class), (CKA_KEY_TYPE, &aes)]);
        let more = more.iter();
        wanted
            .0
            .extend(more.map(|(id, bytes)| (*id, RawValue::Bytes(bytes))));
        wanted
    };
    for (more, is_extractable) in [
        (&[(CKA_SENSITIVE, &[1][..])][..], true),
        (&[(CKA_SENSITIVE, &[1]), (CKA_EXTRACTABLE, &[0])], false),
        (&[(CKA_EXTRACTABLE, &[1])], true),
    ] {
        let made = module.encapsulate_key(session, row, none, public, &wanted(more), ROOMY);
        let (ciphertext, here) = made.unwrap();
        let there = module
            .decapsulate_key(
                session,
                row,
                none,
                private,
                &wanted(more),
                ciphertext.expose(),
            )
            .unwrap();
        for key in [here, there] {
            assert_eq!(flags(&token, key), [is_extractable, false, false]);
        }
    }
    // The private key's template speaks too.
    let set = 1_u64.to_ne_bytes();
    let mut bound = template(&[]);
    let inner = RawValue::Nested(template(&[(CKA_EXTRACTABLE, &[0])]));
    bound.0.push((CKA_DECAPSULATE_TEMPLATE, inner));
    let (_, private) = module
        .generate_key_pair(
            session,
            find(CKM_ML_KEM_KEY_PAIR_GEN).unwrap(),
            none,
            &template(&[(CKA_PARAMETER_SET, &set)]),
            &bound,
        )
        .unwrap();
    let key = module
        .decapsulate_key(session, row, none, private, &wanted(&[]), &[7; 768])
        .unwrap();
    assert_eq!(flags(&token, key), [false, false, false]);
}
