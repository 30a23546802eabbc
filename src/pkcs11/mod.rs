// SPDX-License-Identifier: MIT OR Apache-2.0
//! The standard's vocabulary: typed constants, handles, flags and names.
//!
//! No logic and no dependencies. Constants keep their C names; types drop the prefix.
//! Source: PKCS#11 v3.2, "General data types" and "Manifest constants".
#![forbid(unsafe_code)]

mod constants;
mod handle;
mod meaning;

pub use constants::{
    AttributeType, CertificateType, HardwareType, KdfType, KeyType, MechanismType, MgfType,
    ObjectClass, ProfileType, ReturnCode, SessionState, UserType, attribute, certificate, class,
    flag, hardware, kdf, key_type, mechanism, mgf, profile, rv, state, user, value,
};
pub use handle::{ObjectHandle, SessionHandle, SlotId};
