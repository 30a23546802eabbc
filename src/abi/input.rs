// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes coming in: the only file that makes slices of the application's memory.
//!
//! Source: PKCS#11 v3.2, "Functions": pointers and lengths are the application's promise for the
//! time of the call.

use super::types::{CK_BYTE, CK_ULONG};
use crate::error::{Error, Result};

/// Borrows the application's bytes for one call; NULL with length 0 is empty.
///
/// # Safety
/// When non-null, `data` points to `len` readable bytes that nobody writes while the slice lives.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL with a length, or for a length that no memory can have.
pub(super) unsafe fn bytes<'call>(data: *const CK_BYTE, len: CK_ULONG) -> Result<&'call [u8]> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Error::ArgumentsBad(
            "a pointer is NULL but its length is not 0".into(),
        ));
    }
    let len = usize::try_from(len)
        .ok()
        .filter(|len| isize::try_from(*len).is_ok())
        .ok_or_else(|| Error::ArgumentsBad("a length is larger than memory can be".into()))?;
    // SAFETY: non-null, not longer than isize::MAX; readable by this function's contract.
    Ok(unsafe { core::slice::from_raw_parts(data, len) })
}

/// As [`bytes`], where NULL means that there is nothing at all (a PIN pad asks, for example).
///
/// # Safety
/// As [`bytes`].
///
/// # Errors
/// As [`bytes`].
pub(super) unsafe fn optional_bytes<'call>(
    data: *const CK_BYTE,
    len: CK_ULONG,
) -> Result<Option<&'call [u8]>> {
    if data.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: this function's contract is the same.
    unsafe { bytes(data, len) }.map(Some)
}

/// As [`bytes`], where NULL is refused: this token has no other way to ask for a PIN.
///
/// # Safety
/// As [`bytes`].
///
/// # Errors
/// As [`bytes`]; `CKR_ARGUMENTS_BAD` for NULL.
pub(super) unsafe fn pin<'call>(data: *const CK_BYTE, len: CK_ULONG) -> Result<&'call [u8]> {
    // SAFETY: this function's contract is the same.
    unsafe { optional_bytes(data, len) }?.ok_or_else(|| {
        Error::ArgumentsBad("the PIN is NULL; no protected authentication path".into())
    })
}

/// Copies one value out of the application's memory.
///
/// # Safety
/// When non-null, `data` points to a readable `T`, whose bits are a `T` whatever they are.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL.
pub(super) unsafe fn value<T: Copy>(data: *const T, what: &'static str) -> Result<T> {
    if data.is_null() {
        return Err(Error::ArgumentsBad(what.into()));
    }
    // SAFETY: non-null; readable by this function's contract; alignment is not relied on.
    Ok(unsafe { data.read_unaligned() })
}

/// Longer than the name of any function.
const NAME_MAX: usize = 64;

/// A function's name as an argument.
pub(super) struct FunctionName(Vec<u8>);

impl FunctionName {
    /// The name; what is no UTF-8 names nothing.
    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads a string that ends with NUL; of one that is longer than any name, only the beginning.
///
/// # Safety
/// When non-null, `name` points to a string that ends with NUL.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL.
pub(super) unsafe fn function_name(name: *const CK_BYTE) -> Result<FunctionName> {
    if name.is_null() {
        return Err(Error::ArgumentsBad("pFunctionName is NULL".into()));
    }
    let mut bytes = Vec::new();
    for position in 0..NAME_MAX {
        // SAFETY: no byte before this one was the NUL that ends the string.
        let place = unsafe { name.add(position) };
        // SAFETY: likewise.
        match unsafe { place.read() } {
            0 => break,
            byte => bytes.push(byte),
        }
    }
    Ok(FunctionName(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_with_length_zero_is_empty() {
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { bytes(core::ptr::null(), 0) }, Ok(&[][..]));
    }

    #[test]
    fn null_with_a_length_is_refused() {
        // SAFETY: NULL is allowed.
        let refused = unsafe { bytes(core::ptr::null(), 1) };
        assert!(matches!(refused, Err(Error::ArgumentsBad(_))));
    }

    #[test]
    fn a_length_beyond_memory_is_refused_unread() {
        let byte = 0_u8;
        // SAFETY: the length is refused before the memory is looked at.
        let refused = unsafe { bytes(&raw const byte, CK_ULONG::MAX) };
        assert!(matches!(refused, Err(Error::ArgumentsBad(_))));
    }
}
