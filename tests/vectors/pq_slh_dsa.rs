// SPDX-License-Identifier: MIT OR Apache-2.0
//! SLH-DSA. Keys: NIST ACVP, SLH-DSA-keyGen-FIPS205, the test cases that are named. Signatures: made
//! with the crate `fips205` 0.5.0, another implementation of FIPS 205, and kept as their SHA-256.

use keystead::crypto::digest::HashFunction;
use keystead::crypto::prehash::header;
use keystead::crypto::slh_dsa::{ParameterSet, PrivateKey, PublicKey};
use keystead::error::Error;

use crate::slh_dsa_known::SIGNATURES;

/// Without optimisation the larger sets take minutes. They run in release builds, and with
/// `CARGO_PROFILE_DEV_OPT_LEVEL=2 KEYSTEAD_ALL_SETS=1 cargo test --test vectors slh_dsa`, which compiles
/// this package anew and no dependency.
fn is_run(set: ParameterSet) -> bool {
    let is_quick = matches!(set, ParameterSet::Sha2_128f | ParameterSet::Shake128f);
    is_quick || !cfg!(debug_assertions) || std::env::var_os("KEYSTEAD_ALL_SETS").is_some()
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// Parameter set, tcId, SK.seed || SK.prf || PK.seed, PK.root.
const ACVP_KEYS: [(ParameterSet, u32, [&str; 3], &str); 6] = [
    (
        ParameterSet::Sha2_128s,
        1,
        [
            "AA9CC7DCA491FC86BCB15A709A15E9B3",
            "905C800B6E2FB9B54B6B050EE5E4DE9A",
            "FA5464D1C661FED38B2A51CA3EAE71BA",
        ],
        "CAE3D1865215E3D3850E8C1B8292BF42",
    ),
    (
        ParameterSet::Shake128s,
        11,
        [
            "ECD0A05696C2EC6BFE85B8B1B2022486",
            "BFD8732B1A42CEA236E9822AA9E724E6",
            "37D664792198176C12E8121CCF69E684",
        ],
        "FCF6FFE2A04243DC3E8ED3EE6E44CDEF",
    ),
    (
        ParameterSet::Sha2_128f,
        21,
        [
            "E2BDAA37C8CFFE5E8D5676C23267890C",
            "31441758F573285881CDC82AB911DD84",
            "72DC8D26DF6EF708F4C41AF9FD04B65A",
        ],
        "8927927229891D47A60D67ECEF3D2C17",
    ),
    (
        ParameterSet::Shake128f,
        31,
        [
            "BBC74306F75DC2DAF7372B3C9841A4D6",
            "852C17B459F1692B8E9A1A0DACE5BA26",
            "380C99304A0DDD32F344B95144E1FDEF",
        ],
        "60BBC2340E08770FB41A80A76CB08E34",
    ),
    (
        ParameterSet::Sha2_256f,
        106,
        [
            "B178A1CB9DA4D6BEA559C028991278D04489C9F51CFC75DEA2326922D7B0E7F7",
            "3DD795C44C190A8E3664D50FBF0A9B358885BAAD096A1F4F8E1C0530B62067EF",
            "BACACFEC2528E9021AA1B9962F681B5003F84F550849845BCB14D3A98E2C4BFC",
        ],
        "2A700FAAF05127BE5A4EB433CB91D30CB0B910BCA800F984CADEFD5FDCFB146D",
    ),
    (
        ParameterSet::Shake256f,
        111,
        [
            "D50F77713CF59193FE5F10B8AAF1876B0D3E7E4181ED3FAE3468762698017584",
            "36C22B81940403157446D44F04C09FD28DF72C6D4021B271544055783081B7C0",
            "46D2AC50751A0C71EC850BB7D16A679A66901EEE05389D4615940EFD89C0182F",
        ],
        "DEBCFBF3527CC768C5EC6CB5B6CC10A674390745D8612D0920187DF658D3B7EF",
    ),
];

#[test]
fn keys_are_those_of_acvp() {
    for (set, number, seeds, root) in ACVP_KEYS.into_iter().filter(|(set, ..)| is_run(*set)) {
        let seeds = bytes(&seeds.concat());
        let key = PrivateKey::from_seeds(set, &seeds).unwrap();
        let value = [seeds.clone(), bytes(root)].concat();
        assert!(key.value().ct_eq(&value), "tcId {number}");
        assert_eq!(key.public(), value[2 * set.n()..], "tcId {number}");
        PrivateKey::from_bytes(set, &value)
            .unwrap()
            .check()
            .unwrap();
    }
}

#[test]
fn signatures_are_those_of_another_implementation() {
    for (set, root, hash) in SIGNATURES.into_iter().filter(|(set, ..)| is_run(*set)) {
        let seeds: Vec<u8> = (0..96).take(3 * set.n()).collect();
        let key = PrivateKey::from_seeds(set, &seeds).unwrap();
        assert_eq!(key.public()[set.n()..], bytes(root), "{set:?}");
        let header = header(None, b"context").unwrap();
        let signature = key.sign(&[&header, b"message"], None).unwrap();
        assert_eq!(signature.len(), set.signature_len(), "{set:?}");
        let digest = HashFunction::Sha256.hash(signature.expose());
        assert!(digest.ct_eq(&bytes(hash)), "{set:?}");
        let public = PublicKey::from_bytes(set, &key.public()).unwrap();
        public
            .verify(&[&header, b"message"], signature.expose())
            .unwrap();
        for at in [0, set.n(), signature.len() / 2, signature.len() - 1] {
            let mut wrong = signature.expose().to_vec();
            wrong[at] ^= 0x10;
            let refused = public.verify(&[&header, b"message"], &wrong);
            assert!(
                matches!(refused, Err(Error::SignatureInvalid(_))),
                "{set:?} {at}"
            );
        }
        let long = public.verify(&[&header, b"message"], &[signature.expose(), &[0]].concat());
        assert!(matches!(long, Err(Error::SignatureLenRange(_))), "{set:?}");
    }
}
