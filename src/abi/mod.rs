// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C boundary: the only room that sees the application's memory.
//!
//! Every `C_` function reads its arguments once into safe values (`input`, `template`,
//! `params`), calls the method of the same name on [`crate::module::Module`] and writes what
//! comes back (`output`). `guard` stands around all of them: it finds the module, catches
//! panics and is the only place that makes a `CK_RV`. No raw pointer and no `CK_` structure leaves
//! this room. It deliberately decides nothing about tokens.
//! Source: PKCS#11 v3.2, "Functions" and "Platform- and compiler-dependent directives for C or
//! C++".

#[cfg(not(all(unix, target_pointer_width = "64")))]
compile_error!("the C boundary is written for 64-bit Unix, where CK_ULONG has 64 bits");

pub mod types;

mod limits;

mod guard;

mod input;

mod template;

mod params;

mod output;

mod attributes;

mod reserved;

mod fork;

mod rights;

mod trace;

pub mod calls;

pub mod tables;
