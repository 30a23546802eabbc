// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead token`: lists, shows and deletes tokens.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::desk::{Choice, Desk, Found};
use super::failure::{self, Failure, Outcome};
use super::table::Table;
use super::{Common, output};
use crate::pkcs11::flag::{
    CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED, CKF_SO_PIN_TO_BE_CHANGED,
    CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_INITIALIZED, CKF_USER_PIN_LOCKED,
    CKF_USER_PIN_TO_BE_CHANGED,
};

/// Lists, shows or deletes tokens
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead token list
  keystead token show --token work
  keystead token delete --serial 5f0c31d2a4b86e97")]
pub(super) struct Token {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists all tokens
    #[command(after_help = "\
Examples:
  keystead token list
  keystead token list --json")]
    List,
    /// Shows all there is to know of a token without login
    #[command(after_help = "\
Examples:
  keystead token show
  keystead token show --token work --json")]
    Show {
        #[command(flatten)]
        choice: Choice,
    },
    /// Deletes a token with all its keys
    #[command(after_help = "\
Examples:
  keystead token delete --token work
  keystead token delete --slot 3 --yes")]
    Delete {
        #[command(flatten)]
        choice: Choice,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Token {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let desk = Desk::open(common)?;
        match &self.action {
            Action::List => list(&desk, common),
            Action::Show { choice } => show(&desk.choose(choice)?, common),
            Action::Delete { choice, yes } => delete(&desk, choice, *yes, common),
        }
    }
}

fn list(desk: &Desk, common: &Common) -> Outcome {
    let tokens = desk.tokens()?;
    if common.json {
        return output::json(&tokens.iter().map(describe).collect());
    }
    if tokens.is_empty() {
        failure::note(&format!(
            "no token in {}; \"keystead init --label NAME\" makes one",
            desk.place()
        ));
        return Ok(());
    }
    let mut table = Table::new(&["Label", "Slot", "Serial", "User PIN", "SO PIN"]);
    for token in &tokens {
        table.row([
            token.info.label.clone(),
            token.slot.0.to_string(),
            token.info.serial.clone(),
            user_pin(token.info.flags),
            so_pin(token.info.flags),
        ]);
    }
    output::table(&table)
}

fn show(found: &Found, common: &Common) -> Outcome {
    if common.json {
        return output::json(&describe(found));
    }
    let info = &found.info;
    let mut table = Table::new(&["Property", "Value"]);
    for (property, value) in [
        ("label", info.label.clone()),
        ("slot", found.slot.0.to_string()),
        ("serial number", info.serial.clone()),
        ("manufacturer", info.manufacturer.clone()),
        ("model", info.model.clone()),
        ("user PIN", user_pin(info.flags)),
        ("user PIN tries left", info.tries_left.1.to_string()),
        ("SO PIN", so_pin(info.flags)),
        ("SO PIN tries left", info.tries_left.0.to_string()),
        ("generation", info.generation.to_string()),
        ("URI", uri(found)),
    ] {
        table.row([property.to_owned(), value]);
    }
    output::table(&table)
}

fn delete(desk: &Desk, choice: &Choice, yes: bool, common: &Common) -> Outcome {
    if choice.is_open() {
        return Err(Failure::usage("which token is to be deleted?")
            .next("choose one with --token, --slot or --serial"));
    }
    let found = desk.choose(choice)?;
    if !yes {
        output::confirm(&format!(
            "{} and all its keys will be deleted.",
            found.name()
        ))?;
    }
    desk.module
        .delete_token(found.slot)
        .map_err(Failure::refused(found.name()))?;
    if common.json {
        return output::json(&json!({ "deleted": describe(&found) }));
    }
    output::line(&format!("{} is deleted", found.name()))
}

fn describe(found: &Found) -> Json {
    let info = &found.info;
    json!({
        "label": info.label,
        "slot": found.slot.0,
        "serial": info.serial,
        "manufacturer": info.manufacturer,
        "model": info.model,
        "user_pin": user_pin(info.flags),
        "user_pin_tries_left": info.tries_left.1,
        "so_pin": so_pin(info.flags),
        "so_pin_tries_left": info.tries_left.0,
        "generation": info.generation,
        "flags": info.flags,
        "uri": uri(found),
    })
}

fn user_pin(flags: u64) -> String {
    if flags & CKF_USER_PIN_INITIALIZED == 0 {
        return "not set".to_owned();
    }
    state(
        flags,
        [
            CKF_USER_PIN_LOCKED,
            CKF_USER_PIN_FINAL_TRY,
            CKF_USER_PIN_COUNT_LOW,
            CKF_USER_PIN_TO_BE_CHANGED,
        ],
    )
}

fn so_pin(flags: u64) -> String {
    state(
        flags,
        [
            CKF_SO_PIN_LOCKED,
            CKF_SO_PIN_FINAL_TRY,
            CKF_SO_PIN_COUNT_LOW,
            CKF_SO_PIN_TO_BE_CHANGED,
        ],
    )
}

/// The gravest state first.
fn state(flags: u64, states: [u64; 4]) -> String {
    let words = [
        "locked",
        "one try left",
        "wrong PINs were tried",
        "to be changed",
    ];
    let mut present = states.into_iter().zip(words);
    let found = present.find(|(flag, _)| flags & flag != 0);
    found.map_or("good", |(_, word)| word).to_owned()
}

/// The token's URI (RFC 7512, section 2.3), for programs that ask for one.
fn uri(found: &Found) -> String {
    let info = &found.info;
    format!(
        "pkcs11:model={};manufacturer={};serial={};token={}",
        escape(&info.model),
        escape(&info.manufacturer),
        escape(&info.serial),
        escape(&info.label)
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_escapes_what_is_not_unreserved() {
        assert_eq!(escape("my token;1/2"), "my%20token%3B1%2F2");
    }

    #[test]
    fn the_gravest_state_is_told() {
        assert_eq!(user_pin(0), "not set");
        let set = CKF_USER_PIN_INITIALIZED;
        assert_eq!(user_pin(set), "good");
        let low = set | CKF_USER_PIN_COUNT_LOW;
        assert_eq!(user_pin(low), "wrong PINs were tried");
        assert_eq!(user_pin(low | CKF_USER_PIN_LOCKED), "locked");
    }
}
