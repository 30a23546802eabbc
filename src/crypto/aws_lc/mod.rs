// SPDX-License-Identifier: MIT OR Apache-2.0
//! AWS-LC through its C interface: one file an algorithm, each with owning wrappers.

pub mod ec;
pub mod edwards;
pub mod montgomery;
pub mod rsa;
