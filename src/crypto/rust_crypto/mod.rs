// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RustCrypto engine, for builds without AWS-LC and to hold AWS-LC against.
#![forbid(unsafe_code)]

pub mod ec;
pub mod edwards;
pub mod montgomery;
