// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKA_CHECK_VALUE: three bytes that tell keys and certificates apart.
//!
//! Source: PKCS#11 v3.2, "Secret key objects", "Certificate objects", "AES secret key objects".

use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Value};
use crate::pkcs11::attribute::CKA_CHECK_VALUE;

const LEN: usize = 3;

/// The first bytes of a longer value.
pub(super) fn first_bytes(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().take(LEN).collect()
}

/// "the first three bytes of the SHA-1 hash"
pub(super) fn of_hash(value: &[u8]) -> Vec<u8> {
    first_bytes(HashFunction::Sha1.hash(value).expose())
}

/// Sets the computed value, or holds the given one against it; a given empty one means: none.
pub(super) fn settle(attributes: &mut AttributeMap, computed: Vec<u8>) -> Result<()> {
    match attributes.bytes(CKA_CHECK_VALUE) {
        None => {
            attributes.set(CKA_CHECK_VALUE, Value::Bytes(computed));
            Ok(())
        }
        Some([]) => Ok(()),
        Some(given) if given == computed => Ok(()),
        Some(_) => Err(Error::AttributeValueInvalid(
            "CKA_CHECK_VALUE is not the check value of this object".into(),
        )),
    }
}
