// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two ends of the output-length convention.
//!
//! Source: PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer".

use crate::secret::SecretBytes;

/// How much room the application offers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Room {
    /// The buffer is NULL: only the length is asked for.
    Query,
    /// This many bytes.
    Bytes(usize),
}

/// What goes back.
#[derive(Debug)]
pub enum Reply {
    /// The answer to a length query.
    Length(usize),
    /// The output; it fits the room that was offered.
    Bytes(SecretBytes),
}
