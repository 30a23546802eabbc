// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration file: TOML whose keys are all known, each complaint with its line.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::setting::{self, Kind, Setting};
use crate::error::{Error, Result};

/// One value of a file, as text, with its line.
#[derive(Debug)]
pub(super) struct Entry {
    /// The setting.
    pub(super) row: &'static Setting,
    /// The value without quotes.
    pub(super) value: String,
    /// The line it stands in, from 1.
    pub(super) line: usize,
}

/// Reads the text of a file.
///
/// # Errors
/// `CKR_GENERAL_ERROR` naming the file, the line and the key.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Entry>> {
    let reader = Reader { path, text };
    let root = DeTable::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        reader.wrong(start, error.message())
    })?;
    let mut entries = Vec::new();
    reader.table(root.get_ref(), "", &mut entries)?;
    Ok(entries)
}

/// An error of the configuration that names the place.
pub(super) fn wrong(path: &Path, line: usize, what: &str) -> Error {
    Error::GeneralError(format!("{}, line {line}: {what}", path.display()).into())
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>, prefix: &str, entries: &mut Vec<Entry>) -> Result<()> {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            let start = name.span().start;
            if let DeValue::Table(inner) = value.get_ref() {
                let prefix = format!("{key}.");
                if !setting::SETTINGS
                    .iter()
                    .any(|row| row.key.starts_with(&prefix))
                {
                    return Err(self.unknown(start, &key));
                }
                self.table(inner, &prefix, entries)?;
                continue;
            }
            let row = setting::find(&key).ok_or_else(|| self.unknown(start, &key))?;
            let value = scalar(value.get_ref(), row.kind)
                .map_err(|expected| self.wrong(start, &format!("key \"{key}\": {expected}")))?;
            let line = self.line(start);
            entries.push(Entry { row, value, line });
        }
        Ok(())
    }

    fn unknown(&self, start: usize, key: &str) -> Error {
        self.wrong(
            start,
            &format!("unknown key \"{key}\"; known are {}", setting::keys()),
        )
    }

    fn wrong(&self, start: usize, what: &str) -> Error {
        wrong(self.path, self.line(start), what)
    }

    fn line(&self, start: usize) -> usize {
        let before = self.text.as_bytes().iter().take(start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }
}

/// The text of a value of the right kind; otherwise what was expected.
fn scalar(value: &DeValue<'_>, kind: Kind) -> core::result::Result<String, &'static str> {
    match (kind, value) {
        (Kind::Text, DeValue::String(text)) => Ok(text.to_string()),
        (Kind::Number, DeValue::Integer(number)) => {
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                .map(|number| number.to_string())
                .map_err(|_| "the number is too large")
        }
        (Kind::Switch, DeValue::Boolean(switch)) => Ok(switch.to_string()),
        (Kind::Text, _) => Err("a string in quotes is expected"),
        (Kind::Number, _) => Err("a whole number without quotes is expected"),
        (Kind::Switch, _) => Err("true or false without quotes is expected"),
    }
}
