// SPDX-License-Identifier: MIT OR Apache-2.0
//! The programs people really use, each run by a script of its own in an empty home directory.
//!
//! A script that needs a program which is not installed is skipped aloud; with `CI=true` that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop"
)]
#![allow(clippy::print_stderr, reason = "a skipped consumer is named")]

mod configurations;
mod debian_13;
mod rust;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Seconds after which a script hangs. The longest takes half a minute of the processor, and may share it
/// with many others: Java's took three minutes beside ten that build.
const LIMIT: &str = "1500";

/// What the status of a script means, where that is not plain.
fn explained(status: ExitStatus) -> String {
    match status.code() {
        Some(124) => format!("{status}: it did not end within {LIMIT} seconds"),
        _ => status.to_string(),
    }
}

/// The library that cargo built beside this test.
fn library() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let library = exe.parent().unwrap().join("libkeystead.so");
    assert!(library.exists(), "{} is not built", library.display());
    library
}

/// Where programs are looked for; servers lie in `sbin`, which users may not have in their path.
fn path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/local/sbin:/usr/sbin:/sbin");
    path
}

/// Tells whether a program is in the path, or a file is there.
fn is_installed(program: &str) -> bool {
    std::env::split_paths(&path()).any(|directory| directory.join(program).is_file())
}

/// Runs `tests/consumers/<script>.sh` in an empty home.
fn consumer(script: &str, programs: &[&str]) {
    consumer_with(script, programs, None);
}

/// Makes, or finds, a directory of packages that are not Debian's; none when that fails.
fn environment(maker: &str, script: &str, name: &str, packages: &[&str]) -> Option<String> {
    let output = Command::new("bash")
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/consumers")
                .join(maker),
        )
        .arg(name)
        .args(packages)
        .output()
        .unwrap();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(std::env::var_os("CI").is_none(), "{script}: {errors}");
        eprintln!("SKIPPED {script}: {errors}");
        return None;
    }
    let environment = String::from_utf8(output.stdout).unwrap();
    Some(environment.trim_end().to_owned())
}

/// Runs `tests/consumers/<script>.sh` in an empty home, with packages of Python's index in the
/// environment that `PYTHON_ENV` names.
fn python_consumer(script: &str, name: &str, packages: &[&str]) {
    if let Some(place) = environment("python-env.sh", script, name, packages) {
        consumer_with(script, &["python3"], Some(("PYTHON_ENV", &place)));
    }
}

/// Runs `tests/consumers/<script>.sh` in an empty home, with Node packages in the directory that
/// `NODE_ENV_DIR` names.
fn node_consumer(script: &str, name: &str, packages: &[&str]) {
    if let Some(place) = environment("node-env.sh", script, name, packages) {
        consumer_with(script, &["node"], Some(("NODE_ENV_DIR", &place)));
    }
}

fn consumer_with(script: &str, programs: &[&str], variable: Option<(&str, &str)>) {
    let missing: Vec<_> = programs
        .iter()
        .filter(|program| !is_installed(program))
        .collect();
    if !missing.is_empty() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{script}: {missing:?} must be installed"
        );
        eprintln!("SKIPPED {script}: {missing:?} not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let work = home.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/consumers")
        .join(format!("{script}.sh"));
    let output = Command::new("timeout")
        .args([LIMIT, "bash"])
        .arg(&file)
        .env_clear()
        .env("PATH", path())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("LC_ALL", "C.UTF-8")
        .env("TMPDIR", &work)
        .env("WORK", &work)
        .env("KEYSTEAD_LIB", library())
        .env("KEYSTEAD", env!("CARGO_BIN_EXE_keystead"))
        .env("KEYSTEAD_LOG", "warn")
        .envs(variable)
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
fn pkcs11_tool_manages_and_uses_every_kind_of_key() {
    consumer("pkcs11-tool", &["pkcs11-tool", "openssl"]);
}

#[test]
fn gnutls_generates_certifies_and_serves() {
    consumer(
        "p11tool",
        &[
            "p11tool",
            "certtool",
            "gnutls-serv",
            "gnutls-cli",
            "openssl",
            "ss",
            "unshare",
        ],
    );
}

#[test]
fn openssl_signs_and_serves_through_the_engine() {
    consumer("openssl-engine", &["openssl"]);
}

#[test]
fn java_uses_everything_it_registers() {
    consumer("java", &["java", "keytool", "jarsigner", "openssl"]);
}

#[test]
fn openssh_logs_in_certifies_and_serves() {
    consumer("openssh", &["ssh", "ssh-keygen", "ssh-agent", "sshd", "ss"]);
}

#[test]
fn barbican_keeps_its_secrets_under_token_keys() {
    python_consumer("barbican", "barbican", &["barbican==23.0.0"]);
}

#[test]
fn p11_kit_shares_and_serves_the_token() {
    consumer(
        "p11-kit",
        &[
            "p11-kit",
            "p11tool",
            "pkcs11-tool",
            "openssl",
            "ssh-keygen",
            "unshare",
        ],
    );
}

#[test]
fn nss_certifies_signs_and_serves() {
    consumer(
        "nss",
        &[
            "modutil", "certutil", "cmsutil", "p7sign", "signtool", "pk12util", "selfserv",
            "tstclnt", "openssl", "ss",
        ],
    );
}

#[test]
fn nginx_workers_serve_with_token_keys() {
    consumer("nginx", &["nginx", "openssl", "ss", "pkill"]);
}

#[test]
fn apache_children_serve_with_token_keys() {
    consumer("apache", &["apache2", "openssl", "ss", "setsid"]);
}

#[test]
fn stunnel_serves_and_connects_with_token_keys() {
    consumer("stunnel", &["stunnel", "openssl", "ss"]);
}

#[test]
fn knot_generates_signs_and_rolls_in_the_token() {
    consumer(
        "knot",
        &[
            "knotd",
            "knotc",
            "keymgr",
            "kzonesign",
            "kzonecheck",
            "kdig",
            "ss",
        ],
    );
}

#[test]
fn gnupg_signs_and_decrypts_with_token_keys() {
    consumer(
        "gnupg",
        &[
            "gpg",
            "gpgsm",
            "gpg-connect-agent",
            "gnupg-pkcs11-scd",
            "openssl",
            "pkcs11-tool",
        ],
    );
}

#[test]
fn osslsigncode_signs_windows_programs() {
    consumer("osslsigncode", &["osslsigncode", "openssl", "pkcs11-tool"]);
}

#[test]
fn openvpn_connects_with_token_keys() {
    consumer("openvpn", &["openvpn", "openssl", "pkcs11-tool", "ss"]);
}

#[test]
fn strongswan_certifies_with_token_keys() {
    consumer(
        "strongswan",
        &[
            "pki",
            "openssl",
            "setsid",
            "/usr/lib/ipsec/plugins/libstrongswan-pkcs11.so",
        ],
    );
}

#[test]
fn python_uses_the_token_by_two_libraries() {
    python_consumer(
        "python",
        "pkcs11",
        &["python-pkcs11==0.10.1", "pykcs11==1.5.20"],
    );
}

#[test]
fn go_generates_signs_and_wraps() {
    consumer("go", &["go", "gcc"]);
}

#[test]
fn node_uses_the_token_by_three_packages() {
    node_consumer(
        "node",
        "pkcs11",
        &[
            "pkcs11js@2.1.7",
            "graphene-pk11@2.3.6",
            "node-webcrypto-p11@2.8.0",
        ],
    );
}
