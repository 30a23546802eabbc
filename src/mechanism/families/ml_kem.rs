// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM: key pairs, encapsulation and decapsulation.
//!
//! Source: PKCS#11 v3.2, "ML-KEM key pair generation" and "ML-KEM Key Agreement".

use crate::error::Result;
use crate::mechanism::material::lattice;
use crate::mechanism::material::ml_kem::MlKem;
use crate::mechanism::{
    Generation, KeySize, Mechanism, Pair, ParamShape, Roles, Setup, Status, Wanted,
};
use crate::pkcs11::MechanismType;
use crate::pkcs11::key_type::CKK_ML_KEM;
use crate::pkcs11::mechanism::{CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN};
use crate::secret::SecretBytes;

pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_ML_KEM_KEY_PAIR_GEN,
        "ML-KEM key pair generation",
        Roles {
            generate_pair: Some(generate),
            ..Roles::NONE
        },
    ),
    row(
        CKM_ML_KEM,
        "ML-KEM Key Agreement",
        Roles {
            encapsulate: Some(encapsulate),
            decapsulate: Some(decapsulate),
            ..Roles::NONE
        },
    ),
];

const fn row(id: MechanismType, spec: &'static str, roles: Roles) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::None,
        keys: &[CKK_ML_KEM],
        key_size: KeySize::bytes(800, 1568),
        extra_flags: 0,
        status: Status::Current,
        roles,
    }
}

fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    lattice::generate::<MlKem>(pair.public, pair.private, |bytes| {
        generation.rng.fill(bytes)
    })
}

fn encapsulate(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    let key = setup.key.object().parsed(lattice::public_key::<MlKem>)?;
    let (ciphertext, secret) = key.encapsulate(|bytes| setup.rng.fill(bytes))?;
    Ok((SecretBytes::new(ciphertext), shortened(secret, wanted)))
}

fn decapsulate(setup: &Setup<'_>, ciphertext: &[u8], wanted: &Wanted) -> Result<SecretBytes> {
    let key = setup.key.object().parsed(lattice::private_key::<MlKem>)?;
    Ok(shortened(key.decapsulate(ciphertext)?, wanted))
}

/// The fewest bytes of a shared secret that a key may have.
pub(super) const SECRET_MIN: usize = 16;

/// The part of a shared secret that a key of the wanted length takes.
// SPEC: "The mechanism contributes the result as the CKA_VALUE attribute of the new key", and nothing is
// said of a CKA_VALUE_LEN that is shorter: the key takes the first bytes, so that an AES-128 key can
// be agreed on; but not fewer than 16, because a value of a few bytes can be guessed, and with it the
// next ones.
fn shortened(secret: SecretBytes, wanted: &Wanted) -> SecretBytes {
    match wanted.len {
        Some(len) if len >= SECRET_MIN => secret.truncated(len),
        _ => secret,
    }
}
