// SPDX-License-Identifier: MIT OR Apache-2.0
//! Help that teaches, and mechanisms, which need no token.

use serde_json::Value as Json;

use super::home::Home;

const COMMANDS: &[&[&str]] = &[
    &["init"],
    &["token"],
    &["token", "list"],
    &["token", "show"],
    &["token", "delete"],
    &["pin"],
    &["pin", "change"],
    &["pin", "reset"],
    &["list"],
    &["generate"],
    &["delete"],
    &["mechanisms"],
    &["verify"],
    &["config"],
    &["config", "show"],
    &["config", "for"],
    &["trace"],
];

#[test]
fn the_help_of_each_command_has_an_example() {
    let home = Home::new();
    for command in COMMANDS {
        let run = home.run(&[command, &["--help"][..]].concat()).succeeds();
        let example = format!("keystead {}", command.join(" "));
        let (_, examples) = run.stdout.split_once("Examples:").expect(&example);
        assert!(examples.contains(&example), "{example}: {}", run.stdout);
    }
}

#[test]
fn the_help_explains_pins_and_exit_codes() {
    let run = Home::new().run(&["--help"]).succeeds();
    for words in ["Exit codes:", "--pin-env", "--so-pin-env", "keystead init"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn each_option_of_each_command_is_explained() {
    let home = Home::new();
    for command in COMMANDS {
        let run = home.run(&[command, &["-h"][..]].concat()).succeeds();
        // A line that is indented more goes on with the explanation of the one before.
        let options = run.stdout.lines().filter(|l| l.starts_with("      --"));
        for line in options {
            let explained = line.trim().contains("  ");
            assert!(explained, "{command:?}: {line}");
        }
    }
}

#[test]
fn a_pin_cannot_be_given_on_the_command_line() {
    let home = Home::new();
    for option in ["--pin", "--so-pin", "--user-pin"] {
        home.run(&["init", "--label", "a", option, "12345678"])
            .fails(2, &["unexpected argument"]);
    }
}

#[test]
fn wrong_usage_ends_with_two() {
    let home = Home::new();
    home.run(&[]).fails(2, &["Usage"]);
    home.run(&["frobnicate"]).fails(2, &["unrecognized"]);
    home.run(&["generate", "dsa:1024"]).fails(2, &["rsa:BITS"]);
    home.run(&["generate", "aes:100"])
        .fails(2, &["128, 192 or 256"]);
    home.run(&["delete"])
        .fails(2, &["--id, --label or --class"]);
    home.run(&["list", "--id", "xyz"])
        .fails(2, &["hexadecimal"]);
    home.run(&["list", "--token", "a", "--slot", "1"])
        .fails(2, &["cannot be used with"]);
}

#[test]
fn the_mechanisms_are_a_table_markdown_and_json() {
    let home = Home::new();
    let run = home.run(&["mechanisms"]).succeeds();
    assert!(run.stdout.starts_with("MECHANISM"), "{}", run.stdout);
    assert!(run.stdout.contains("CKM_AES_GCM"), "{}", run.stdout);
    let run = home.run(&["mechanisms", "--markdown"]).succeeds();
    assert!(run.stdout.starts_with("| Mechanism |"), "{}", run.stdout);
    let json = home.json(&["mechanisms", "ecdsa"]);
    let names: Vec<&str> = json.as_array().unwrap().iter().map(name).collect();
    assert!(names.contains(&"CKM_ECDSA"), "{names:?}");
    assert!(names.iter().all(|name| name.contains("ECDSA")), "{names:?}");
}

fn name(row: &Json) -> &str {
    row["name"].as_str().unwrap()
}
