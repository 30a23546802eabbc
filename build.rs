// SPDX-License-Identifier: MIT OR Apache-2.0
//! Linker settings of the shared library.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libkeystead.so");
        // An application may call dlclose while one of its threads is inside the module, and the
        // fork handler stays registered: the code must stay mapped.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        // The engine asks for functions that a program may bring instead of malloc and free. What
        // another allocator or libcrypto of the process calls so is none of this library's: memory
        // of one allocator would be given back to another. They are not there, for good.
        for name in [
            "sdallocx",
            "OPENSSL_memory_alloc",
            "OPENSSL_memory_free",
            "OPENSSL_memory_get_size",
            "OPENSSL_memory_realloc",
        ] {
            println!("cargo::rustc-cdylib-link-arg=-Wl,--defsym={name}=0");
        }
    }
}
