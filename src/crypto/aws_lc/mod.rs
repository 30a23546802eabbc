// SPDX-License-Identifier: MIT OR Apache-2.0
//! AWS-LC, linked statically under its own symbol prefix, through its C interface.
//!
//! Each C object has an owner that frees it; each block does one thing.
#![expect(
    unsafe_code,
    reason = "the engine is a C library; its safe wrapper has no raw scalars and no digests"
)]

pub mod ec;
pub mod edwards;
pub mod montgomery;
