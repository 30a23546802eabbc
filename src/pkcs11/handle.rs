// SPDX-License-Identifier: MIT OR Apache-2.0
//! Slot identifiers, session handles and object handles.
//!
//! Source: PKCS#11 v3.2, "Slot and token types", "Session types", "Object types".

/// `CK_SLOT_ID`: given once, when the token is initialised.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SlotId(pub u64);

/// `CK_SESSION_HANDLE`; 0 is never valid.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SessionHandle(pub u64);

/// `CK_OBJECT_HANDLE`; 0 is never valid.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectHandle(pub u64);
