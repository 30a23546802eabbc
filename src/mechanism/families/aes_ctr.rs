// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in counter mode.
//!
//! Source: PKCS#11 v3.2, "AES with counter"; SP 800-38A, 6.5.

use super::aes_block::Direction;
use super::aes_key_gen::{AES_SIZE, aes_key};
use crate::crypto::aes::{AesKey, Counter};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Params, Roles, Setup, Status, Transform};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_CTR;
use crate::secret::SecretBytes;

/// A key stream under way; both directions are the same.
#[derive(Debug)]
pub struct CounterMode {
    counter: Counter,
    direction: Direction,
}

impl CounterMode {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: AesKey, params: &Params<'_>, direction: Direction) -> Result<Self> {
        let Params::AesCtr {
            counter_bits,
            block,
        } = params
        else {
            return Err(Error::MechanismParamInvalid(
                "the parameter must be a CK_AES_CTR_PARAMS".into(),
            ));
        };
        Ok(Self {
            counter: Counter::new(key, *block, *counter_bits)?,
            direction,
        })
    }

    fn run(&self, counter: &mut Counter, input: &[u8]) -> Result<SecretBytes> {
        let error = |error| match (error, self.direction) {
            (Error::DataLenRange(reason), Direction::Decrypt) => {
                Error::EncryptedDataLenRange(reason)
            }
            (error, _) => error,
        };
        SecretBytes::try_init(input.len(), |output| {
            output.copy_from_slice(input);
            counter.apply(output).map_err(error)
        })
    }
}

impl Transform for CounterMode {
    fn single_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.run(&mut self.counter.clone(), input)
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let mut counter = self.counter.clone();
        let output = self.run(&mut counter, input)?;
        self.counter = counter;
        Ok(output)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::new(Vec::new()))
    }
}

fn start(setup: &Setup<'_>, direction: Direction) -> Result<CounterMode> {
    CounterMode::new(aes_key(&setup.key)?, setup.params, direction)
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_CTR,
    spec: "AES with counter",
    params: ParamShape::AesCtr,
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Encrypt)?))),
        decrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Decrypt)?))),
        ..Roles::NONE
    },
}];
