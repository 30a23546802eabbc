// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a family of mechanisms.

pub mod aes_block;
mod aes_cmac;
pub mod aes_ctr;
pub mod aes_gcm;
mod aes_key_gen;
pub mod aes_key_wrap;
pub mod digest;
mod generic_secret;
mod hmac;
pub mod mac_check;
mod prehash;

use super::Mechanism;
pub(super) use generic_secret::VALUE_LEN_MAX;

/// Every family's rows, in the order of `C_GetMechanismList`.
pub(super) static FAMILIES: &[&[Mechanism]] = &[
    digest::ROWS,
    hmac::ROWS,
    generic_secret::ROWS,
    aes_key_gen::ROWS,
    aes_block::ROWS,
    aes_ctr::ROWS,
    aes_gcm::ROWS,
    aes_cmac::ROWS,
    aes_key_wrap::ROWS,
];
