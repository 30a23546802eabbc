// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules of the house that the compiler does not know.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may use, itself left out. `ARCHITECTURE.md` says the same in words.
const LAYERS: &[(&str, &[&str])] = &[
    ("pkcs11", &[]),
    ("error", &["pkcs11"]),
    ("secret", &["error"]),
    ("log", &["error", "pkcs11", "config"]),
    ("object", &["pkcs11", "error", "secret"]),
    ("crypto", &["pkcs11", "error", "secret"]),
    (
        "mechanism",
        &["crypto", "object", "pkcs11", "error", "secret"],
    ),
    // The store knows an object's number and nothing else of it (checked below).
    ("store", &["crypto", "object", "pkcs11", "error", "secret"]),
    ("config", &["pkcs11", "error", "secret"]),
    (
        "session",
        &[
            "mechanism",
            "object",
            "config",
            "pkcs11",
            "error",
            "secret",
            "log",
        ],
    ),
    (
        "token",
        &[
            "session",
            "store",
            "mechanism",
            "object",
            "config",
            "pkcs11",
            "error",
            "secret",
            "log",
        ],
    ),
    (
        "module",
        &[
            "token",
            "session",
            "store",
            "mechanism",
            "object",
            "crypto",
            "config",
            "pkcs11",
            "error",
            "secret",
            "log",
        ],
    ),
    (
        "abi",
        &[
            "module",
            "mechanism",
            "object",
            "session",
            "config",
            "pkcs11",
            "error",
            "secret",
            "log",
        ],
    ),
    (
        "cli",
        &[
            "module",
            "mechanism",
            "object",
            "session",
            "store",
            "config",
            "pkcs11",
            "error",
            "secret",
            "log",
        ],
    ),
];

/// The places where `unsafe` may stand, and why.
const UNSAFE: &[(&str, &str)] = &[
    ("src/abi/", "the application's memory"),
    ("src/crypto/aws_lc/", "the engine's FFI"),
    ("src/store/sqlite/word.rs", "the mapped generation word"),
];

/// How often secrets are looked at in each room; the numbers may only fall.
const EXPOSE_MAX: &[(&str, usize)] = &[
    ("abi", 4),
    ("cli", 10),
    ("config", 0),
    ("crypto", 93),
    ("log", 0),
    ("mechanism", 69),
    ("module", 4),
    ("object", 11),
    ("session", 0),
    ("store", 19),
    ("token", 1),
];

fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(directory: &Path, extension: &str, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(directory) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, extension, out);
            } else if path.extension().is_some_and(|found| found == extension) {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(directory),
        extension,
        &mut out,
    );
    out.sort();
    out
}

fn shown(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .display()
        .to_string()
}

fn check(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The room of a source file: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let below = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = below
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Lines without comments and without the unit tests at the end of the file.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line))
}

#[test]
fn layers_point_downwards() {
    let mut problems = Vec::new();
    for path in files("src", "rs") {
        let room = room(&path);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            for part in line.split("crate::").skip(1) {
                let used: String = part
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let known = LAYERS.iter().any(|(name, _)| *name == used);
                if known && used != room && !allowed.contains(&used.as_str()) {
                    problems.push(format!(
                        "{}:{number}: {room} may not use {used}",
                        shown(&path)
                    ));
                }
            }
        }
    }
    check(&problems);
}

#[test]
fn the_store_knows_objects_by_number_only() {
    let mut problems = Vec::new();
    for path in files("src/store", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            if line.contains("crate::object::") && !line.contains("crate::object::RecordId") {
                problems.push(format!("{}:{number}: {line}", shown(&path)));
            }
        }
    }
    check(&problems);
}

#[test]
fn unsafe_stands_in_named_places_only() {
    let mut problems = Vec::new();
    for path in files("src", "rs") {
        let name = shown(&path);
        if UNSAFE.iter().any(|(place, _)| name.starts_with(place)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            if line.contains("unsafe ") || line.contains("unsafe{") {
                problems.push(format!("{name}:{number}: {line}"));
            }
        }
    }
    check(&problems);
}

#[test]
fn files_have_at_most_500_lines() {
    let mut problems = Vec::new();
    let all = ["src", "tests", "benches", "c-examples", "fuzz"];
    for (directory, extension) in all.iter().flat_map(|d| [(d, "rs"), (d, "c"), (d, "sh")]) {
        for path in files(directory, extension) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > 500 {
                problems.push(format!("{}: {lines} lines", shown(&path)));
            }
        }
    }
    check(&problems);
}

