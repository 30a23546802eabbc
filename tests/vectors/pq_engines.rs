// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM and ML-DSA: AWS-LC and RustCrypto held against each other on random seeds and messages.
#![cfg(feature = "aws-lc")]

use keystead::crypto::entropy::{array, fill, secret};
use keystead::crypto::lattice::LatticeKey;
use keystead::crypto::prehash::header;
use keystead::crypto::{aws_lc, ml_dsa, ml_kem, rust_crypto};

/// Both keys of one seed, which must be the same in every form, and come back from the expanded one.
fn pair<A: LatticeKey, B: LatticeKey<Set = A::Set>>(set: A::Set) -> [(A, B); 2] {
    let seed = secret(A::SEED_LEN).unwrap();
    let seed = seed.expose();
    let (ours, other) = (
        A::from_seed(set, seed).unwrap(),
        B::from_seed(set, seed).unwrap(),
    );
    assert_eq!(ours.public(), other.public());
    let expanded = ours.expanded().unwrap();
    let expanded = expanded.expose();
    assert!(other.expanded().unwrap().ct_eq(expanded));
    let again = (
        A::from_expanded(set, expanded).unwrap(),
        B::from_expanded(set, expanded).unwrap(),
    );
    assert_eq!(again.0.public(), ours.public());
    assert!(again.0.seed().is_none() && again.1.seed().is_none());
    // Every part of the key is covered by one check or another.
    for at in (0..expanded.len()).step_by(expanded.len() / 23) {
        let mut torn = expanded.to_vec();
        torn[at] ^= 1;
        let taken = [
            A::from_expanded(set, &torn).is_ok(),
            B::from_expanded(set, &torn).is_ok(),
        ];
        if taken[0] {
            // z of ML-KEM and K of ML-DSA are random bytes that nothing else depends on.
            assert!(taken[1], "byte {at}");
        }
    }
    [(ours, other), again]
}

#[test]
fn both_engines_have_the_same_ml_kem() {
    for &set in ml_kem::ParameterSet::ALL {
        for _ in 0..4 {
            let pairs = pair::<aws_lc::ml_kem::PrivateKey, rust_crypto::ml_kem::PrivateKey>(set);
            for (ours, other) in pairs {
                let public = ours.public();
                let message: [u8; 32] = array().unwrap();
                let given = |bytes: &mut [u8]| {
                    bytes.copy_from_slice(&message);
                    Ok(())
                };
                let one = aws_lc::ml_kem::PublicKey::from_bytes(set, public).unwrap();
                let two = rust_crypto::ml_kem::PublicKey::from_bytes(set, public).unwrap();
                let (mut ciphertext, shared) = one.encapsulate(given).unwrap();
                let (same, same_shared) = two.encapsulate(given).unwrap();
                assert_eq!(ciphertext, same);
                assert!(shared.ct_eq(same_shared.expose()));
                assert!(
                    ours.decapsulate(&ciphertext)
                        .unwrap()
                        .ct_eq(shared.expose())
                );
                assert!(
                    other
                        .decapsulate(&ciphertext)
                        .unwrap()
                        .ct_eq(shared.expose())
                );
                // Implicit rejection gives the same wrong secret.
                ciphertext[7] ^= 4;
                let wrong = ours.decapsulate(&ciphertext).unwrap();
                assert!(!wrong.ct_eq(shared.expose()));
                assert!(
                    other
                        .decapsulate(&ciphertext)
                        .unwrap()
                        .ct_eq(wrong.expose())
                );
                assert!(ours.decapsulate(&ciphertext[1..]).is_err());
                assert!(other.decapsulate(&ciphertext[1..]).is_err());
            }
        }
    }
}

