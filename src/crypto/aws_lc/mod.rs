// SPDX-License-Identifier: MIT OR Apache-2.0
//! AWS-LC through its C interface: one file an algorithm, each with owning wrappers.

pub mod ec;
pub mod edwards;
mod evp;
pub mod gcm;
pub mod ml_dsa;
pub mod ml_kem;
pub mod montgomery;
pub mod random;
pub mod rsa;
