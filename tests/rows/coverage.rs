// SPDX-License-Identifier: MIT OR Apache-2.0
//! Each role of each mechanism that the library lists has given an answer that a test has compared.
//!
//! Source: PKCS#11 v3.2, `C_GetMechanismList`, `C_GetMechanismInfo`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use keystead::config::Config;
use keystead::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT,
    CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_SIGN, CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY,
    CKF_VERIFY_RECOVER, CKF_WRAP,
};
use keystead::pkcs11::{MechanismType, SlotId};

use crate::device::{Module, REPORT};

/// The flags that say what a mechanism does, and their names.
const ROLES: [(u64, &str); 18] = [
    (CKF_ENCRYPT, "encrypt"),
    (CKF_DECRYPT, "decrypt"),
    (CKF_MESSAGE_ENCRYPT, "encrypt messages"),
    (CKF_MESSAGE_DECRYPT, "decrypt messages"),
    (CKF_DIGEST, "digest"),
    (CKF_SIGN, "sign"),
    (CKF_SIGN_RECOVER, "sign with recovery"),
    (CKF_MESSAGE_SIGN, "sign messages"),
    (CKF_VERIFY, "verify"),
    (CKF_VERIFY_RECOVER, "verify with recovery"),
    (CKF_MESSAGE_VERIFY, "verify messages"),
    (CKF_GENERATE, "generate"),
    (CKF_GENERATE_KEY_PAIR, "generate pairs"),
    (CKF_WRAP, "wrap"),
    (CKF_UNWRAP, "unwrap"),
    (CKF_DERIVE, "derive"),
    (CKF_ENCAPSULATE, "encapsulate"),
    (CKF_DECAPSULATE, "decapsulate"),
];

/// What the tests of this program do not count for: they compare codes, or an answer with another
/// answer of the same row.
const NOT_COUNTED: [&str; 3] = ["coverage::", "failures::", "every_split::"];

/// How many mechanisms the default build lists, at the least.
const LISTED_MIN: usize = 247;

fn listed() -> Vec<(MechanismType, u64)> {
    let module = Module::with_config(Config::in_memory()).unwrap();
    module
        .init_token(SlotId(0), b"so-pin-1234", &[b' '; 32])
        .unwrap();
    module.mechanisms()
}

/// Runs the other tests in a process that reports what has answered, with a few vectors a role:
/// all of them run in this process.
fn answered() -> BTreeSet<(u64, u64)> {
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut tests = Command::new(std::env::current_exe().unwrap());
    for name in NOT_COUNTED {
        tests.args(["--skip", name]);
    }
    let output = tests.env(REPORT, report.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let report = fs::read_to_string(report.path()).unwrap();
    let pair = |line: &str| {
        let (id, flag) = line.split_once(' ').unwrap();
        (id.parse().unwrap(), flag.parse().unwrap())
    };
    report.lines().map(pair).collect()
}

#[test]
fn the_library_lists_at_least_so_many_mechanisms() {
    let listed = listed();
    let distinct: BTreeSet<_> = listed.iter().map(|(id, _)| *id).collect();
    assert_eq!(distinct.len(), listed.len());
    assert!(listed.iter().all(|(id, _)| id.name().is_some()));
    assert!(listed.len() >= LISTED_MIN, "{}", listed.len());
}

#[test]
fn every_role_of_every_listed_mechanism_has_answered_through_the_library() {
    let answered = answered();
    let mut bare = Vec::new();
    for (id, flags) in listed() {
        for (flag, role) in ROLES.iter().filter(|(flag, _)| flags & flag != 0) {
            if !answered.contains(&(id.0, *flag)) {
                bare.push(format!("{id}: {role}"));
            }
        }
    }
    assert!(bare.is_empty(), "without an answer:\n{}", bare.join("\n"));
}
