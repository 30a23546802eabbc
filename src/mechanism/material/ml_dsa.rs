// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA keys: the names of the parameter sets and the engine's keys.
//!
//! Source: PKCS#11 v3.2, "ML-DSA public key objects" and "ML-DSA private key objects"; RFC 9881.

use der::asn1::ObjectIdentifier;

use super::lattice::{Algorithm, NamedSet};
use crate::crypto::ml_dsa::{ParameterSet, PrivateKey, PublicKey};
use crate::error::Result;
use crate::pkcs11::profile::{CKP_ML_DSA_44, CKP_ML_DSA_65, CKP_ML_DSA_87};

impl NamedSet for ParameterSet {
    const ALL: &'static [Self] = Self::ALL;

    /// RFC 9881, section 2
    fn names(self) -> (u64, ObjectIdentifier) {
        match self {
            Self::MlDsa44 => (
                CKP_ML_DSA_44.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"),
            ),
            Self::MlDsa65 => (
                CKP_ML_DSA_65.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"),
            ),
            Self::MlDsa87 => (
                CKP_ML_DSA_87.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"),
            ),
        }
    }
}

/// ML-DSA
#[derive(Debug)]
pub enum MlDsa {}

impl Algorithm for MlDsa {
    type Set = ParameterSet;
    type Private = PrivateKey;
    type Public = PublicKey;

    fn public(set: ParameterSet, bytes: &[u8]) -> Result<PublicKey> {
        PublicKey::from_bytes(set, bytes)
    }
}
