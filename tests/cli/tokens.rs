// SPDX-License-Identifier: MIT OR Apache-2.0
//! `init`, `token` and `verify`.

use std::os::unix::fs::PermissionsExt as _;

use super::home::Home;

#[test]
fn an_empty_home_has_no_token_and_says_how_to_make_one() {
    let home = Home::new();
    let run = home.run(&["token", "list"]).succeeds();
    assert!(run.stderr.contains("keystead init"), "{run:?}");
    assert_eq!(home.json(&["token", "list"]), serde_json::json!([]));
    home.run(&["token", "show"])
        .fails(1, &["no token", "keystead init"]);
    home.run(&["list"]).fails(1, &["no token", "keystead init"]);
}

#[test]
fn a_token_that_was_made_is_listed_and_shown() {
    let home = Home::with_token("my token");
    let run = home.run(&["token", "list"]).succeeds();
    assert!(run.stdout.contains("my token"), "{run:?}");
    let tokens = home.json(&["token", "list"]);
    assert_eq!(tokens.as_array().unwrap().len(), 1);
    assert_eq!(tokens[0]["label"], "my token");
    assert_eq!(tokens[0]["user_pin"], "good");
    let serial = tokens[0]["serial"].as_str().unwrap();
    assert_eq!(serial.len(), 16);
    let shown = home.json(&["token", "show", "--serial", serial]);
    assert_eq!(shown, tokens[0]);
    assert!(shown["uri"].as_str().unwrap().contains("token=my%20token"));
}

#[test]
fn the_store_is_private() {
    let home = Home::with_token("a");
    let store = home.path().join(".local/share/keystead");
    let mode = store.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    for entry in store.read_dir().unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn an_unknown_token_is_named_with_those_there_are() {
    let home = Home::with_token("work");
    home.run(&["token", "show", "--token", "wrok"])
        .fails(1, &["\"wrok\"", "\"work\""]);
    home.run(&["list", "--serial", "0000000000000000"])
        .fails(1, &["0000000000000000", "\"work\""]);
    home.run(&["list", "--slot", "77"]).fails(1, &["slot 77"]);
}

#[test]
fn of_two_tokens_one_must_be_chosen() {
    let home = Home::with_token("one");
    home.init("two");
    home.run(&["list"]).fails(1, &["2 tokens", "--token"]);
    home.run(&["list", "--token", "two"]).succeeds();
    let tokens = home.json(&["token", "list"]);
    assert_ne!(tokens[0]["slot"], tokens[1]["slot"]);
    assert_ne!(tokens[0]["serial"], tokens[1]["serial"]);
}

#[test]
fn a_label_must_fit() {
    let home = Home::new();
    let long = "x".repeat(33);
    for label in [long.as_str(), "", "a\nb"] {
        home.run(&["init", "--label", label, "--so-pin-env", "SO"])
            .fails(2, &["--label"]);
    }
    let longest = "ä".repeat(16);
    home.init(&longest);
    assert_eq!(home.json(&["token", "show"])["label"], longest);
}

#[test]
fn a_token_without_user_pin_says_so() {
    let home = Home::new();
    let run = home
        .run(&["init", "--label", "a", "--so-pin-env", "SO"])
        .succeeds();
    assert!(run.stderr.contains("keystead pin reset"), "{run:?}");
    assert_eq!(home.json(&["token", "show"])["user_pin"], "not set");
    home.run(&["list", "--pin-env", "PIN"])
        .fails(1, &["CKR_USER_PIN_NOT_INITIALIZED", "keystead pin reset"]);
}

#[test]
fn initialising_again_asks_and_needs_the_so_pin() {
    let home = Home::with_token("old");
    let slot = home.json(&["token", "show"])["slot"].to_string();
    let again = |extra: &[&str]| {
        let start = ["init", "--label", "new", "--slot", &slot];
        home.run(&[&start, extra].concat())
    };
    again(&["--so-pin-env", "SO"]).fails(1, &["\"old\"", "erased", "--yes"]);
    again(&["--so-pin-env", "WRONG", "--yes"]).fails(1, &["CKR_PIN_INCORRECT"]);
    assert_eq!(home.json(&["token", "show"])["label"], "old");
    again(&["--so-pin-env", "SO", "--yes"]).succeeds();
    assert_eq!(home.json(&["token", "show"])["label"], "new");
    home.run(&[
        "init",
        "--label",
        "x",
        "--slot",
        "999",
        "--so-pin-env",
        "SO",
    ])
    .fails(1, &["no slot 999"]);
}

#[test]
fn a_deleted_token_is_gone() {
    let home = Home::with_token("one");
    home.init("two");
    home.run(&["token", "delete"]).fails(2, &["--token"]);
    home.run(&["token", "delete", "--token", "one"])
        .fails(1, &["\"one\"", "--yes"]);
    home.run(&["token", "delete", "--token", "one", "--yes"])
        .succeeds();
    let tokens = home.json(&["token", "list"]);
    assert_eq!(tokens.as_array().unwrap().len(), 1);
    assert_eq!(tokens[0]["label"], "two");
    // Nothing of it stays behind: as many files as after making one token.
    let count = |home: &Home| {
        let store = home.path().join(".local/share/keystead");
        let files = store
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        files.collect::<Vec<_>>().len()
    };
    assert_eq!(count(&home), count(&Home::with_token("two")));
}

#[test]
fn a_whole_token_verifies() {
    let home = Home::with_token("a");
    home.run(&["generate", "ec:p256", "--pin-env", "PIN"])
        .succeeds();
    home.run(&["verify"]).succeeds();
    let report = home.json(&["verify", "--pin-env", "PIN"]);
    assert_eq!(report[0]["problems"], serde_json::json!([]));
    assert_eq!(report[0]["good"], 2);
}

#[test]
fn a_token_that_was_tampered_with_is_found() {
    let home = Home::with_token("a");
    home.run(&[
        "generate",
        "ec:p256",
        "--label",
        "needle",
        "--pin-env",
        "PIN",
    ])
    .succeeds();
    let store = home.path().join(".local/share/keystead");
    let mut hits = 0;
    for entry in store.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        // The label of the public key stands in the clear; it is not allowed to change unnoticed.
        for at in 0..bytes.len().saturating_sub(6) {
            if &bytes[at..at + 6] == b"needle" {
                bytes[at] = b'N';
                hits += 1;
            }
        }
        std::fs::write(&path, bytes).unwrap();
    }
    assert!(
        hits > 0,
        "the label of the public key was not found in any file"
    );
    let run = home.run(&["verify", "--pin-env", "PIN", "--json"]);
    assert_eq!(run.code, 3, "{run:?}");
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(!report[0]["problems"].as_array().unwrap().is_empty());
}

