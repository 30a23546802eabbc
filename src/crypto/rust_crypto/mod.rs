// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RustCrypto engine: the whole of it without AWS-LC, the second opinion with it.
#![forbid(unsafe_code)]

pub mod ec;
pub mod ed448;
pub mod edwards;
mod entropy;
pub mod gcm;
pub mod ml_dsa;
pub mod ml_kem;
pub mod montgomery;
pub mod rsa;
pub mod x448;
