// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the library exports, and how it is linked.
//!
//! Source: PKCS#11 v3.2, "Functions".

use std::collections::BTreeSet;
use std::process::Command;

use keystead::abi::tables::{Functions240, Functions300, Functions320};

use crate::library;

/// The 104 functions by name.
pub(crate) fn names() -> Vec<&'static str> {
    [
        Functions240::NAMES,
        Functions300::NAMES,
        Functions320::NAMES,
    ]
    .concat()
}

fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_library_exports_the_104_functions_and_nothing_else() {
    let listed = output_of(
        Command::new("nm")
            .args(["--dynamic", "--defined-only"])
            .arg(library::path()),
    );
    let exported: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    let wanted: BTreeSet<&str> = names().into_iter().collect();
    assert_eq!(wanted.len(), 104);
    assert_eq!(exported, wanted);
}

#[test]
fn the_library_has_its_name_and_stays_mapped() {
    let dynamic = output_of(Command::new("readelf").arg("-d").arg(library::path()));
    assert!(dynamic.contains("[libkeystead.so]"), "{dynamic}");
    assert!(dynamic.contains("NODELETE"), "{dynamic}");
    assert!(!dynamic.contains("libcrypto"), "{dynamic}");
}

/// A program may have another allocator, or another libcrypto, whose functions these names are.
#[test]
fn the_engine_finds_no_memory_functions_in_the_process() {
    let wanted = output_of(
        Command::new("nm")
            .args(["--dynamic", "--undefined-only"])
            .arg(library::path()),
    );
    for name in ["sdallocx", "OPENSSL_", "CRYPTO_", "EVP_"] {
        let found = wanted.lines().find(|line| line.contains(name));
        assert_eq!(found, None, "{name}");
    }
}
