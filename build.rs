// SPDX-License-Identifier: MIT OR Apache-2.0
//! Linker settings of the shared library.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libkeystead.so");
        // An application may call dlclose while one of its threads is inside the module, and the
        // fork handler stays registered: the code must stay mapped.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
