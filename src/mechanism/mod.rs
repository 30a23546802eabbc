// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanisms as data: a mechanism is one row, and everything else is computed from the rows.
//!
//! Source: PKCS#11 v3.2, "Mechanisms".
#![forbid(unsafe_code)]

mod aead;
mod def;
pub mod families;
mod kept;
pub mod material;
mod operation;
mod params;
mod registry;
mod rng;

pub use aead::{
    Aead, AeadRole, MessageParams, MessageShape, MessageStart, NonceSource, Open, Seal,
};
pub use def::{
    Derivation, Derived, Generation, KeySize, Mechanism, Pair, Roles, Setup, SizeUnit, Status,
};
pub use kept::{Repeat, keeps};
pub use operation::{Accumulate, Check, Transform};
pub use params::{GcmParams, ParamShape, Params};
pub use registry::{all, find};
pub use rng::{Random, Rng};
