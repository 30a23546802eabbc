// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which file, which value, why: each setting and each likely mistake.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::error::Error;
use crate::pkcs11::rv::{CKR_ARGUMENTS_BAD, CKR_GENERAL_ERROR};

/// An empty machine with a home directory.
struct House {
    folder: TempDir,
    environment: Environment,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment {
            variables: [("HOME".to_owned(), folder.path().join("home").into())].into(),
            is_root: false,
            system_file: folder.path().join("etc.toml"),
        };
        Self {
            folder,
            environment,
        }
    }

    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment
            .variables
            .insert(name.to_owned(), value.into());
        self
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn explain(&self, reserved: &str) -> Result<Explained> {
        explain(&Given::parse(reserved)?, &self.environment)
    }

    fn complaint(&self) -> String {
        let error = self.explain("").unwrap_err();
        assert_eq!(error.rv().code(), CKR_GENERAL_ERROR);
        error.reason().unwrap().to_string()
    }
}

fn origin(explained: &Explained, key: &str) -> Origin {
    let shown = explained.values.iter().find(|shown| shown.key == key);
    shown.unwrap().origin.clone()
}

#[test]
fn without_any_configuration_the_store_is_below_home() {
    let house = House::new();
    let explained = house.explain("").unwrap();
    let expected = Config {
        store: StoreLocation::Directory(house.folder.path().join("home/.local/share/keystead")),
        ..Config::in_memory()
    };
    assert_eq!(explained.config, expected);
    assert!(
        explained
            .files
            .iter()
            .all(|file| file.found == Found::Absent)
    );
    assert_eq!(origin(&explained, "recovery"), Origin::Default("built in"));
}

#[test]
fn the_store_of_root_is_the_machines_unless_xdg_data_home_is_set() {
    let mut house = House::new();
    house.environment.is_root = true;
    let config = house.explain("").unwrap().config;
    assert_eq!(
        config.store,
        StoreLocation::Directory("/var/lib/keystead".into())
    );
    house.set("XDG_DATA_HOME", "/data");
    let config = house.explain("").unwrap().config;
    assert_eq!(
        config.store,
        StoreLocation::Directory("/data/keystead".into())
    );
    house.set("XDG_DATA_HOME", "relative");
    let config = house.explain("").unwrap().config;
    assert_eq!(
        config.store,
        StoreLocation::Directory("/var/lib/keystead".into())
    );
}

#[test]
fn without_a_home_a_store_must_be_named() {
    let mut house = House::new();
    house.environment.variables.clear();
    assert!(house.complaint().contains("KEYSTEAD_STORE"));
    house.set("KEYSTEAD_STORE", "memory:");
    assert_eq!(
        house.explain("").unwrap().config.store,
        StoreLocation::Memory
    );
}

#[test]
fn every_key_of_a_file_is_read() {
    let house = House::new();
    house.write(
        "home/.config/keystead/keystead.toml",
        "store = \"~/tokens\"\npin_tries_max = 5\nrecovery = false\n\
         forked_child = \"reinitializes\"\nsecond_logout = \"ignored\"\npolicy = \"modern\"\n\
         aes_key_wrap_pad = \"rfc5649\"\nasync_sessions = true\n\
         ec_point = \"raw\"\nallowed_mechanisms = \"empty\"\n\
         [log]\nlevel = \"debug\"\nfile = \"/tmp/k.log\"\nformat = \"json\"\n",
    );
    let explained = house.explain("").unwrap();
    let expected = Config {
        store: StoreLocation::Directory(house.folder.path().join("home/tokens")),
        pin_tries_max: 5,
        recovery: false,
        forked_child: ForkedChild::Reinitializes,
        second_logout: SecondLogout::Ignored,
        policy: Policy::Modern,
        aes_key_wrap_pad: AesKeyWrapPad::Rfc5649,
        async_sessions: true,
        ec_point: EcPoint::Raw,
        allowed_mechanisms: AllowedMechanisms::Empty,
        log: LogSettings {
            level: Level::Debug,
            target: Target::File("/tmp/k.log".into()),
            format: Format::Json,
        },
    };
    assert_eq!(explained.config, expected);
    for (line, key) in [
        (1, "store"),
        (3, "recovery"),
        (8, "async_sessions"),
        (12, "log.level"),
        (14, "log.format"),
    ] {
        match origin(&explained, key) {
            Origin::File(_, found) => assert_eq!(found, line, "{key}"),
            other => panic!("{key}: {other}"),
        }
    }
    for shown in &explained.values {
        assert!(
            !matches!(shown.origin, Origin::Default(_)),
            "{} is not set above",
            shown.key
        );
    }
}

#[test]
fn a_value_comes_from_the_first_place_that_has_it() {
    let mut house = House::new();
    house.write(
        "etc.toml",
        "store = \"/file\"\n[log]\nlevel = \"warn\"\nformat = \"json\"\n",
    );
    house.set("KEYSTEAD_STORE", "/variable");
    house.set("KEYSTEAD_LOG", "debug");
    let explained = house.explain("log.level=trace").unwrap();
    assert_eq!(explained.config.log.level, Level::Trace);
    assert_eq!(origin(&explained, "log.level"), Origin::Reserved);
    assert_eq!(
        explained.config.store,
        StoreLocation::Directory("/variable".into())
    );
    assert_eq!(
        origin(&explained, "store"),
        Origin::Variable("KEYSTEAD_STORE")
    );
    assert_eq!(explained.config.log.format, Format::Json);
}

