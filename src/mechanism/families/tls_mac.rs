// SPDX-License-Identifier: MIT OR Apache-2.0
//! The verify_data of the "finished" message of TLS 1.2 and its forerunners.
//!
//! Source: PKCS#11 v3.2, "TLS MAC"; RFC 2246 and 5246, section 7.4.9.

use super::base_key::{tls_prf, value};
use super::mac_check::Recomputed;
use crate::crypto::kdf::tls_prf::TlsPrf;
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, KeySize, Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::object::UsableKey;
use crate::pkcs11::key_type::CKK_GENERIC_SECRET;
use crate::pkcs11::mechanism::{CKM_TLS_MAC, CKM_TLS12_MAC};
use crate::secret::SecretBytes;

/// One row.
macro_rules! row {
    ($id:ident) => {
        Mechanism {
            id: $id,
            spec: "TLS MAC",
            params: ParamShape::TlsMac,
            keys: &[CKK_GENERIC_SECRET],
            key_size: KeySize::bytes(1, super::generic_secret::VALUE_LEN_MAX),
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                sign: Some(|setup| Ok(Box::new(Finished::new(setup)?))),
                verify: Some(|setup| Ok(Box::new(Recomputed(Finished::new(setup)?)))),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[row!(CKM_TLS12_MAC), row!(CKM_TLS_MAC)];

/// "minimum of 12 bytes"
const LEN_MIN: u64 = 12;
/// Longer than any hash; a limit, so that garbage asks for no memory.
const LEN_MAX: u64 = 64;

/// The input, which is a hash of the handshake and therefore short, until it is complete.
struct Finished {
    key: UsableKey,
    prf: TlsPrf,
    label: &'static [u8],
    len: usize,
    seed: Vec<u8>,
}

impl Finished {
    fn new(setup: &Setup<'_>) -> Result<Self> {
        let invalid = |why: &'static str| Error::MechanismParamInvalid(why.into());
        let Params::TlsMac {
            hash: id,
            len,
            sender,
        } = *setup.params
        else {
            return Err(invalid("the parameter is no CK_TLS_MAC_PARAMS"));
        };
        let label: &[u8] = match sender {
            1 => b"server finished",
            2 => b"client finished",
            _ => return Err(invalid("ulServerOrClient is neither 1 nor 2")),
        };
        let prf = tls_prf(id)?;
        if prf == TlsPrf::V10 && len != LEN_MIN {
            return Err(invalid("ulMacLength of TLS 1.0 and 1.1 is always 12"));
        }
        if !(LEN_MIN..=LEN_MAX).contains(&len) {
            return Err(invalid("ulMacLength must be 12 to 64"));
        }
        Ok(Self {
            key: setup.key.clone(),
            prf,
            label,
            len: usize::try_from(len).unwrap_or(12),
            seed: Vec::new(),
        })
    }

    fn compute(&self, seed: &[u8]) -> Result<SecretBytes> {
        let key = value(self.key.object())?;
        self.prf.derive(key, self.label, &[seed], self.len)
    }
}

/// The most that is kept of a message in parts: two hashes are 128 bytes at most.
const SEED_LEN_MAX: usize = 1 << 16;

impl Accumulate for Finished {
    fn output_len(&self) -> usize {
        self.len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.compute(input)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        if self.seed.len().saturating_add(input.len()) > SEED_LEN_MAX {
            return Err(Error::DataLenRange(
                "the hash of a handshake is shorter than that".into(),
            ));
        }
        self.seed.extend_from_slice(input);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.compute(&self.seed)
    }
}
