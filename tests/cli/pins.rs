// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where PINs come from, `pin change` and `pin reset`.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::home::{Home, SO_PIN, USER_PIN};

#[test]
fn a_pin_comes_from_a_private_file() {
    let home = Home::with_token("a");
    let file = home.write("pin", &format!("{USER_PIN}\n"));
    let file = file.to_str().unwrap();
    home.run(&["list", "--pin-file", file]).succeeds();
}

#[test]
fn a_pin_file_that_others_may_read_is_refused() {
    let home = Home::with_token("a");
    let file = home.write("pin", USER_PIN);
    for mode in [0o640, 0o604, 0o602, 0o660] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let mode = format!("{mode:04o}");
        home.run(&["list", "--pin-file", file.to_str().unwrap()])
            .fails(1, &["by others", &mode, "chmod 600"]);
    }
}

#[test]
fn a_pin_comes_from_a_descriptor() {
    let home = Home::with_token("a");
    let file = home.write("pin", &format!("{USER_PIN}\nsecond line\n"));
    home.run_with(&["list", "--pin-fd", "0"], |command| {
        command.stdin(File::open(&file).unwrap());
    })
    .succeeds();
    home.run(&["list", "--pin-fd", "99"])
        .fails(1, &["descriptor 99"]);
}

#[test]
fn one_descriptor_cannot_give_two_pins() {
    Home::new()
        .run(&["init", "--label", "a", "--so-pin-fd", "0", "--pin-fd", "0"])
        .fails(2, &["one descriptor"]);
}

#[test]
fn a_source_that_is_not_there_is_named() {
    let home = Home::with_token("a");
    home.run(&["list", "--pin-env", "NOBODY"])
        .fails(1, &["NOBODY", "not set"]);
    home.run(&["list", "--pin-file", "/nowhere/pin"])
        .fails(1, &["/nowhere/pin"]);
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let home = Home::with_token("a");
    home.run(&["list", "--login"])
        .fails(1, &["no terminal", "--pin-env"]);
    home.run(&["init", "--label", "b"])
        .fails(1, &["no terminal", "--so-pin-env"]);
}

#[test]
fn a_wrong_pin_is_refused_and_the_token_warns() {
    let home = Home::with_token("a");
    home.run(&["list", "--pin-env", "WRONG"])
        .fails(1, &["token \"a\"", "CKR_PIN_INCORRECT", "next:"]);
    assert_eq!(
        home.json(&["token", "show"])["user_pin"],
        "wrong PINs were tried"
    );
    home.run(&["list", "--pin-env", "PIN"]).succeeds();
    assert_eq!(home.json(&["token", "show"])["user_pin"], "good");
}

#[test]
fn wrong_pins_lock_and_the_so_unlocks() {
    let home = Home::new();
    home.write(".config/keystead/keystead.toml", "pin_tries_max = 3\n");
    home.init("a");
    for _ in 0..3 {
        home.run(&["list", "--pin-env", "WRONG"])
            .fails(1, &["CKR_PIN_INCORRECT"]);
    }
    home.run(&["list", "--pin-env", "PIN"])
        .fails(1, &["CKR_PIN_LOCKED", "keystead pin reset"]);
    assert_eq!(home.json(&["token", "show"])["user_pin"], "locked");
    home.run(&["pin", "reset", "--so-pin-env", "SO", "--new-pin-env", "PIN"])
        .succeeds();
    home.run(&["list", "--pin-env", "PIN"]).succeeds();
}

#[test]
fn a_reset_keeps_the_keys() {
    let home = Home::with_token("a");
    home.run(&["generate", "aes:256", "--pin-env", "PIN"])
        .succeeds();
    let file = home.write("new", "another pin\n");
    let file = file.to_str().unwrap();
    home.run(&["pin", "reset", "--so-pin-env", "SO", "--new-pin-file", file])
        .succeeds();
    home.run(&["list", "--pin-env", "PIN"])
        .fails(1, &["CKR_PIN_INCORRECT"]);
    let listed = home.json(&["list", "--pin-file", file]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn without_recovery_a_reset_erases_the_keys() {
    let home = Home::new();
    home.run(&[
        "init",
        "--label",
        "a",
        "--no-recovery",
        "--so-pin-env",
        "SO",
        "--pin-env",
        "PIN",
    ])
    .succeeds();
    home.run(&["generate", "aes:256", "--pin-env", "PIN"])
        .succeeds();
    home.run(&["pin", "reset", "--so-pin-env", "SO", "--new-pin-env", "PIN"])
        .succeeds();
    let listed = home.json(&["list", "--pin-env", "PIN"]);
    assert_eq!(listed, serde_json::json!([]));
}

#[test]
fn the_user_changes_the_own_pin() {
    let home = Home::with_token("a");
    let file = home.write("new", "another pin");
    let file = file.to_str().unwrap();
    let change = |old: &str| home.run(&["pin", "change", "--pin-env", old, "--new-pin-file", file]);
    change("WRONG").fails(1, &["CKR_PIN_INCORRECT"]);
    change("PIN").succeeds();
    home.run(&["list", "--pin-env", "PIN"])
        .fails(1, &["CKR_PIN_INCORRECT"]);
    home.run(&["list", "--pin-file", file]).succeeds();
}

#[test]
fn the_so_changes_the_own_pin() {
    let home = Home::with_token("a");
    let file = home.write("new", "another pin");
    let file = file.to_str().unwrap();
    home.run(&[
        "pin",
        "change",
        "--so",
        "--so-pin-env",
        "SO",
        "--new-pin-file",
        file,
    ])
    .succeeds();
    home.run(&["pin", "reset", "--so-pin-env", "SO", "--new-pin-env", "PIN"])
        .fails(1, &["CKR_PIN_INCORRECT"]);
    home.run(&[
        "pin",
        "reset",
        "--so-pin-file",
        file,
        "--new-pin-env",
        "PIN",
    ])
    .succeeds();
}

#[test]
fn a_change_wants_the_right_old_pin_option() {
    let home = Home::with_token("a");
    home.run(&[
        "pin",
        "change",
        "--so-pin-env",
        "SO",
        "--new-pin-env",
        "PIN",
    ])
    .fails(2, &["--so"]);
}

#[test]
fn a_pin_that_is_too_short_changes_nothing() {
    let home = Home::new();
    let short = |command: &mut std::process::Command| {
        command.env("SHORT", "123");
    };
    home.run_with(
        &[
            "init",
            "--label",
            "a",
            "--so-pin-env",
            "SO",
            "--pin-env",
            "SHORT",
        ],
        short,
    )
    .fails(1, &["CKR_PIN_LEN_RANGE"]);
    assert_eq!(home.json(&["token", "list"]), serde_json::json!([]));
    home.init("a");
    home.run_with(
        &[
            "pin",
            "change",
            "--pin-env",
            "PIN",
            "--new-pin-env",
            "SHORT",
        ],
        short,
    )
    .fails(1, &["CKR_PIN_LEN_RANGE"]);
    home.run(&["list", "--pin-env", "PIN"]).succeeds();
}

#[test]
fn a_pin_stands_in_no_file_of_the_store() {
    let home = Home::with_token("a");
    home.run(&["generate", "aes:128", "--pin-env", "PIN"])
        .succeeds();
    for entry in home
        .path()
        .join(".local/share/keystead")
        .read_dir()
        .unwrap()
    {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for pin in [SO_PIN, USER_PIN] {
            let found = bytes.windows(pin.len()).any(|part| part == pin.as_bytes());
            assert!(!found, "a PIN is stored in the clear");
        }
    }
}
