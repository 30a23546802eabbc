// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every setting as one row: key, variable, kind, meaning, how it is set and how it is shown.

use std::path::PathBuf;

use super::{
    AesKeyWrapPad, AllowedMechanisms, Config, EcPoint, Environment, ForkedChild, Format, Level,
    LogSettings, Policy, SecondLogout, StoreLocation, Target,
};

/// How a value is written in TOML.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
}

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// The dotted key.
    pub(super) key: &'static str,
    /// The environment variable that overrides it.
    pub(super) variable: Option<&'static str>,
    /// How it is written in TOML.
    pub(super) kind: Kind,
    /// What it is for.
    pub(super) doc: &'static str,
    /// Sets it; the error says which values are good.
    pub(super) set: fn(&mut Config, &str, &Environment) -> Result<(), String>,
    /// Its value as it would be written.
    pub(super) show: fn(&Config) -> String,
}

/// The longest useful row of wrong PINs.
const PIN_TRIES_LIMIT: u32 = 1_000_000;

/// All of them, in the order they are shown.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "store",
        variable: Some("KEYSTEAD_STORE"),
        kind: Kind::Text,
        doc: "directory with one file a token, or \"memory:\" for tokens that end with the process",
        set: |config, text, environment| {
            config.store = match text {
                "memory:" => StoreLocation::Memory,
                path => StoreLocation::Directory(absolute(path, environment)?),
            };
            Ok(())
        },
        show: |config| match &config.store {
            StoreLocation::Directory(path) => path.display().to_string(),
            StoreLocation::Memory => "memory:".to_owned(),
        },
    },
    Setting {
        key: "pin_tries_max",
        variable: None,
        kind: Kind::Number,
        doc: "wrong PINs in a row until a new token locks the PIN",
        set: |config, text, _| {
            config.pin_tries_max = text
                .parse()
                .ok()
                .filter(|tries| (1..=PIN_TRIES_LIMIT).contains(tries))
                .ok_or_else(|| format!("a number from 1 to {PIN_TRIES_LIMIT} is expected"))?;
            Ok(())
        },
        show: |config| config.pin_tries_max.to_string(),
    },
    Setting {
        key: "recovery",
        variable: None,
        kind: Kind::Switch,
        doc: "whether the SO of a new token can reset the user's PIN without losing the objects",
        set: |config, text, _| {
            config.recovery = choose(text, &[("true", true), ("false", false)])?;
            Ok(())
        },
        show: |config| config.recovery.to_string(),
    },
    Setting {
        key: "forked_child",
        variable: None,
        kind: Kind::Text,
        doc: "what a forked child finds: \"starts-fresh\" (not initialised) or \"reinitializes\"",
        set: |config, text, _| {
            config.forked_child = choose(text, FORKED_CHILD)?;
            Ok(())
        },
        show: |config| word(&config.forked_child, FORKED_CHILD),
    },
    Setting {
        key: "second_logout",
        variable: None,
        kind: Kind::Text,
        doc: "what C_Logout answers to one who is not logged in: \"refused\" or \"ignored\"",
        set: |config, text, _| {
            config.second_logout = choose(text, SECOND_LOGOUT)?;
            Ok(())
        },
        show: |config| word(&config.second_logout, SECOND_LOGOUT),
    },
    Setting {
        key: "async_sessions",
        variable: None,
        kind: Kind::Switch,
        doc: "whether sessions may be asynchronous: their operations answer CKR_PENDING",
        set: |config, text, _| {
            config.async_sessions = choose(text, &[("true", true), ("false", false)])?;
            Ok(())
        },
        show: |config| config.async_sessions.to_string(),
    },
    Setting {
        key: "policy",
        variable: None,
        kind: Kind::Text,
        doc: "which mechanisms are offered: \"all\", \"modern\" (none that is legacy) or \"fips\" (a \
              list like that of FIPS 140-3, with its key sizes and curves)",
        set: |config, text, _| {
            config.policy = choose(text, POLICY)?;
            Ok(())
        },
        show: |config| word(&config.policy, POLICY),
    },
    Setting {
        key: "aes_key_wrap_pad",
        variable: None,
        kind: Kind::Text,
        doc: "what CKM_AES_KEY_WRAP_PAD means: \"pkcs7\" (the standard's) or \"rfc5649\" (what many \
              tokens do)",
        set: |config, text, _| {
            config.aes_key_wrap_pad = choose(text, AES_KEY_WRAP_PAD)?;
            Ok(())
        },
        show: |config| word(&config.aes_key_wrap_pad, AES_KEY_WRAP_PAD),
    },
    Setting {
        key: "ec_point",
        variable: None,
        kind: Kind::Text,
        doc: "how CKA_EC_POINT of Edwards and Montgomery keys is shown: \"der\" (a DER OCTET STRING) \
              or \"raw\"; both forms are always taken",
        set: |config, text, _| {
            config.ec_point = choose(text, EC_POINT)?;
            Ok(())
        },
        show: |config| word(&config.ec_point, EC_POINT),
    },
    Setting {
        key: "allowed_mechanisms",
        variable: None,
        kind: Kind::Text,
        doc: "CKA_ALLOWED_MECHANISMS of a key to which no mechanism is forbidden: \"absent\" or \
              \"empty\"",
        set: |config, text, _| {
            config.allowed_mechanisms = choose(text, ALLOWED_MECHANISMS)?;
            Ok(())
        },
        show: |config| word(&config.allowed_mechanisms, ALLOWED_MECHANISMS),
    },
    Setting {
        key: "log.level",
        variable: Some("KEYSTEAD_LOG"),
        kind: Kind::Text,
        doc: "\"off\", \"warn\" (calls that fail, and why), \"debug\" (every call) or \"trace\"",
        set: |config, text, _| {
            config.log.level = choose(text, LEVELS)?;
            Ok(())
        },
        show: |config| word(&config.log.level, LEVELS),
    },
    Setting {
        key: "log.file",
        variable: Some("KEYSTEAD_LOG_FILE"),
        kind: Kind::Text,
        doc: "file the log is appended to, or \"stderr\"",
        set: |config, text, environment| {
            config.log.target = match text {
                "stderr" => Target::Stderr,
                path => Target::File(absolute(path, environment)?),
            };
            Ok(())
        },
        show: |config| match &config.log.target {
            Target::Stderr => "stderr".to_owned(),
            Target::File(path) => path.display().to_string(),
        },
    },
    Setting {
        key: "log.format",
        variable: Some("KEYSTEAD_LOG_FORMAT"),
        kind: Kind::Text,
        doc: "\"text\", or \"json\" for one JSON object a line",
        set: |config, text, _| {
            config.log.format = choose(text, FORMATS)?;
            Ok(())
        },
        show: |config| word(&config.log.format, FORMATS),
    },
];

