// SPDX-License-Identifier: MIT OR Apache-2.0
//! Making AES keys, and their parsed form.
//!
//! Source: PKCS#11 v3.2, "AES key generation".

use super::generic_secret::{fill, value_len};
use crate::crypto::aes::AesKey;
use crate::error::{Error, Result};
use crate::mechanism::{Generation, KeySize, Mechanism, ParamShape, Roles, Status};
use crate::object::{AttributeMap, UsableKey};
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_KEY_GEN;

/// The sizes of all AES mechanisms.
pub(super) const AES_SIZE: KeySize = KeySize::bytes(16, 32);

/// The round keys of a key, made once per object.
pub(super) fn aes_key(key: &UsableKey) -> Result<AesKey> {
    let parsed = key.object().parsed(|attributes| {
        let Some(value) = attributes.bytes(CKA_VALUE) else {
            return Err(Error::GeneralError("an AES key has no CKA_VALUE".into()));
        };
        AesKey::new(value)
    })?;
    Ok(parsed.clone())
}

fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    let len = match value_len(attributes)? {
        16 => 16,
        24 => 24,
        32 => 32,
        _ => {
            return Err(Error::AttributeValueInvalid(
                "CKA_VALUE_LEN of an AES key must be 16, 24 or 32".into(),
            ));
        }
    };
    fill(generation, attributes, len)
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_KEY_GEN,
    spec: "AES key generation",
    params: ParamShape::None,
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        generate: Some(generate),
        ..Roles::NONE
    },
}];
