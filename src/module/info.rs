// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the information functions answer.
//!
//! Source: PKCS#11 v3.2, "General data types". Strings are not padded here; the boundary pads them.

use crate::pkcs11::{SessionState, SlotId};

/// `manufacturerID`, of the library, its slots and its tokens
pub(super) const MANUFACTURER: &str = "Keystead";

/// `libraryVersion`
pub(super) const LIBRARY_VERSION: (u8, u8) = (0, 1);

/// `CK_INFO`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LibraryInfo {
    /// `cryptokiVersion`, major and minor
    pub cryptoki_version: (u8, u8),
    /// `manufacturerID`
    pub manufacturer: String,
    /// `libraryDescription`
    pub description: String,
    /// `libraryVersion`, major and minor
    pub library_version: (u8, u8),
}

/// `CK_SLOT_INFO`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlotInfo {
    /// `slotDescription`
    pub description: String,
    /// `manufacturerID`
    pub manufacturer: String,
    /// `flags`
    pub flags: u64,
}

/// `CK_TOKEN_INFO`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenInfo {
    /// `label`
    pub label: String,
    /// `manufacturerID`
    pub manufacturer: String,
    /// `model`
    pub model: String,
    /// `serialNumber`
    pub serial: String,
    /// `flags`
    pub flags: u64,
    /// `ulSessionCount`
    pub sessions: u64,
    /// `ulRwSessionCount`
    pub rw_sessions: u64,
    /// `utcTime`: YYYYMMDDhhmmss00
    pub utc_time: String,
    /// Grows with each change that is made while somebody is logged in; a login proves it. Not in
    /// `CK_TOKEN_INFO`.
    pub generation: u64,
    /// Tries that are left for the SO's and the user's PIN. Not in `CK_TOKEN_INFO`.
    pub tries_left: (u32, u32),
}

/// `CK_SESSION_INFO`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionInfo {
    /// `slotID`
    pub slot: SlotId,
    /// `state`
    pub state: SessionState,
    /// `flags`
    pub flags: u64,
    /// `ulDeviceError`
    pub device_error: u64,
}

/// `CK_MECHANISM_INFO`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MechanismInfo {
    /// `ulMinKeySize`
    pub key_size_min: u64,
    /// `ulMaxKeySize`
    pub key_size_max: u64,
    /// `flags`
    pub flags: u64,
}
