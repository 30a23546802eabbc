// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead verify`: checks that tokens are whole.

use clap::Args;
use serde_json::json;

use super::desk::{Choice, Desk, Found};
use super::failure::{self, Failure, Outcome};
use super::pin_entry::{Source, UserPin};
use super::table::Table;
use super::{Common, output};
use crate::module::Outcome as Findings;

/// Checks that tokens are whole: every row, index and counter
///
/// Without login the seals of the file are checked as far as they can be without a key; with the
/// user's PIN everything is opened and checked. What cannot be found is a file that was replaced by an
/// older copy of itself.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead verify                         all tokens, without any PIN
  keystead verify --token work --login    one token, as deep as can be
  keystead verify --json

The exit code is 3 when something is wrong in a token.")]
pub(super) struct Verify {
    #[command(flatten)]
    choice: Choice,
    /// Log in first; naming a source for the PIN does so too
    #[arg(long)]
    login: bool,
    #[command(flatten)]
    pin: UserPin,
}

impl Verify {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let desk = Desk::open(common)?;
        let login = self.login || self.pin.source() != Source::Prompt;
        let tokens = if login || !self.choice.is_open() {
            vec![desk.choose(&self.choice)?]
        } else {
            desk.tokens()?
        };
        let mut checked = Vec::new();
        for found in tokens {
            let session = login
                .then(|| desk.user_session(&found, &self.pin))
                .transpose()?;
            let findings = desk
                .module
                .verify_token(found.slot)
                .map_err(Failure::refused(found.name()))?;
            drop(session);
            checked.push((found, findings));
        }
        report(&checked, login, common)?;
        let wrong: usize = checked.iter().map(|(_, f)| f.problems.len()).sum();
        if wrong == 0 {
            return Ok(());
        }
        Err(Failure::problems(format!("{wrong} problems were found"))
            .next("stop using the token; restore a backup, or make new keys"))
    }
}

fn report(checked: &[(Found, Findings)], login: bool, common: &Common) -> Outcome {
    if common.json {
        let documents = checked.iter().map(|(found, findings)| {
            json!({
                "label": found.info.label,
                "slot": found.slot.0,
                "serial": found.info.serial,
                "logged_in": login,
                "good": findings.good,
                "unattested": findings.unattested,
                "problems": findings.problems,
            })
        });
        return output::json(&documents.collect());
    }
    if checked.is_empty() {
        failure::note("there is no token to check");
        return Ok(());
    }
    let mut table = Table::new(&["Label", "Slot", "Good", "Unattested", "Problems"]);
    for (found, findings) in checked {
        table.row([
            found.info.label.clone(),
            found.slot.0.to_string(),
            findings.good.to_string(),
            findings.unattested.to_string(),
            findings.problems.len().to_string(),
        ]);
    }
    output::table(&table)?;
    for (found, findings) in checked {
        for problem in &findings.problems {
            let problem = super::table::printable(problem);
            output::line(&format!("{}: {problem}", found.name()))?;
        }
    }
    Ok(())
}
