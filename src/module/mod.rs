// SPDX-License-Identifier: MIT OR Apache-2.0
//! The safe API: every C_ function without pointers. A [`Module`] is an instance, never a global.
//!
//! One file a chapter of PKCS#11 v3.2, "Functions", with the same names as `abi/calls/`.
#![forbid(unsafe_code)]

mod asynchronous;
mod authenticated;
mod care;
mod decrypt;
mod derive;
mod digest;
mod dual;
mod encrypt;
mod gate;
mod general;
mod info;
mod kem;
mod keys;
mod make;
mod message_decrypt;
mod message_encrypt;
mod message_sign;
mod message_verify;
mod object;
mod open;
mod operation_state;
mod policy;
mod random;
mod session;
mod sign;
mod slot_token;
mod system;
mod verify;
mod verify_signature;

pub use crate::mechanism::{
    Extra, KeySize, Mechanism, Params, SizeUnit, Status, all as mechanisms, find as mechanism,
};
pub use crate::object::{Object, RawValue, Shown, Template, read};
pub use crate::session::{Beside, Buffer, Function, Reply, Room};
pub use crate::store::Outcome;
pub use asynchronous::{Completion, Finished, Saved};
pub use authenticated::{TagPlace, Unwrapping, Wrapping};
pub use derive::Offshoots;
pub use general::{Module, Start};
pub use info::{LibraryInfo, MechanismInfo, SessionInfo, SlotInfo, TokenInfo};
pub use slot_token::{TokenPresent, Wait};
