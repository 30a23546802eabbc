// SPDX-License-Identifier: MIT OR Apache-2.0
//! The reserved string of `C_Initialize`, read so that a pointer to nowhere does no harm.
//!
//! The standard wants `pReserved` NULL; some applications leave garbage there, others a
//! configuration string. The kernel copies the memory for us and says when there is none.
//! Source: PKCS#11 v3.2, "C_Initialize".

use core::ffi::c_void;

use super::limits::RESERVED_LEN_MAX;
use crate::error::{Error, Result};

/// Copies stop at multiples of this, because the memory may: it divides every page size.
const BLOCK_LEN: usize = 4096;

/// The NUL-terminated text at `address`; `None` for NULL and for an empty text.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` when there is no readable memory, no terminator in reach, or no UTF-8.
pub(super) fn text(address: *const c_void) -> Result<Option<String>> {
    if address.is_null() {
        return Ok(None);
    }
    let bad = |why: &'static str| Error::ArgumentsBad(format!("pReserved: {why}").into());
    let mut text = Vec::new();
    let mut next = address.addr();
    while text.len() < RESERVED_LEN_MAX {
        let mut block = [0_u8; BLOCK_LEN];
        let wanted = BLOCK_LEN - next % BLOCK_LEN;
        let copied = copy_from(next, &mut block, wanted)
            .ok_or_else(|| bad("it points to memory that cannot be read"))?;
        if let Some(end) = copied.iter().position(|byte| *byte == 0) {
            text.extend(copied.iter().take(end));
            let text = String::from_utf8(text).map_err(|_| bad("it is not UTF-8"))?;
            return Ok(Some(text).filter(|text| !text.trim().is_empty()));
        }
        text.extend_from_slice(copied);
        next = next
            .checked_add(copied.len())
            .ok_or_else(|| bad("it points to the end of memory"))?;
    }
    Err(bad("it has no terminator in reach"))
}

/// Has the kernel copy `len` bytes of our own memory at `address`.
fn copy_from(address: usize, block: &mut [u8; BLOCK_LEN], len: usize) -> Option<&[u8]> {
    let local = libc::iovec {
        iov_base: block.as_mut_ptr().cast(),
        iov_len: len.min(BLOCK_LEN),
    };
    let remote = libc::iovec {
        iov_base: core::ptr::without_provenance_mut(address),
        iov_len: len.min(BLOCK_LEN),
    };
    // SAFETY: asks for a number only.
    let own = unsafe { libc::getpid() };
    // SAFETY: `local` is `block`; the kernel checks `remote` and fails with EFAULT.
    let copied =
        unsafe { libc::process_vm_readv(own, &raw const local, 1, &raw const remote, 1, 0) };
    let copied = usize::try_from(copied).ok().filter(|len| *len > 0)?;
    block.get(..copied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_empty_mean_nothing() {
        assert_eq!(text(core::ptr::null()), Ok(None));
        assert_eq!(text(c"".as_ptr().cast()), Ok(None));
    }

    #[test]
    fn a_string_is_read_up_to_its_terminator() {
        let long = format!("store = \"{}\"\0rest", "x".repeat(9000));
        let found = text(long.as_ptr().cast()).unwrap().unwrap();
        assert_eq!(Some(found.as_str()), long.split('\0').next());
    }

    #[test]
    fn a_pointer_to_nowhere_is_refused() {
        for address in [1_usize, 0xdead_beef, usize::MAX] {
            let refused = text(core::ptr::without_provenance(address));
            assert!(matches!(refused, Err(Error::ArgumentsBad(_))), "{address}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let refused = text(c"\xff\xfe".as_ptr().cast());
        assert!(matches!(refused, Err(Error::ArgumentsBad(_))));
    }
}