#[test]
fn an_older_copy_of_a_token_is_told_by_its_generation() {
    let home = Home::with_token("a");
    let store = home.path().join(".local/share/keystead");
    let generation = || {
        home.json(&["token", "show"])["generation"]
            .as_u64()
            .unwrap()
    };
    let copy = tempfile::tempdir().unwrap();
    let files = |from: &std::path::Path, to: &std::path::Path| {
        for entry in from.read_dir().unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    };
    files(&store, copy.path());
    let before = generation();
    home.run(&["generate", "aes:256", "--pin-env", "PIN"])
        .succeeds();
    let noted = generation();
    assert!(noted > before);
    let noted = noted.to_string();
    for login in [&[][..], &["--pin-env", "PIN"]] {
        let command = [&["verify", "--expect-generation", &noted][..], login].concat();
        home.run(&command).succeeds();
    }
    for entry in store.read_dir().unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    files(copy.path(), &store);
    home.run(&["verify", "--pin-env", "PIN"]).succeeds();
    for login in [&[][..], &["--pin-env", "PIN"]] {
        let command = [&["verify", "--expect-generation", &noted][..], login].concat();
        let run = home.run(&command);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.stdout.contains("older copy"), "{run:?}");
    }
}

#[test]
fn the_tries_that_are_left_are_shown() {
    let home = Home::with_token("a");
    let left = || home.json(&["token", "show"])["user_pin_tries_left"].clone();
    assert_eq!(left(), 10);
    home.run(&["list", "--pin-env", "WRONG"]).fails(1, &[]);
    assert_eq!(left(), 9);
    home.run(&["list", "--pin-env", "PIN"]).succeeds();
    assert_eq!(left(), 10);
}
