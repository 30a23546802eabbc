// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-XTS and its keys.
//!
//! Source: PKCS#11 v3.2, "AES XTS"; IEEE 1619; SP 800-38E.

use super::aes_feedback::iv;
use super::aes_stealing::StealingMode;
use super::block_mode::Direction;
use super::generic_secret::{fill, value_len};
use crate::crypto::aes::{AesKey, BLOCK_LEN, Xts};
use crate::error::{Error, Result};
use crate::mechanism::{Generation, KeySize, Mechanism, ParamShape, Roles, Setup, Status};
use crate::object::{AttributeMap, UsableKey};
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::CKK_AES_XTS;
use crate::pkcs11::mechanism::{CKM_AES_XTS, CKM_AES_XTS_KEY_GEN};

const SIZE: KeySize = KeySize::bytes(32, 64);

/// "shall not exceed 2^20 AES blocks" (SP 800-38E, 4)
// SPEC: the table says "any" length, and the text that SP 800-38E specifies the mechanism: its limit holds.
const DATA_UNIT_LEN_MAX: u64 = 16 << 20;

/// "Keys are internally split into half-length sub-keys": one for the data, one for the tweak.
fn keys(key: &UsableKey) -> Result<(AesKey, AesKey)> {
    let parsed = key.object().parsed(|attributes| {
        let Some(value) = attributes.bytes(CKA_VALUE) else {
            return Err(Error::GeneralError("a key has no CKA_VALUE".into()));
        };
        let (data, tweak) = value.split_at(value.len() / 2);
        Ok((AesKey::new(data)?, AesKey::new(tweak)?))
    })?;
    Ok(parsed.clone())
}

fn start(setup: &Setup<'_>, direction: Direction) -> Result<StealingMode<Xts>> {
    let (data, tweak) = keys(&setup.key)?;
    let state = Xts::new(data, &tweak, &iv(setup.params)?)?;
    Ok(StealingMode::new(state, direction, DATA_UNIT_LEN_MAX))
}

fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    match value_len(attributes)? {
        32 => fill(generation, attributes, 32),
        64 => fill(generation, attributes, 64),
        _ => Err(Error::AttributeValueInvalid(
            "CKA_VALUE_LEN of an AES-XTS key must be 32 or 64".into(),
        )),
    }
}

const XTS: Mechanism = Mechanism {
    id: CKM_AES_XTS,
    spec: "AES-XTS",
    params: ParamShape::Bytes(BLOCK_LEN),
    keys: &[CKK_AES_XTS],
    key_size: SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Encrypt)?))),
        decrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Decrypt)?))),
        wrap: Some(|setup, material| start(setup, Direction::Encrypt)?.wrap(material)),
        unwrap: Some(|setup, wrapped| start(setup, Direction::Decrypt)?.unwrap(wrapped)),
        ..Roles::NONE
    },
};

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    XTS,
    Mechanism {
        id: CKM_AES_XTS_KEY_GEN,
        spec: "AES-XTS key generation",
        params: ParamShape::None,
        roles: Roles {
            generate: Some(generate),
            ..Roles::NONE
        },
        ..XTS
    },
];
