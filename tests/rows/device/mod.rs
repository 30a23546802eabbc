// SPDX-License-Identifier: MIT OR Apache-2.0
//! The shared library behind the methods of the safe API, so that a test that is written for the one
//! runs on the other: every call goes through the C function of its name.
//!
//! Source: PKCS#11 v3.2, "Functions".
#![allow(
    unsafe_code,
    clippy::borrow_as_ptr,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the tests do what C programs do"
)]

mod c_derive;
mod c_params;
mod c_protocols;
mod errors;
mod ledger;
mod library;
mod make;
mod memory;
mod messages;
mod object;
mod operation;
mod token;

pub(crate) use c_params::Given;
pub(crate) use ledger::{REPORT, is_reporting};
pub(crate) use operation::Flow;
pub(crate) use token::Module;
