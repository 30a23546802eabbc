// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanisms as data: a mechanism is one row, and everything else is computed from the rows.
//!
//! Source: PKCS#11 v3.2, "Mechanisms".
#![forbid(unsafe_code)]

mod aead;
mod def;
pub mod families;
mod fips_like;
mod ike_params;
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
    Batch, BatchRole, Derivation, Derived, Extra, Generation, KeySize, Made, Mechanism, Offspring,
    Pair, Parents, ROLE_FLAGS, Roles, Setup, SizeUnit, Status, Wanted,
};
pub use families::PAD_RFC5649;
pub use fips_like::{Approved, FIPS_LIKE, KeyBar, approved};
pub use ike_params::IkeParams;
pub use kept::{Repeat, keeps};
pub use operation::{Accumulate, Check, Transform};
pub use params::{
    AdditionalKey, CcmParams, GcmParams, HkdfParams, HkdfSalt, KbkdfField, KbkdfNumber,
    KbkdfParams, ParamShape, Params, Pbkd2Params, TlsKeyMaterial,
};
pub use registry::{all, find};
pub use rng::{Random, Rng};
