// SPDX-License-Identifier: MIT OR Apache-2.0
//! Making triple DES keys, and their parsed form.
//!
//! Source: PKCS#11 v3.2, "Double-length DES key generation", "Double and Triple-length DES".

use crate::crypto::des3::{Des3Key, set_odd_parity};
use crate::error::{Error, Result};
use crate::mechanism::{Generation, KeySize, Mechanism, ParamShape, Roles, Status};
use crate::object::{AttributeMap, UsableKey, Value};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::{CKK_DES2, CKK_DES3};
use crate::pkcs11::mechanism::{CKM_DES2_KEY_GEN, CKM_DES3_KEY_GEN};
use crate::secret::SecretBytes;

/// "Double-length DES keys can be used with all the same mechanisms as triple-DES keys"
pub(super) const DES3_KEYS: &[KeyType] = &[CKK_DES3, CKK_DES2];

/// The key sizes "are not used" for DES: each key type has one.
pub(super) const DES3_SIZE: KeySize = KeySize::NONE;

/// The round keys of a key, made once per object.
pub(super) fn des3_key(key: &UsableKey) -> Result<Des3Key> {
    let parsed = key.object().parsed(|attributes| {
        let Some(value) = attributes.bytes(CKA_VALUE) else {
            return Err(Error::GeneralError("a DES key has no CKA_VALUE".into()));
        };
        Des3Key::new(value)
    })?;
    Ok(parsed.clone())
}

/// Random bytes "with parity bits set properly"; two equal parts would make the cipher a single DES.
fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap, len: usize) -> Result<()> {
    let value = SecretBytes::try_init(len, |bytes| {
        generation.rng.fill(bytes)?;
        set_odd_parity(bytes);
        Ok::<_, Error>(())
    })?;
    let (one, rest) = value.expose().split_at(8);
    let (two, three) = rest.split_at(8);
    if one == two || two == three {
        return Err(Error::FunctionFailed(
            "two parts of the new key are the same".into(),
        ));
    }
    attributes.set(CKA_VALUE, Value::Secret(value));
    Ok(())
}

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $key:ident, $len:literal) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::None,
            keys: &[$key],
            key_size: DES3_SIZE,
            extra_flags: 0,
            status: Status::Legacy,
            roles: Roles {
                generate: Some(|generation, attributes| generate(generation, attributes, $len)),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(
        CKM_DES2_KEY_GEN,
        "Double-length DES key generation",
        CKK_DES2,
        16
    ),
    row!(
        CKM_DES3_KEY_GEN,
        "Double and Triple-length DES",
        CKK_DES3,
        24
    ),
];
