// SPDX-License-Identifier: MIT OR Apache-2.0
//! The log of this process: what it says at each level, and where.

use keystead::config::{Config, Format, Level, LogSettings, Target};
use keystead::error::Error;
use keystead::log;
use serde_json::Value as Json;

/// One test, because a process has one log.
#[test]
fn the_log_says_what_its_level_asks_for_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let speak = |level, format| {
        log::configure(&Config {
            log: LogSettings {
                level,
                target: Target::File(path.clone()),
                format,
            },
            ..Config::in_memory()
        });
        assert_eq!(log::level(), level);
        let wrong = Error::PinIncorrect("the PIN is wrong".into());
        log::call("C_OpenSession", Ok(()));
        log::call("C_Login", Err(&wrong));
        log::call("C_Sign", Err(&Error::BufferTooSmall { needed: 256 }));
        if log::is_tracing() {
            let name = |name: &'static str| name.into();
            let arguments = log::Fields(vec![(name("pData"), log::Value::Bytes(32))]);
            let results = log::Fields(vec![(name("pSignature"), log::Value::Bytes(64))]);
            log::begin("C_Sign", 5, &arguments).end(Ok(()), || results);
        }
        log::warn("a token was left out");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let _ = std::fs::remove_file(&path);
        text.lines().map(str::to_owned).collect::<Vec<String>>()
    };

    assert!(speak(Level::Off, Format::Text).is_empty());

    let lines = speak(Level::Warn, Format::Text);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].ends_with("warn C_Login CKR_PIN_INCORRECT: the PIN is wrong"));
    assert!(lines[1].ends_with("warn a token was left out"));

    let lines = speak(Level::Debug, Format::Json);
    let objects: Vec<Json> = lines
        .iter()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(objects.len(), 4, "{lines:?}");
    assert_eq!(objects[0]["function"], "C_OpenSession");
    assert_eq!(objects[0]["rv"], "CKR_OK");
    assert_eq!(objects[1]["level"], "warn");
    assert_eq!(objects[2]["level"], "debug");
    assert_eq!(objects[2]["needed"], 256);

    let lines = speak(Level::Trace, Format::Text);
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert!(
        lines[3].ends_with("trace C_Sign(pData=(32 bytes)) (call 1)"),
        "{lines:?}"
    );
    assert!(
        lines[4].contains("debug C_Sign CKR_OK (call 1, "),
        "{lines:?}"
    );
    assert!(lines[4].ends_with(": pSignature=(64 bytes))"), "{lines:?}");

    let lines = speak(Level::Trace, Format::Json);
    let begin: Json = serde_json::from_str(&lines[3]).unwrap();
    let end: Json = serde_json::from_str(&lines[4]).unwrap();
    assert_eq!(begin["arguments"]["pData"]["bytes"], 32);
    assert_eq!(begin["call"], end["call"]);
    assert_eq!((&begin["thread"], &end["thread"]), (&5.into(), &5.into()));
    assert_eq!(end["results"]["pSignature"]["bytes"], 64);
    assert!(end["nanoseconds"].is_u64(), "{end}");
}
