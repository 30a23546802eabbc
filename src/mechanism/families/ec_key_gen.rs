// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key pairs on elliptic curves.
//!
//! Source: PKCS#11 v3.2, "Elliptic Curve key pair generation", "Edwards Elliptic Curve key pair
//! generation" and "Montgomery Elliptic Curve key pair generation".

use crate::crypto::{ec, edwards, montgomery};
use crate::error::{Error, Result};
use crate::mechanism::material::{self, point};
use crate::mechanism::{Generation, KeySize, Mechanism, Pair, ParamShape, Roles, Status};
use crate::object::Value;
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::flag::{CKF_EC_CURVENAME, CKF_EC_F_P, CKF_EC_OID, CKF_EC_UNCOMPRESS};
use crate::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};
use crate::pkcs11::mechanism::{
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS,
    CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
};
use crate::secret::SecretBytes;

/// What every mechanism on these curves can say of itself.
pub(super) const EC_FLAGS: u64 = CKF_EC_F_P | CKF_EC_OID | CKF_EC_CURVENAME | CKF_EC_UNCOMPRESS;
/// The curves in short Weierstrass form.
pub(super) const EC_SIZE: KeySize = KeySize::bits(224, 521);
/// The Edwards and Montgomery curves, whose sizes the standard fixes as 255 and 448.
pub(super) const SIZE_255_448: KeySize = KeySize::bits(255, 448);

pub(super) static ROWS: &[Mechanism] = &[
    Mechanism {
        id: CKM_EC_KEY_PAIR_GEN,
        spec: "Elliptic Curve key pair generation",
        params: ParamShape::None,
        keys: &[CKK_EC],
        key_size: EC_SIZE,
        extra_flags: EC_FLAGS,
        status: Status::Current,
        roles: Roles {
            generate_pair: Some(generate),
            ..Roles::NONE
        },
    },
    Mechanism {
        id: CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS,
        spec: "Elliptic Curve key pair generation",
        params: ParamShape::None,
        keys: &[CKK_EC],
        key_size: EC_SIZE,
        extra_flags: EC_FLAGS,
        status: Status::Current,
        roles: Roles {
            generate_pair: Some(generate_extra_bits),
            ..Roles::NONE
        },
    },
    Mechanism {
        id: CKM_EC_EDWARDS_KEY_PAIR_GEN,
        spec: "Edwards Elliptic Curve key pair generation",
        params: ParamShape::None,
        keys: &[CKK_EC_EDWARDS],
        key_size: SIZE_255_448,
        extra_flags: EC_FLAGS,
        status: Status::Current,
        roles: Roles {
            generate_pair: Some(generate_edwards),
            ..Roles::NONE
        },
    },
    Mechanism {
        id: CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
        spec: "Montgomery Elliptic Curve key pair generation",
        params: ParamShape::None,
        keys: &[CKK_EC_MONTGOMERY],
        key_size: SIZE_255_448,
        extra_flags: EC_FLAGS,
        status: Status::Current,
        roles: Roles {
            generate_pair: Some(generate_montgomery),
            ..Roles::NONE
        },
    },
];

fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let curve = material::ec::curve(pair.public)?;
    let key = ec::PrivateKey::generate(curve, |bytes| generation.rng.fill(bytes))?;
    fill(pair, &key.public_point()?, key.scalar()?)
}

fn generate_extra_bits(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let curve = material::ec::curve(pair.public)?;
    let scalar = curve.random_scalar_extra_bits(|bytes| generation.rng.fill(bytes))?;
    let key = ec::PrivateKey::from_scalar(curve, scalar.expose())?;
    fill(pair, &key.public_point()?, key.scalar()?)
}

pub(super) fn generate_edwards(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let curve = material::edwards::curve(pair.public)?;
    let key = edwards::PrivateKey::generate(curve, |bytes| generation.rng.fill(bytes))?;
    fill(pair, &key.public_point(), key.seed())
}

fn generate_montgomery(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let curve = material::montgomery::curve(pair.public)?;
    let key = montgomery::PrivateKey::generate(curve, |bytes| generation.rng.fill(bytes))?;
    fill(pair, &key.public_point(), key.scalar())
}

/// The attributes that the mechanism contributes.
fn fill(pair: Pair<'_>, public: &[u8], private: SecretBytes) -> Result<()> {
    let params = pair
        .public
        .bytes(CKA_EC_PARAMS)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_EC_PARAMS is missing".into()))?
        .to_vec();
    pair.public
        .set(CKA_EC_POINT, Value::Bytes(point::wrap(public)?));
    pair.private.set(CKA_EC_PARAMS, Value::Bytes(params));
    pair.private.set(CKA_VALUE, Value::Secret(private));
    Ok(())
}
