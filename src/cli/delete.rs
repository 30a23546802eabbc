// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead delete`: destroys objects of a token.

use clap::Args;
use serde_json::{Value as Json, json};

use super::desk::{Choice, Desk};
use super::failure::{Failure, Outcome};
use super::object::{Filter, Listed};
use super::pin_entry::UserPin;
use super::{Common, output};

/// Destroys objects of a token: all that fit
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead delete --id 01                         both halves of a key pair, and its certificate
  keystead delete --label old --class private-key
  PIN=1234 keystead delete --token ci --label tmp --pin-env PIN --yes")]
pub(super) struct Delete {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    filter: Filter,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    pin: UserPin,
}

impl Delete {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        if self.filter.is_open() {
            return Err(Failure::usage("which objects are to be deleted?")
                .next("choose them with --id, --label or --class"));
        }
        let desk = Desk::open(common)?;
        let found = desk.choose(&self.choice)?;
        let session = desk.user_session(&found, &self.pin)?;
        let listed = self.filter.find(&session)?;
        if listed.is_empty() {
            return Err(Failure::new(format!("{}: no object fits", found.name()))
                .next("\"keystead list --login\" shows what is there"));
        }
        if !self.yes {
            let words: Vec<String> = listed.iter().map(Listed::words).collect();
            output::confirm(&format!(
                "{}: these will be destroyed:\n  {}\n",
                found.name(),
                words.join("\n  ")
            ))?;
        }
        let mut gone = Vec::new();
        for one in &listed {
            let destroyed = session.module.destroy_object(session.handle, one.handle);
            destroyed.map_err(Failure::refused(format!(
                "{} of {} objects are destroyed; {}",
                gone.len(),
                listed.len(),
                one.words()
            )))?;
            gone.push(one);
        }
        if common.json {
            let gone: Json = gone.iter().map(|one| one.json()).collect();
            return output::json(&json!({ "deleted": gone }));
        }
        let lines: Vec<String> = gone.iter().map(|one| one.words()).collect();
        output::line(&format!("destroyed {}", lines.join("\ndestroyed ")))
    }
}
