// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in output feedback and cipher feedback mode.
//!
//! Source: PKCS#11 v3.2, "AES-OFB", "AES-CFB"; SP 800-38A, 6.3 and 6.4.

use super::aes_key_gen::{AES_SIZE, aes_key};
use super::block_mode::Direction;
use super::streaming::{Stream, Streaming};
use crate::crypto::aes::{BLOCK_LEN, Block, Feedback, Segment};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{
    CKM_AES_CFB1, CKM_AES_CFB8, CKM_AES_CFB64, CKM_AES_CFB128, CKM_AES_OFB,
};

impl Stream for Feedback {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        Self::run(self, input, output)
    }
}

/// Reads an IV of one block.
pub(super) fn iv(params: &Params<'_>) -> Result<Block> {
    let given = match params {
        Params::Bytes(iv) => Block::try_from(*iv).ok(),
        _ => None,
    };
    given.ok_or_else(|| {
        Error::MechanismParamInvalid("the parameter must be an IV of 16 bytes".into())
    })
}

fn start(setup: &Setup<'_>, segment: Segment, direction: Direction) -> Result<Streaming<Feedback>> {
    let encrypt = direction == Direction::Encrypt;
    let key = aes_key(&setup.key)?;
    let state = Feedback::new(key, segment, encrypt, iv(setup.params)?);
    Ok(Streaming(state))
}

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $segment:expr) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::Bytes(BLOCK_LEN),
            keys: &[CKK_AES],
            key_size: AES_SIZE,
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                encrypt: Some(|setup| Ok(Box::new(start(setup, $segment, Direction::Encrypt)?))),
                decrypt: Some(|setup| Ok(Box::new(start(setup, $segment, Direction::Decrypt)?))),
                wrap: Some(|setup, material| {
                    start(setup, $segment, Direction::Encrypt)?.wrap(material)
                }),
                unwrap: Some(|setup, wrapped| {
                    start(setup, $segment, Direction::Decrypt)?.unwrap(wrapped)
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_OFB, "AES-OFB", Segment::Output),
    row!(CKM_AES_CFB64, "AES-CFB", Segment::Bytes(8)),
    row!(CKM_AES_CFB8, "AES-CFB", Segment::Bytes(1)),
    row!(CKM_AES_CFB128, "AES-CFB", Segment::Bytes(16)),
    row!(CKM_AES_CFB1, "AES-CFB", Segment::Bit),
];