const FORKED_CHILD: &[(&str, ForkedChild)] = &[
    ("starts-fresh", ForkedChild::StartsFresh),
    ("reinitializes", ForkedChild::Reinitializes),
];
const SECOND_LOGOUT: &[(&str, SecondLogout)] = &[
    ("refused", SecondLogout::Refused),
    ("ignored", SecondLogout::Ignored),
];
const POLICY: &[(&str, Policy)] = &[
    (Policy::All.name(), Policy::All),
    (Policy::Modern.name(), Policy::Modern),
    (Policy::Fips.name(), Policy::Fips),
];
const AES_KEY_WRAP_PAD: &[(&str, AesKeyWrapPad)] = &[
    ("pkcs7", AesKeyWrapPad::Pkcs7),
    ("rfc5649", AesKeyWrapPad::Rfc5649),
];
const EC_POINT: &[(&str, EcPoint)] = &[("der", EcPoint::Der), ("raw", EcPoint::Raw)];
const ALLOWED_MECHANISMS: &[(&str, AllowedMechanisms)] = &[
    ("absent", AllowedMechanisms::Absent),
    ("empty", AllowedMechanisms::Empty),
];
const LEVELS: &[(&str, Level)] = &[
    ("off", Level::Off),
    ("warn", Level::Warn),
    ("debug", Level::Debug),
    ("trace", Level::Trace),
];
const FORMATS: &[(&str, Format)] = &[("text", Format::Text), ("json", Format::Json)];

/// The row with this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|row| row.key == key)
}

/// All keys, for error texts.
pub(super) fn keys() -> String {
    let keys: Vec<&str> = SETTINGS.iter().map(|row| row.key).collect();
    keys.join(", ")
}

/// What the environment alone says about the log: for a configuration that could not be read.
pub(super) fn log_of(environment: &Environment) -> LogSettings {
    let mut config = Config::in_memory();
    for row in SETTINGS.iter().filter(|row| row.key.starts_with("log.")) {
        let text = row.variable.and_then(|name| environment.text(name).ok()?);
        let Some(text) = text else { continue };
        if (row.set)(&mut config, text, environment).is_err() && row.key == "log.level" {
            // Somebody wanted a log and misspelt the level; that is the reason they must see.
            config.log.level = Level::Warn;
        }
    }
    config.log
}

fn choose<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let words: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            format!("one of {} is expected", words.join(", "))
        })
}

fn word<T: PartialEq>(value: &T, words: &[(&str, T)]) -> String {
    words
        .iter()
        .find(|(_, known)| known == value)
        .map_or_else(String::new, |(word, _)| (*word).to_owned())
}

/// An absolute path; `~/` is the home directory. A relative path would depend on where the host runs.
fn absolute(text: &str, environment: &Environment) -> Result<PathBuf, String> {
    if let Some(below) = text.strip_prefix("~/") {
        return environment
            .directory("HOME")
            .map(|home| home.join(below))
            .ok_or_else(|| "the path begins with ~/, but HOME is not set".to_owned());
    }
    let path = PathBuf::from(text);
    if path.is_absolute() {
        return Ok(path);
    }
    Err("an absolute path is expected, or one that begins with ~/".to_owned())
}
