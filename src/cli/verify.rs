// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead verify`: checks that tokens are whole.

use clap::Args;
use serde_json::json;

use super::desk::{Broken, Choice, Desk, Found};
use super::failure::{self, Failure, Outcome};
use super::pin_entry::{Source, UserPin};
use super::table::Table;
use super::{Common, output};
use crate::module::Outcome as Findings;
use crate::pkcs11::SlotId;

/// Checks that tokens are whole: every row, index and counter
///
/// Without login the seals of the file are checked as far as they can be without a key; with the
/// user's PIN everything is opened and checked. That the file was replaced by an older copy of itself
/// is found only by comparing its generation with one that was noted elsewhere, and only while nobody
/// has written in that copy: public objects are made without a PIN, and raise the number.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead verify                         all tokens, without any PIN
  keystead verify --token work --login    one token, as deep as can be
  keystead verify --token work --expect-generation 42
  keystead verify --json

The exit code is 3 when something is wrong in a token.")]
pub(super) struct Verify {
    #[command(flatten)]
    choice: Choice,
    /// Log in first; naming a source for the PIN does so too
    #[arg(long)]
    login: bool,
    /// The token is at least as new as this generation, which "token show" printed
    #[arg(long, value_name = "NUMBER")]
    expect_generation: Option<u64>,
    #[command(flatten)]
    pin: UserPin,
}

impl Verify {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let desk = Desk::open(common)?;
        let login = self.login || self.pin.source() != Source::Prompt;
        let mut checked = Vec::new();
        for found in self.tokens(&desk, login, &mut checked)? {
            let session = login
                .then(|| desk.user_session(&found, &self.pin))
                .transpose()?;
            let mut findings = desk
                .module
                .verify_token(found.slot)
                .map_err(Failure::refused(found.name()))?;
            findings.problems.extend(self.older(&found));
            drop(session);
            checked.push(Checked {
                name: found.name(),
                label: found.info.label,
                slot: found.slot,
                findings,
            });
        }
        report(&checked, login, common)?;
        let wrong: usize = checked.iter().map(|one| one.findings.problems.len()).sum();
        if wrong == 0 {
            return Ok(());
        }
        let problems = if wrong == 1 { "problem" } else { "problems" };
        Err(Failure::problems(format!("found {wrong} {problems}"))
            .next("stop using the token; restore a backup, or make new keys"))
    }

    /// The problem of a token that is older than it should be.
    fn older(&self, found: &Found) -> Option<String> {
        let expected = self.expect_generation?;
        let generation = found.info.generation;
        (generation < expected).then(|| {
            format!("its generation is {generation}, below {expected}: this is an older copy")
        })
    }

    /// The tokens to check. One that cannot even be read is a finding, unless another was chosen.
    fn tokens(&self, desk: &Desk, login: bool, checked: &mut Vec<Checked>) -> Outcome<Vec<Found>> {
        if login
            || self.expect_generation.is_some()
            || self.choice.token.is_some()
            || self.choice.serial.is_some()
        {
            return Ok(vec![desk.choose(&self.choice)?]);
        }
        let (mut tokens, broken) = desk.look()?;
        let wanted = |slot: SlotId| self.choice.slot.is_none_or(|id| id == slot.0);
        tokens.retain(|found| found.is_initialized() && wanted(found.slot));
        for Broken { slot, error } in broken.into_iter().filter(|one| wanted(one.slot)) {
            checked.push(Checked {
                name: format!("slot {}", slot.0),
                label: String::new(),
                slot,
                findings: Findings {
                    problems: vec![format!("the token cannot be read: {error}")],
                    ..Findings::default()
                },
            });
        }
        if let (true, true, Some(slot)) = (tokens.is_empty(), checked.is_empty(), self.choice.slot)
        {
            return Err(
                Failure::new(format!("slot {slot} has no initialised token"))
                    .next("\"keystead token list\" shows the tokens"),
            );
        }
        Ok(tokens)
    }
}

/// One token and what was found in it.
struct Checked {
    name: String,
    label: String,
    slot: SlotId,
    findings: Findings,
}

fn report(checked: &[Checked], login: bool, common: &Common) -> Outcome {
    if common.json {
        let documents = checked.iter().map(|one| {
            json!({
                "label": one.label,
                "slot": one.slot.0,
                "logged_in": login,
                "good": one.findings.good,
                "unattested": one.findings.unattested,
                "problems": one.findings.problems,
            })
        });
        return output::json(&documents.collect());
    }
    if checked.is_empty() {
        failure::note("there is no token to check");
        return Ok(());
    }
    let mut table = Table::new(&["Label", "Slot", "Good", "Unattested", "Problems"]);
    for one in checked {
        let findings = &one.findings;
        table.row([
            one.label.clone(),
            one.slot.0.to_string(),
            findings.good.to_string(),
            findings.unattested.to_string(),
            findings.problems.len().to_string(),
        ]);
    }
    output::table(&table)?;
    for one in checked {
        for problem in &one.findings.problems {
            let problem = super::table::printable(problem);
            output::line(&format!("{}: {problem}", one.name))?;
        }
    }
    Ok(())
}
