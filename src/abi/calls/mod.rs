// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 104 functions by name, one file a chapter.
//!
//! Each one reads its arguments, calls the method of the same name, and writes what comes back.
//! Nothing is decided here.
//! Source: PKCS#11 v3.2, "Functions".

mod ending;

pub mod general;

pub mod slot_token;

pub mod session;

pub mod object;

pub mod encrypt;

pub mod decrypt;

pub mod digest;

pub mod sign;

pub mod verify;

pub mod dual;

pub mod keys;

pub mod kem;

pub mod authenticated;

pub mod random;

pub mod parallel;

pub mod message_encrypt;

pub mod message_decrypt;

pub mod message_sign;

pub mod message_verify;

pub mod verify_signature;

pub mod asynchronous;
