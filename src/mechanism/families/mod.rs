// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a family of mechanisms.

mod ec_key_gen;
mod ecdh;
mod ecdsa;
mod eddsa;
mod prehash;

use super::Mechanism;

/// Every family's rows, in the order of `C_GetMechanismList`.
pub(super) static FAMILIES: &[&[Mechanism]] =
    &[ec_key_gen::ROWS, ecdsa::ROWS, ecdh::ROWS, eddsa::ROWS];
