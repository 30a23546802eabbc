// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of the derivations for IKE.
//!
//! Source: PKCS#11 v3.2, "IKE mechanism parameters".

use crate::pkcs11::{MechanismType, ObjectHandle};

/// One of the four structures.
#[derive(Debug)]
pub enum IkeParams<'call> {
    /// `CK_IKE_PRF_DERIVE_PARAMS`
    Prf {
        /// `prfMechanism`
        prf: MechanismType,
        /// `bDataAsKey`
        data_as_key: bool,
        /// `hNewKey`, which counts with `bRekey` only
        new_key: Option<ObjectHandle>,
        /// `pNi`
        ni: &'call [u8],
        /// `pNr`
        nr: &'call [u8],
    },
    /// `CK_IKE1_PRF_DERIVE_PARAMS`
    Ike1Prf {
        /// `prfMechanism`
        prf: MechanismType,
        /// `hKeygxy`
        key_gxy: ObjectHandle,
        /// `hPrevKey`, which counts with `bHasPrevKey` only
        prev_key: Option<ObjectHandle>,
        /// `pCKYi`
        cky_i: &'call [u8],
        /// `pCKYr`
        cky_r: &'call [u8],
        /// `keyNumber`
        number: u8,
    },
    /// `CK_IKE2_PRF_PLUS_DERIVE_PARAMS`
    Ike2PrfPlus {
        /// `prfMechanism`
        prf: MechanismType,
        /// `hSeedKey`, which counts with `bHasSeedKey` only
        seed_key: Option<ObjectHandle>,
        /// `pSeedData`
        seed: &'call [u8],
    },
    /// `CK_IKE1_EXTENDED_DERIVE_PARAMS`
    Ike1Extended {
        /// `prfMechanism`
        prf: MechanismType,
        /// `hKeygxy`, which counts with `bHasKeygxy` only
        key_gxy: Option<ObjectHandle>,
        /// `pExtraData`
        extra: &'call [u8],
    },
}

impl IkeParams<'_> {
    /// `prfMechanism`
    #[must_use]
    pub const fn prf(&self) -> MechanismType {
        match self {
            Self::Prf { prf, .. }
            | Self::Ike1Prf { prf, .. }
            | Self::Ike2PrfPlus { prf, .. }
            | Self::Ike1Extended { prf, .. } => *prf,
        }
    }

    /// The keys that the parameter names, in its order.
    pub(super) fn keys(&self) -> Vec<ObjectHandle> {
        match self {
            Self::Prf { new_key, .. } => new_key.iter().copied().collect(),
            Self::Ike1Prf {
                key_gxy, prev_key, ..
            } => core::iter::once(*key_gxy).chain(*prev_key).collect(),
            Self::Ike2PrfPlus { seed_key, .. } => seed_key.iter().copied().collect(),
            Self::Ike1Extended { key_gxy, .. } => key_gxy.iter().copied().collect(),
        }
    }
}
