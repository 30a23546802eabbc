// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation functions: RFC 5869, RFC 8018, SP 800-108, RFC 2409, RFC 7296, RFC 2246, RFC
//! 5246.
#![forbid(unsafe_code)]

pub mod hkdf;
pub mod ike;
pub mod kbkdf;
pub mod pbkdf2;
pub mod tls_prf;