#[test]
fn every_source_file_names_its_licence_and_says_what_it_is() {
    let mut problems = Vec::new();
    for directory in ["src", "tests", "benches"] {
        for path in files(directory, "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.lines();
            if lines.next() != Some("// SPDX-License-Identifier: MIT OR Apache-2.0") {
                problems.push(format!("{}: the first line names no licence", shown(&path)));
            }
            if !lines.next().is_some_and(|line| line.starts_with("//!")) {
                problems.push(format!("{}: the second line is no //! doc", shown(&path)));
            }
        }
    }
    check(&problems);
}

#[test]
fn chapters_name_their_section_of_the_standard() {
    let mut problems = Vec::new();
    for directory in [
        "src/abi/calls",
        "src/object/kinds",
        "src/mechanism/families",
    ] {
        for path in files(directory, "rs") {
            if path.file_name().is_some_and(|name| name == "mod.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let doc: String = text
                .lines()
                .filter(|line| line.starts_with("//!"))
                .collect::<Vec<_>>()
                .join(" ");
            let named = ["PKCS#11 v3", "RFC ", "NIST", "FIPS", "SP 800"];
            if !named.iter().any(|name| doc.contains(name)) {
                problems.push(format!("{}: its //! doc names no section", shown(&path)));
            }
        }
    }
    check(&problems);
}

#[test]
fn no_drawers_and_no_unfinished_marks() {
    let mut problems = Vec::new();
    let marks = [
        "todo!(",
        "unimplemented!(",
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        "XXX",
    ];
    for path in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["utils", "helpers", "common", "misc", "manager", "handler"].contains(&name.as_str()) {
            problems.push(format!("{}: a drawer, not a noun", shown(&path)));
        }
        if name == "tidy" {
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                problems.push(format!("{}:{}: unfinished", shown(&path), number + 1));
            }
            if line.contains("fn test_") {
                problems.push(format!(
                    "{}:{}: a test name is a sentence",
                    shown(&path),
                    number + 1
                ));
            }
            if line.contains("#[ignore") || line.contains("should_panic") {
                problems.push(format!("{}:{}: asserts nothing", shown(&path), number + 1));
            }
        }
    }
    check(&problems);
}

#[test]
fn engine_crates_are_named_in_the_engine_room_only() {
    let engines = [
        "aws_lc_sys::",
        "rsa::",
        "p256::",
        "p384::",
        "p521::",
        "ed25519_dalek::",
        "x25519_dalek::",
        "ml_kem::",
        "ml_dsa::",
        "slh_dsa::",
        "aes::",
        "cbc::",
        "ctr::",
        "ghash::",
        "cmac::",
        "aes_kw::",
        "sha1::",
        "sha2::",
        "sha3::",
        "hmac::",
        "hkdf::",
        "argon2::",
        "aes_gcm::",
        "getrandom::",
    ];
    let mut problems = Vec::new();
    for path in files("src", "rs") {
        let room = room(&path);
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            let used = line
                .trim_start()
                .trim_start_matches("pub ")
                .strip_prefix("use ");
            let Some(used) = used else { continue };
            if room != "crypto" && engines.iter().any(|engine| used.starts_with(engine)) {
                problems.push(format!("{}:{number}: {line}", shown(&path)));
            }
            let sql = used.starts_with("rusqlite") && !shown(&path).starts_with("src/store/sqlite");
            if sql {
                problems.push(format!("{}:{number}: {line}", shown(&path)));
            }
        }
    }
    check(&problems);
}

#[test]
fn readings_of_the_standard_are_listed() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md"));
    let listed = text.unwrap();
    let mut problems = Vec::new();
    for path in files("src", "rs") {
        let name = shown(&path);
        let marked = fs::read_to_string(&path).unwrap().contains("// SPEC:");
        if marked && !listed.contains(name.trim_start_matches("src/")) {
            problems.push(format!(
                "{name}: has a reading that ARCHITECTURE.md does not list"
            ));
        }
    }
    check(&problems);
}

#[test]
fn secrets_are_looked_at_ever_less() {
    let mut problems = Vec::new();
    for (name, most) in EXPOSE_MAX {
        let count: usize = files("src", "rs")
            .iter()
            .filter(|path| room(path) == *name)
            .map(|path| {
                let text = fs::read_to_string(path).unwrap();
                code_lines(&text)
                    .map(|(_, line)| line.matches(".expose()").count())
                    .sum::<usize>()
            })
            .sum();
        if count > *most {
            problems.push(format!(
                "{name}: {count} looks at secrets, at most {most} so far"
            ));
        }
    }
    check(&problems);
}

#[test]
fn the_readme_table_is_the_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for row in keystead::mechanism::all() {
        let name = row.id.name().unwrap_or_default();
        assert!(
            readme.contains(&format!("| {name} |")),
            "README.md does not list {name}"
        );
    }
    let listed = readme
        .lines()
        .filter(|line| line.starts_with("| CKM_"))
        .count();
    assert_eq!(
        listed,
        keystead::mechanism::all().count(),
        "README.md lists other mechanisms"
    );
}
