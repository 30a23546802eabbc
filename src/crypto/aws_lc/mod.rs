// SPDX-License-Identifier: MIT OR Apache-2.0
//! AWS-LC through its C interface: one file an algorithm, each with owning wrappers.

pub mod gcm;
pub mod random;
