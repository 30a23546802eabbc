// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parameters and rows that outlive their call: one Init, many operations.
//!
//! Source: PKCS#11 v3.2, "Message-based signing and MACing functions": "one or more signature
//! operations that use the same signature mechanism and signature key".

use super::{GcmParams, Mechanism, ParamShape, Params, Rng, Setup};
use crate::error::{Error, Result};
use crate::object::UsableKey;
use crate::pkcs11::{MechanismType, MgfType};

/// A parameter that owns what it points to.
#[derive(Debug)]
enum Kept {
    None,
    Bytes(Vec<u8>),
    Ulong(u64),
    RsaPss {
        hash: MechanismType,
        mgf: MgfType,
        salt_len: u64,
    },
    Eddsa {
        prehash: bool,
        context: Vec<u8>,
    },
    SignContext {
        hedge: u64,
        context: Vec<u8>,
    },
    HashSignContext {
        hedge: u64,
        context: Vec<u8>,
        hash: MechanismType,
    },
    TlsMac {
        hash: MechanismType,
        len: u64,
        sender: u64,
    },
    Gcm {
        iv: Option<Vec<u8>>,
        iv_len: usize,
        aad: Vec<u8>,
        tag_bits: u64,
    },
}

/// Whether a mechanism with this parameter can make many operations from one Init.
#[must_use]
pub const fn keeps(shape: ParamShape) -> bool {
    matches!(
        shape,
        ParamShape::None
            | ParamShape::Bytes(_)
            | ParamShape::OptionalBytes(_)
            | ParamShape::Ulong
            | ParamShape::RsaPss
            | ParamShape::Eddsa
            | ParamShape::SignContext
            | ParamShape::HashSignContext
            | ParamShape::Gmac
            | ParamShape::TlsMac
            | ParamShape::Gcm
    )
}

impl Kept {
    fn new(params: &Params<'_>) -> Result<Self> {
        Ok(match params {
            Params::None => Self::None,
            Params::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Params::Ulong(number) => Self::Ulong(*number),
            Params::RsaPss {
                hash,
                mgf,
                salt_len,
            } => Self::RsaPss {
                hash: *hash,
                mgf: *mgf,
                salt_len: *salt_len,
            },
            Params::Eddsa { prehash, context } => Self::Eddsa {
                prehash: *prehash,
                context: context.to_vec(),
            },
            Params::SignContext { hedge, context } => Self::SignContext {
                hedge: *hedge,
                context: context.to_vec(),
            },
            Params::HashSignContext {
                hedge,
                context,
                hash,
            } => Self::HashSignContext {
                hedge: *hedge,
                context: context.to_vec(),
                hash: *hash,
            },
            Params::TlsMac { hash, len, sender } => Self::TlsMac {
                hash: *hash,
                len: *len,
                sender: *sender,
            },
            Params::Gcm(given) => Self::Gcm {
                iv: given.iv.map(<[u8]>::to_vec),
                iv_len: given.iv_len,
                aad: given.aad.to_vec(),
                tag_bits: given.tag_bits,
            },
            _ => {
                return Err(Error::MechanismInvalid(
                    "the mechanism's parameter serves one operation only".into(),
                ));
            }
        })
    }

    fn params(&self) -> Params<'_> {
        match self {
            Self::None => Params::None,
            Self::Bytes(bytes) => Params::Bytes(bytes),
            Self::Ulong(number) => Params::Ulong(*number),
            Self::RsaPss {
                hash,
                mgf,
                salt_len,
            } => Params::RsaPss {
                hash: *hash,
                mgf: *mgf,
                salt_len: *salt_len,
            },
            Self::Eddsa { prehash, context } => Params::Eddsa {
                prehash: *prehash,
                context,
            },
            Self::SignContext { hedge, context } => Params::SignContext {
                hedge: *hedge,
                context,
            },
            Self::HashSignContext {
                hedge,
                context,
                hash,
            } => Params::HashSignContext {
                hedge: *hedge,
                context,
                hash: *hash,
            },
            Self::TlsMac { hash, len, sender } => Params::TlsMac {
                hash: *hash,
                len: *len,
                sender: *sender,
            },
            Self::Gcm {
                iv,
                iv_len,
                aad,
                tag_bits,
            } => Params::Gcm(GcmParams {
                iv: iv.as_deref(),
                iv_len: *iv_len,
                aad,
                tag_bits: *tag_bits,
            }),
        }
    }
}

/// Starts one operation after the other from one Init.
#[derive(Debug)]
pub struct Repeat<Op> {
    mechanism: &'static Mechanism,
    key: UsableKey,
    params: Kept,
    rng: Rng,
    start: fn(&Setup<'_>) -> Result<Op>,
}

impl<Op> Repeat<Op> {
    /// Keeps what the operations start from.
    ///
    /// # Errors
    /// `CKR_MECHANISM_INVALID` when the parameter serves one operation only.
    pub fn new(setup: &Setup<'_>, start: fn(&Setup<'_>) -> Result<Op>) -> Result<Self> {
        Ok(Self {
            mechanism: setup.mechanism,
            key: setup.key.clone(),
            params: Kept::new(setup.params)?,
            rng: setup.rng,
            start,
        })
    }

    /// Starts the next operation.
    ///
    /// # Errors
    /// Those of the mechanism's Init.
    pub fn start(&self) -> Result<Op> {
        (self.start)(&Setup {
            mechanism: self.mechanism,
            key: self.key.clone(),
            params: &self.params.params(),
            rng: self.rng,
        })
    }
}
