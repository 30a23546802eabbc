// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead config`: shows the configuration and where it comes from, and prints that of programs.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::config_for::For;
use super::failure::Outcome;
use super::table::Table;
use super::{Common, desk, output};
use crate::config::{Explained, Found, Origin};

/// Shows the configuration, and prints that of programs which use the library
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead config show
  KEYSTEAD_LOG=debug keystead config show --json
  keystead config for openssl")]
pub(super) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows which file is read, each value, and why it is so
    #[command(after_help = "\
Examples:
  keystead config show
  keystead config show --config /etc/keystead/keystead.toml --json

One file is read, the first of: --config (or the string given to C_Initialize), KEYSTEAD_CONFIG,
$XDG_CONFIG_HOME/keystead/keystead.toml (~/.config), /etc/keystead/keystead.toml.
KEYSTEAD_STORE, KEYSTEAD_LOG, KEYSTEAD_LOG_FILE and KEYSTEAD_LOG_FORMAT override its values.")]
    Show,
    For(Box<For>),
}

impl Config {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        match &self.action {
            Action::Show => show(&desk::explain(common)?, common),
            Action::For(action) => action.run(common),
        }
    }
}

fn show(explained: &Explained, common: &Common) -> Outcome {
    if common.json {
        return output::json(&document(explained));
    }
    let mut files = Table::new(&["File", "Named by", "Found"]);
    for file in &explained.files {
        files.row([
            file.path.display().to_string(),
            file.named_by.to_owned(),
            words(file.found).to_owned(),
        ]);
    }
    let mut values = Table::new(&["Key", "Value", "Why", "Meaning"]);
    for shown in &explained.values {
        values.row([
            shown.key.to_owned(),
            shown.value.clone(),
            shown.origin.to_string(),
            shown.doc.to_owned(),
        ]);
    }
    output::table(&files)?;
    output::line("")?;
    output::table(&values)
}

const fn words(found: Found) -> &'static str {
    match found {
        Found::Read => "read",
        Found::Absent => "not there",
        Found::Unreadable => "not readable, left out",
        Found::NotNeeded => "not looked at",
    }
}

fn document(explained: &Explained) -> Json {
    let files = explained.files.iter().map(|file| {
        json!({
            "path": file.path,
            "named_by": file.named_by,
            "found": words(file.found),
        })
    });
    let values = explained.values.iter().map(|shown| {
        let (file, line) = match &shown.origin {
            Origin::File(path, line) => (Some(path), Some(line)),
            _ => (None, None),
        };
        json!({
            "key": shown.key,
            "value": shown.value,
            "origin": shown.origin.to_string(),
            "file": file,
            "line": line,
            "meaning": shown.doc,
        })
    });
    json!({
        "files": files.collect::<Json>(),
        "values": values.collect::<Json>(),
    })
}
