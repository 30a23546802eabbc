// SPDX-License-Identifier: MIT OR Apache-2.0
//! Time as the module hands it down.

/// A source of wall-clock time.
pub trait Clock: Send + Sync {
    /// Seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> u64;
}
