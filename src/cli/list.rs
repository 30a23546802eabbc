// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead list`: shows the objects of a token.

use clap::Args;
use serde_json::Value as Json;

use super::desk::{Choice, Desk};
use super::failure::{self, Outcome};
use super::object::{self, Filter, Listed};
use super::pin_entry::{Source, UserPin};
use super::{Common, output};

/// Shows the objects of a token
///
/// Without login these are the public ones. Private and secret keys are shown after login; the values
/// of keys are never shown.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead list --login
  keystead list --token work --class certificate
  PIN=1234 keystead list --token work --pin-env PIN --json")]
pub(super) struct List {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    filter: Filter,
    /// Log in first; naming a source for the PIN does so too
    #[arg(long)]
    login: bool,
    #[command(flatten)]
    pin: UserPin,
}

impl List {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let desk = Desk::open(common)?;
        let found = desk.choose(&self.choice)?;
        let login = self.login || self.pin.source() != Source::Prompt;
        let session = if login {
            desk.user_session(&found, &self.pin)?
        } else {
            desk.session(&found)?
        };
        let listed = self.filter.find(&session)?;
        if common.json {
            return output::json(&listed.iter().map(Listed::json).collect::<Json>());
        }
        if !listed.is_empty() {
            output::table(&object::table(&listed))?;
        }
        match (listed.is_empty(), login) {
            (true, true) => failure::note("no object fits"),
            (true, false) => failure::note("no public object fits; --login shows private ones too"),
            (false, false) => failure::note("private objects are shown with --login"),
            (false, true) => {}
        }
        Ok(())
    }
}