#[test]
fn both_engines_have_the_same_ml_dsa() {
    for &set in ml_dsa::ParameterSet::ALL {
        for round in 0..3 {
            let pairs = pair::<aws_lc::ml_dsa::PrivateKey, rust_crypto::ml_dsa::PrivateKey>(set);
            let context: Vec<u8> = secret(127 * round).unwrap().expose().to_vec();
            let header = header(None, &context).unwrap();
            for (ours, other) in pairs {
                let message: [u8; 100] = array().unwrap();
                let message: [&[u8]; 2] = [&header, &message];
                let one = aws_lc::ml_dsa::PublicKey::from_bytes(set, ours.public()).unwrap();
                let two = rust_crypto::ml_dsa::PublicKey::from_bytes(set, ours.public()).unwrap();
                let fixed = ours.sign(&message, None).unwrap();
                assert!(other.sign(&message, None).unwrap().ct_eq(fixed.expose()));
                let hedged = [
                    fixed,
                    ours.sign_hedged(&message, fill).unwrap(),
                    ours.sign_hedged(&message, fill).unwrap(),
                    other.sign_hedged(&message, fill).unwrap(),
                ];
                for (at, signature) in hedged.iter().enumerate() {
                    let mut signature = signature.expose().to_vec();
                    assert!(hedged[..at].iter().all(|before| !before.ct_eq(&signature)));
                    one.verify(&message, &signature).unwrap();
                    two.verify(&message, &signature).unwrap();
                    assert!(one.verify(&message[1..], &signature).is_err());
                    signature[40] ^= 1;
                    assert!(one.verify(&message, &signature).is_err());
                    assert!(two.verify(&message, &signature).is_err());
                    assert!(one.verify(&message, &signature[1..]).is_err());
                }
            }
        }
    }
}

/// Prints how fast the engines are; `cargo test --release --test vectors speed -- --nocapture`.
#[test]
#[allow(clippy::print_stdout, reason = "a measurement")]
fn speed_of_both_engines() {
    macro_rules! kem {
        ($engine:ident, $set:expr) => {{
            use $engine::ml_kem::{PrivateKey, PublicKey};
            let key = PrivateKey::generate($set, fill).unwrap();
            let public = PublicKey::from_bytes($set, key.public()).unwrap();
            let (ciphertext, _) = public.encapsulate(fill).unwrap();
            [
                micros(|| drop(PrivateKey::generate($set, fill).unwrap())),
                micros(|| drop(public.encapsulate(fill).unwrap())),
                micros(|| drop(key.decapsulate(&ciphertext).unwrap())),
            ]
        }};
    }
    macro_rules! dsa {
        ($engine:ident, $set:expr) => {{
            use $engine::ml_dsa::{PrivateKey, PublicKey};
            let key = PrivateKey::generate($set, fill).unwrap();
            let public = PublicKey::from_bytes($set, key.public()).unwrap();
            let message: [&[u8]; 2] = [&[0, 0], b"message"];
            let signature = key.sign_hedged(&message, fill).unwrap();
            assert_eq!(signature.len(), $set.signature_len());
            [
                micros(|| drop(PrivateKey::generate($set, fill).unwrap())),
                micros(|| drop(key.sign_hedged(&message, fill).unwrap())),
                micros(|| public.verify(&message, signature.expose()).unwrap()),
            ]
        }};
    }
    for &set in ml_kem::ParameterSet::ALL {
        print(
            &set,
            ["generate", "encapsulate", "decapsulate"],
            kem!(aws_lc, set),
            kem!(rust_crypto, set),
        );
    }
    for &set in ml_dsa::ParameterSet::ALL {
        print(
            &set,
            ["generate", "sign", "verify"],
            dsa!(aws_lc, set),
            dsa!(rust_crypto, set),
        );
    }
}

fn micros(work: impl Fn()) -> f64 {
    const ROUNDS: u32 = if cfg!(debug_assertions) { 3 } else { 300 };
    let start = std::time::Instant::now();
    for _ in 0..ROUNDS {
        work();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
}

#[allow(clippy::print_stdout, reason = "a measurement")]
fn print(set: &dyn core::fmt::Debug, names: [&str; 3], ours: [f64; 3], other: [f64; 3]) {
    assert!(ours.iter().chain(&other).all(|micros| *micros > 0.0));
    for ((name, ours), other) in names.into_iter().zip(ours).zip(other) {
        println!(
            "{set:?} {name}: {ours:.1} us against {other:.1} us, {:.1} times",
            other / ours
        );
    }
}
