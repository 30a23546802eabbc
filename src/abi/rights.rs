// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the process runs with rights that its caller does not have.
//!
//! A server that gave up root's rights cannot read its own `/proc/self/auxv`; the C library remembers
//! what stood there when the program began.

use crate::config::ForeignRights;

/// Tells the configuration what the kernel said of this process, once.
pub(super) fn tell() {
    if ForeignRights::are_known() {
        return;
    }
    // SAFETY: the function reads a table that the C library made when the program began.
    let mark = unsafe { libc::getauxval(libc::AT_SECURE) };
    ForeignRights::remember(mark != 0);
}
