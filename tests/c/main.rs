// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C examples: each is compiled without a warning and run against the library, alone in an
//! empty home directory, and once more under valgrind where there is one.
//!
//! Source: PKCS#11 v3.2, as the header `include/keystead.h` states it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests may stop, and say what they left out"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Cargo puts the library beside the test programs.
fn library() -> PathBuf {
    let programs = std::env::current_exe().unwrap();
    programs.parent().unwrap().join("libkeystead.so")
}

/// Runs a command and stops the test, with everything it said, when it fails.
fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn compile(compiler: &str, flags: &[&str], source: &Path, program: &Path) {
    succeed(
        Command::new(compiler)
            .args(flags)
            .args(["-Wall", "-Wextra", "-Werror", "-O1", "-g"])
            .arg(format!("-I{ROOT}/include"))
            .arg("-o")
            .arg(program)
            .arg(source)
            .args(["-ldl", "-pthread"]),
    );
}

/// A command in an empty home directory, with no configuration from outside.
fn alone(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("KEYSTEAD_STORE", home.join("tokens"))
        .env("KEYSTEAD_LOG", "warn")
        .env("KEYSTEAD_MODULE", library());
    command
}

fn has_valgrind() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn run_example(name: &str) {
    let build = tempfile::tempdir().unwrap();
    let program = build.path().join(name);
    let source = Path::new(ROOT).join(format!("c-examples/{name}.c"));
    compile("gcc", &["-std=c11"], &source, &program);

    let home = tempfile::tempdir().unwrap();
    succeed(&mut alone(&program, home.path()));

    if has_valgrind() {
        let home = tempfile::tempdir().unwrap();
        succeed(
            alone("valgrind", home.path())
                .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
                .arg("--errors-for-leak-kinds=definite")
                .arg(&program),
        );
    } else {
        eprintln!("valgrind is not installed; {name} ran without it");
    }
}

macro_rules! examples {
    ($($name:ident,)+) => {
        $(
            #[test]
            fn $name() {
                run_example(stringify!($name));
            }
        )+

        /// So that an example without a test is noticed.
        const TESTED: &[&str] = &[$(stringify!($name),)+];
    };
}

examples! { digest, encrypt, find, generate, login, sign, slots, threads, wrap, }

#[test]
fn every_example_has_its_test() {
    let found: BTreeSet<String> = std::fs::read_dir(Path::new(ROOT).join("c-examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let tested: BTreeSet<String> = TESTED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, tested);
}

#[test]
fn the_header_is_c99_and_cxx() {
    let build = tempfile::tempdir().unwrap();
    let text = "#include \"keystead.h\"\nint main(void) { return sizeof(CK_INFO) == 0; }\n";
    for (compiler, flags, name) in [
        ("gcc", ["-std=c99", "-pedantic"], "header.c"),
        ("g++", ["-std=c++11", "-pedantic"], "header.cpp"),
    ] {
        let source = build.path().join(name);
        std::fs::write(&source, text).unwrap();
        compile(compiler, &flags, &source, &build.path().join("program"));
    }
}
