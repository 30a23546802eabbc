// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM: key pairs, encapsulation and decapsulation.
//!
//! Source: PKCS#11 v3.2, "ML-KEM key pair generation" and "ML-KEM Key Agreement".

use crate::error::Result;
use crate::mechanism::material::lattice;
use crate::mechanism::material::ml_kem::MlKem;
use crate::mechanism::{Generation, KeySize, Mechanism, Pair, ParamShape, Roles, Setup, Status};
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

fn encapsulate(setup: &Setup<'_>) -> Result<(SecretBytes, SecretBytes)> {
    let key = setup.key.object().parsed(lattice::public_key::<MlKem>)?;
    let (ciphertext, secret) = key.encapsulate(|bytes| setup.rng.fill(bytes))?;
    Ok((SecretBytes::new(ciphertext), secret))
}

fn decapsulate(setup: &Setup<'_>, ciphertext: &[u8]) -> Result<SecretBytes> {
    let key = setup.key.object().parsed(lattice::private_key::<MlKem>)?;
    key.decapsulate(ciphertext)
}
