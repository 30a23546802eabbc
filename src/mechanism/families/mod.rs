// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a family of mechanisms.

mod prehash;

use super::Mechanism;

/// Every family's rows, in the order of `C_GetMechanismList`.
pub(super) static FAMILIES: &[&[Mechanism]] = &[];
