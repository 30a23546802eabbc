// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published known answers for each role of each row, through the safe API.
//!
//! Keys come in through `C_CreateObject`, and each vector runs the calls of its role: in one part,
//! with a length query first, and in many parts. PKCS#11 v3.2, "Mechanisms", says what a row does;
//! each vector names the document its answer is from.
//!
//! A new family of mechanisms adds a file of its own here with a function `vectors()` and a test
//! that gives it to [`bench::hold`], a `mod` line below, and a line in [`FAMILIES`]. A row or role
//! that has neither vectors (here, or in `tests/vectors/` as [`row_level`] lists them) nor a line in [`EXCEPTIONS`] fails the test in this file, and so does
//! an exception that nothing needs. Generating roles are covered by a line in
//! `generation::GENERATED` instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests may stop"
)]

#[path = "../vectors/aead_more.rs"]
mod aead_more;
mod aes;
#[path = "../vectors/aes_more.rs"]
mod aes_more;
mod aes_wrap;
mod bench;
#[path = "../vectors/cipher_parts.rs"]
mod cipher_parts;
mod coverage;
#[path = "../vectors/derive.rs"]
mod derive;
#[path = "../vectors/des3.rs"]
mod des3;
mod device;
mod digest;
mod domain;
mod drive;
mod dsa;
mod ec;
mod failures;
mod generation;
mod hash;
#[path = "../vectors/hash_known.rs"]
mod hash_known;
#[path = "../vectors/hkdf.rs"]
mod hkdf;
#[path = "../vectors/kbkdf.rs"]
mod kbkdf;
mod mac;
#[path = "../vectors/pbkdf2.rs"]
mod pbkdf2;
#[path = "../vectors/pq_rows.rs"]
mod pq_rows;
#[path = "../vectors/public_key.rs"]
mod public_key;
mod row_level;
mod rsa;
mod rsa_legacy;
mod rsa_sign;
#[path = "../vectors/simple_derive.rs"]
mod simple_derive;
#[path = "../vectors/splits.rs"]
mod splits;
#[path = "../vectors/tls12.rs"]
mod tls12;
mod vector;
mod wrapping;

use std::collections::BTreeSet;

use keystead::mechanism::all;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::mechanism::{
    CKM_AES_GCM, CKM_ECDSA_SHA3_224, CKM_RSA_X_509, CKM_SHA1_RSA_PKCS, CKM_SHA3_224_RSA_PKCS_PSS,
    CKM_SHA3_256_RSA_PKCS_PSS, CKM_SHA3_384_RSA_PKCS_PSS, CKM_SHA3_512_RSA_PKCS_PSS,
};

use vector::{Role, Vector};

/// Every family's vectors.
const FAMILIES: &[fn() -> Vec<Vector>] = &[
    aes::vectors,
    aes_wrap::vectors,
    digest::vectors,
    dsa::vectors,
    ec::vectors,
    hash::vectors,
    mac::vectors,
    rsa::vectors,
    rsa_legacy::vectors,
    rsa_sign::vectors,
];

const CROSS: &str = "Wycheproof has no vectors for this hash; what the row signs, it and the row \
                     without a hash verify, and the latter has vectors";

/// Roles without vectors of their own, and why.
const EXCEPTIONS: &[(MechanismType, Role, &str)] = &[
    (CKM_SHA1_RSA_PKCS, Role::Verify, CROSS),
    (CKM_SHA3_224_RSA_PKCS_PSS, Role::Verify, CROSS),
    (CKM_SHA3_256_RSA_PKCS_PSS, Role::Verify, CROSS),
    (CKM_SHA3_384_RSA_PKCS_PSS, Role::Verify, CROSS),
    (CKM_SHA3_512_RSA_PKCS_PSS, Role::Verify, CROSS),
    (CKM_ECDSA_SHA3_224, Role::Verify, CROSS),
    (
        CKM_AES_GCM,
        Role::Aead,
        "Wycheproof's vectors run through the message functions in `tests/api/message_cipher.rs`",
    ),
    (
        CKM_RSA_X_509,
        Role::Decrypt,
        "the public half's encryption has vectors, and what it encrypts is decrypted again",
    ),
    (
        CKM_RSA_X_509,
        Role::Unwrap,
        "what the public half wraps is unwrapped again",
    ),
];

/// The forms of FIPS 204 and 205 that hash first have no published answers at hand: `pq_rows` of
/// `tests/vectors/` holds each against the form that is given the hash, and verifies what it signs.
fn is_hash_form(row: &keystead::mechanism::Mechanism) -> bool {
    let name = row.id.name().unwrap_or_default();
    name.starts_with("CKM_HASH_ML_DSA") || name.starts_with("CKM_HASH_SLH_DSA")
}

#[test]
fn every_role_of_every_row_has_known_answers_or_a_reason() {
    let at_the_row: BTreeSet<_> = row_level::ROW_LEVEL
        .iter()
        .flat_map(|(_, ids)| *ids)
        .collect();
    let known: BTreeSet<_> = FAMILIES
        .iter()
        .flat_map(|family| family())
        .map(|vector| (vector.id, vector.run.role()))
        .chain(generation::GENERATED.iter().copied())
        .chain(domain::GENERATED.iter().copied())
        .collect();
    let excepted: BTreeSet<_> = EXCEPTIONS
        .iter()
        .map(|(id, role, _)| (*id, *role))
        .collect();
    let roles: BTreeSet<_> = all()
        .filter(|row| !at_the_row.contains(&row.id) && !is_hash_form(row))
        .flat_map(|row| Role::of(&row.roles).into_iter().map(|role| (row.id, role)))
        .collect();
    let covered: BTreeSet<_> = known.union(&excepted).copied().collect();
    let bare: Vec<_> = roles.difference(&covered).collect();
    assert!(bare.is_empty(), "neither vectors nor a reason: {bare:?}");
    // A row that is held at the row may have vectors here too.
    let every: BTreeSet<_> = all()
        .flat_map(|row| Role::of(&row.roles).into_iter().map(|role| (row.id, role)))
        .collect();
    let strange: Vec<_> = covered.difference(&every).collect();
    assert!(strange.is_empty(), "no row has these roles: {strange:?}");
    let idle: Vec<_> = excepted.intersection(&known).collect();
    assert!(idle.is_empty(), "exceptions with vectors: {idle:?}");
}