#[test]
fn one_file_is_read_the_first_of_four() {
    let mut house = House::new();
    house.write("etc.toml", "pin_tries_max = 1");
    assert_eq!(house.explain("").unwrap().config.pin_tries_max, 1);
    house.write("home/.config/keystead/keystead.toml", "pin_tries_max = 2");
    assert_eq!(house.explain("").unwrap().config.pin_tries_max, 2);
    house.write("xdg/keystead/keystead.toml", "pin_tries_max = 3");
    let xdg = house.folder.path().join("xdg");
    house.set("XDG_CONFIG_HOME", xdg.to_str().unwrap());
    assert_eq!(house.explain("").unwrap().config.pin_tries_max, 3);
    let named = house.write("named.toml", "pin_tries_max = 4");
    house.set("KEYSTEAD_CONFIG", named.to_str().unwrap());
    assert_eq!(house.explain("").unwrap().config.pin_tries_max, 4);
    let reserved = house.write("reserved.toml", "pin_tries_max = 5");
    let explained = house
        .explain(&format!("config='{}'", reserved.display()))
        .unwrap();
    assert_eq!(explained.config.pin_tries_max, 5);
    let found: Vec<Found> = explained.files.iter().map(|file| file.found).collect();
    let rest = [Found::NotNeeded; 3];
    assert_eq!(found, [&[Found::Read][..], &rest].concat());
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let mut house = House::new();
    house.set("KEYSTEAD_CONFIG", "/nowhere/keystead.toml");
    let reason = house.complaint();
    assert!(reason.contains("/nowhere/keystead.toml"), "{reason}");
    assert!(reason.contains("KEYSTEAD_CONFIG"), "{reason}");
}

#[test]
fn a_mistake_in_a_file_names_file_line_and_key() {
    for (text, line, what) in [
        ("# tokens\n\nstor = \"/x\"\n", 3, "unknown key \"stor\""),
        (
            "[log]\nlevel = \"warn\"\ncolour = 1\n",
            3,
            "unknown key \"log.colour\"",
        ),
        ("\n[logs]\n", 2, "unknown key \"logs\""),
        (
            "\npin_tries_max = \"5\"\n",
            2,
            "key \"pin_tries_max\": a whole number",
        ),
        (
            "pin_tries_max = 0\n",
            1,
            "key \"pin_tries_max\": a number from 1",
        ),
        (
            "pin_tries_max = 99999999999999999999\n",
            1,
            "key \"pin_tries_max\"",
        ),
        ("recovery = \"no\"\n", 1, "key \"recovery\": true or false"),
        ("store = \"tokens\"\n", 1, "key \"store\": an absolute path"),
        ("log = \"warn\"\n", 1, "unknown key \"log\""),
        (
            "[log]\n\nlevel = \"loud\"\n",
            3,
            "key \"log.level\": one of \"off\", \"warn\"",
        ),
        ("store = \"/a\"\nstore = \"/b\"\n", 2, "duplicate key"),
        ("store = \n", 1, ""),
    ] {
        let house = House::new();
        let path = house.write("etc.toml", text);
        let reason = house.complaint();
        let start = format!("{}, line {line}: {what}", path.display());
        assert!(reason.starts_with(&start), "{text:?}: {reason}");
    }
}

#[test]
fn a_mistake_in_the_environment_names_the_variable() {
    let mut house = House::new();
    house.set("KEYSTEAD_LOG", "verbose");
    let reason = house.complaint();
    assert!(
        reason.starts_with("environment variable KEYSTEAD_LOG:"),
        "{reason}"
    );
    // The reason must reach somebody who misspelt the level itself.
    assert_eq!(setting::log_of(&house.environment).level, Level::Warn);
}

#[test]
fn a_bad_value_in_the_reserved_string_is_a_bad_argument() {
    let error: Error = House::new().explain("pin_tries_max=many").unwrap_err();
    assert_eq!(error.rv().code(), CKR_ARGUMENTS_BAD);
}

#[test]
fn every_shown_value_can_be_read_again() {
    let house = House::new();
    let shown = house.explain("").unwrap();
    let given: Vec<String> = shown
        .values
        .iter()
        .map(|shown| format!("{}='{}'", shown.key, shown.value))
        .collect();
    assert_eq!(
        house.explain(&given.join(" ")).unwrap().config,
        shown.config
    );
}

#[test]
fn the_example_file_in_packaging_is_good_and_changes_nothing() {
    let text = include_str!("../../packaging/keystead.toml");
    let house = House::new();
    let plain = house.explain("").unwrap().config;
    house.write("etc.toml", text);
    assert_eq!(house.explain("").unwrap().config, plain);
    // With every comment sign of a setting taken away, every setting is there and known.
    let all: String = text
        .lines()
        .map(|line| {
            line.strip_prefix("#")
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    house.write("etc.toml", &all);
    for shown in house.explain("").unwrap().values {
        assert!(
            matches!(shown.origin, Origin::File(..)),
            "{} is missing",
            shown.key
        );
    }
}
