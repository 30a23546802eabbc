// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in counter mode.
//!
//! Source: PKCS#11 v3.2, "AES with counter"; SP 800-38A, 6.5.

use super::aes_block::{as_key_size, as_wrapped};
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
}

impl CounterMode {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: AesKey, params: &Params<'_>) -> Result<Self> {
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
        })
    }

    fn run(counter: &mut Counter, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| counter.apply_to(input, output))
    }
}

impl Transform for CounterMode {
    fn single_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        Self::run(&mut self.counter.clone(), input)
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        Self::run(&mut self.counter, input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::new(Vec::new()))
    }
}

fn start(setup: &Setup<'_>) -> Result<CounterMode> {
    CounterMode::new(aes_key(&setup.key)?, setup.params)
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
        encrypt: Some(|setup| Ok(Box::new(start(setup)?))),
        decrypt: Some(|setup| Ok(Box::new(start(setup)?))),
        wrap: Some(|setup, material| start(setup)?.single(material.expose()).map_err(as_key_size)),
        unwrap: Some(|setup, wrapped| start(setup)?.single(wrapped).map_err(as_wrapped)),
        ..Roles::NONE
    },
}];
