// SPDX-License-Identifier: MIT OR Apache-2.0
//! The programs that Debian 12 does not have, in a Debian 13 root.
//!
//! `debian-13/root.sh` makes the root once, outside the work tree; `debian-13/enter.sh` runs a script in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::{explained, is_installed, library};

const PROGRAMS: &[&str] = &["debootstrap", "unshare", "ip"];

/// Where the root is, or why there is none.
static ROOT: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    if let Some(missing) = PROGRAMS.iter().find(|program| !is_installed(program)) {
        return Err(format!("{missing} is not installed"));
    }
    let output = Command::new("bash")
        .arg(scripts().join("debian-13/root.sh"))
        .output()
        .unwrap();
    if output.status.success() {
        Ok(PathBuf::from(
            String::from_utf8(output.stdout).unwrap().trim_end(),
        ))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
});

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers")
}

/// Runs `tests/consumers/<script>.sh` in the root.
fn consumer(script: &str) {
    let root = match &*ROOT {
        Ok(root) => root,
        Err(reason) => {
            assert!(std::env::var_os("CI").is_none(), "no Debian 13: {reason}");
            eprintln!("SKIPPED {script} on Debian 13: {reason}");
            return;
        }
    };
    let output = Command::new("bash")
        .arg(scripts().join("debian-13/enter.sh"))
        .arg(root)
        .arg(script)
        .env("KEYSTEAD_LIB", library())
        .env("KEYSTEAD", env!("CARGO_BIN_EXE_keystead"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}\n--- output\n{}\n--- errors\n{}",
        explained(output.status),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

#[test]
fn opensc_0_26_manages_and_uses_every_kind_of_key() {
    consumer("pkcs11-tool");
}

#[test]
fn gnutls_3_8_generates_certifies_and_serves() {
    consumer("p11tool");
}

#[test]
fn openssl_3_5_works_through_the_provider() {
    consumer("debian-13/openssl-provider");
}

#[test]
fn nginx_and_curl_sign_through_the_provider() {
    consumer("debian-13/nginx-provider");
}

#[test]
fn openssh_10_logs_in_certifies_and_serves() {
    consumer("openssh");
}

#[test]
fn java_21_uses_everything_it_registers() {
    consumer("debian-13/java-21");
}

#[test]
fn java_25_uses_everything_it_registers() {
    consumer("debian-13/java-25");
}

#[test]
fn nss_3_110_certifies_signs_and_serves() {
    consumer("nss");
}

#[test]
fn bind_9_20_signs_zones_through_the_provider() {
    consumer("debian-13/bind");
}

#[test]
fn knot_3_4_generates_signs_and_rolls_in_the_token() {
    consumer("knot");
}
