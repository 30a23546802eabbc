// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keystead: a PKCS#11 software HSM. Keys are made, used and destroyed inside an encrypted token.
//!
//! The rooms in reading order; `ARCHITECTURE.md` says who may know whom.

pub mod pkcs11;

pub mod error;
pub mod secret;

pub mod log;

pub mod object;

pub mod crypto;

pub mod mechanism;

pub mod store;

pub mod config;

pub mod session;

pub mod token;

pub mod module;

#[expect(
    unsafe_code,
    reason = "the C boundary reads and writes the application's memory"
)]
pub mod abi;

pub mod cli;

#[cfg(panic = "abort")]
compile_error!("the token must return CKR_GENERAL_ERROR on a panic, not take its host down");
