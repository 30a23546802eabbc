// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation functions: RFC 5869 and RFC 8018.
#![forbid(unsafe_code)]

pub mod hkdf;
pub mod pbkdf2;
