// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM keys: the names of the parameter sets and the engine's keys.
//!
//! Source: PKCS#11 v3.2, "ML-KEM public key objects" and "ML-KEM private key objects"; RFC 9935.

use der::asn1::ObjectIdentifier;

use super::lattice::{Algorithm, NamedSet};
use crate::crypto::ml_kem::{ParameterSet, PrivateKey, PublicKey};
use crate::error::Result;
use crate::pkcs11::profile::{CKP_ML_KEM_512, CKP_ML_KEM_768, CKP_ML_KEM_1024};

impl NamedSet for ParameterSet {
    const ALL: &'static [Self] = Self::ALL;

    /// RFC 9935, section 3
    fn names(self) -> (u64, ObjectIdentifier) {
        match self {
            Self::MlKem512 => (
                CKP_ML_KEM_512.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.1"),
            ),
            Self::MlKem768 => (
                CKP_ML_KEM_768.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.2"),
            ),
            Self::MlKem1024 => (
                CKP_ML_KEM_1024.0,
                ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.3"),
            ),
        }
    }
}

/// ML-KEM
#[derive(Debug)]
pub enum MlKem {}

impl Algorithm for MlKem {
    type Set = ParameterSet;
    type Private = PrivateKey;
    type Public = PublicKey;

    fn public(set: ParameterSet, bytes: &[u8]) -> Result<PublicKey> {
        PublicKey::from_bytes(set, bytes)
    }
}
