// SPDX-License-Identifier: MIT OR Apache-2.0
//! The reserved string of `C_Initialize`: `key=value` pairs between blanks or semicolons.
//!
//! Example: `config=/srv/keystead.toml; log.level=debug`. Keys are those of the file, dotted, and
//! `config`, which names the file. A value with blanks or semicolons stands in single or double quotes.
//! Source: PKCS#11 v3.2, "C_Initialize".

use std::path::PathBuf;

use super::setting;
use crate::error::{Error, Result};

/// Settings that were given at the start: by the application or on the command line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Given {
    /// The file to read instead of all others.
    pub file: Option<PathBuf>,
    /// Key and value, in the order they were given; no key twice.
    pub values: Vec<(&'static str, String)>,
    /// Whether they come from the command line.
    pub by_command_line: bool,
}

impl Given {
    /// Reads the string of `C_Initialize`; an empty one gives nothing.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` for anything but known keys with values.
    pub fn parse(text: &str) -> Result<Self> {
        let mut given = Self::default();
        let mut rest = text.trim_start_matches(is_separator);
        while !rest.is_empty() {
            let (key, after) = rest
                .split_once('=')
                .ok_or_else(|| bad(format!("\"{}\" is no key=value pair", shorten(rest))))?;
            let (value, after) = value(after)?;
            given.put(key, value)?;
            rest = after.trim_start_matches(is_separator);
        }
        Ok(given)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<()> {
        if key == "config" {
            if self.file.replace(PathBuf::from(value)).is_some() {
                return Err(bad("key \"config\" stands twice".to_owned()));
            }
            return Ok(());
        }
        let row = setting::find(key).ok_or_else(|| {
            bad(format!(
                "unknown key \"{}\"; known are config, {}",
                shorten(key),
                setting::keys()
            ))
        })?;
        if self.values.iter().any(|(known, _)| *known == row.key) {
            return Err(bad(format!("key \"{}\" stands twice", row.key)));
        }
        self.values.push((row.key, value.to_owned()));
        Ok(())
    }
}

fn is_separator(c: char) -> bool {
    c == ';' || c.is_ascii_whitespace()
}

/// The value at the start of `text`, and what follows it.
fn value(text: &str) -> Result<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let (value, after) = quoted
                .split_once(quote)
                .ok_or_else(|| bad(format!("a value lacks its closing {quote}")))?;
            if !after.is_empty() && !after.starts_with(is_separator) {
                return Err(bad("text follows a closing quote".to_owned()));
            }
            return Ok((value, after));
        }
    }
    let end = text.find(is_separator).unwrap_or(text.len());
    Ok(text.split_at(end))
}

/// Enough of `text` to recognise it.
fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn bad(what: String) -> Error {
    Error::ArgumentsBad(format!("reserved string of C_Initialize: {what}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::rv::CKR_ARGUMENTS_BAD;

    #[test]
    fn pairs_stand_between_blanks_and_semicolons() {
        let given =
            Given::parse(" config=/a/b.toml;store='/with blank' ; log.level=debug ").unwrap();
        assert_eq!(given.file, Some(PathBuf::from("/a/b.toml")));
        assert_eq!(
            given.values,
            [
                ("store", "/with blank".to_owned()),
                ("log.level", "debug".to_owned())
            ]
        );
        assert_eq!(Given::parse("").unwrap(), Given::default());
    }

    #[test]
    fn anything_else_is_a_bad_argument() {
        for text in [
            "/just/a/path",
            "store",
            "configdir='/etc'",
            "store=/a store=/b",
            "config=/a config=/b",
            "store='/a",
            "store='/a'b",
            "=x",
        ] {
            let error = Given::parse(text).expect_err(text);
            assert_eq!(error.rv().code(), CKR_ARGUMENTS_BAD, "{text}");
        }
    }
}
