// SPDX-License-Identifier: MIT OR Apache-2.0
//! `config show`, and mistakes in the configuration.

use serde_json::Value as Json;

use super::home::Home;

fn value<'a>(shown: &'a Json, key: &str) -> &'a Json {
    let values = shown["values"].as_array().unwrap();
    values.iter().find(|value| value["key"] == key).unwrap()
}

#[test]
fn config_show_tells_file_value_and_why() {
    let home = Home::new();
    let file = home.write(
        ".config/keystead/keystead.toml",
        "# mine\npin_tries_max = 7\n",
    );
    let file = file.to_str().unwrap();
    let run = home.run(&["config", "show"]).succeeds();
    for words in [file, "line 2", "default"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let mut lines = run.stdout.lines().map(str::split_whitespace);
    let line = lines.find_map(|mut words| {
        words
            .next()
            .filter(|key| *key == "pin_tries_max")
            .and(words.next())
    });
    assert_eq!(line, Some("7"), "{}", run.stdout);
    let shown = home.json(&["config", "show"]);
    assert_eq!(value(&shown, "pin_tries_max")["value"], "7");
    assert_eq!(value(&shown, "pin_tries_max")["line"], 2);
    assert_eq!(value(&shown, "pin_tries_max")["file"], file);
    let store = home.path().join(".local/share/keystead");
    assert_eq!(value(&shown, "store")["value"], store.to_str().unwrap());
}

#[test]
fn an_option_beats_a_variable_and_a_variable_beats_the_file() {
    let home = Home::new();
    home.write(".config/keystead/keystead.toml", "store = \"/file\"\n");
    let store = |arguments: &[&str], variable: bool| {
        let run = home.run_with(arguments, |command| {
            if variable {
                command.env("KEYSTEAD_STORE", "/variable");
            }
        });
        let shown: Json = serde_json::from_str(&run.succeeds().stdout).unwrap();
        let store = value(&shown, "store");
        (
            store["value"].as_str().unwrap().to_owned(),
            store["origin"].clone(),
        )
    };
    let show = ["config", "show", "--json"];
    assert_eq!(store(&show, false).0, "/file");
    assert_eq!(store(&show, true).0, "/variable");
    let option = [&show[..], &["--store", "/option"]].concat();
    assert_eq!(
        store(&option, true),
        ("/option".to_owned(), "command line".into())
    );
}

#[test]
fn an_unknown_key_is_named_with_file_and_line() {
    let home = Home::new();
    let file = home.write(".config/keystead/keystead.toml", "\n\npin_tries = 7\n");
    let place = format!("{}, line 3: unknown key \"pin_tries\"", file.display());
    home.run(&["config", "show"]).fails(1, &[&place]);
    home.run(&["token", "list"]).fails(1, &[&place]);
}

#[test]
fn a_named_file_that_is_not_there_is_a_mistake() {
    let home = Home::new();
    home.run(&["config", "show", "--config", "/nowhere/k.toml"])
        .fails(1, &["/nowhere/k.toml", "--config"]);
    home.run_with(&["config", "show"], |command| {
        command.env("KEYSTEAD_CONFIG", "/nowhere/k.toml");
    })
    .fails(1, &["/nowhere/k.toml", "KEYSTEAD_CONFIG"]);
}

#[test]
fn a_bad_variable_is_named() {
    Home::new()
        .run_with(&["token", "list"], |command| {
            command.env("KEYSTEAD_LOG", "loud");
        })
        .fails(1, &["KEYSTEAD_LOG", "\"warn\""]);
}
