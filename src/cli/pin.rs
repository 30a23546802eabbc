// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead pin`: changes and resets PINs.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Choice, Desk, Found};
use super::failure::{Failure, Outcome};
use super::pin_entry::{self, NewPin, SoPin, Source, UserPin};
use super::{Common, output};

/// Changes a PIN, or gives the user a new one
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead pin change --token work        the user changes the own PIN
  keystead pin change --token work --so   the SO changes the own PIN
  keystead pin reset --token work         the SO gives the user a new PIN")]
pub(super) struct Pin {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Changes the user's PIN, or the SO's; the old one is needed
    #[command(after_help = "\
Examples:
  keystead pin change
  keystead pin change --token work --so
  OLD=1234 NEW=4321 keystead pin change --pin-env OLD --new-pin-env NEW
  keystead pin change --so --so-pin-file so.pin --new-pin-file new.pin")]
    Change(Change),
    /// The SO gives the user a new PIN, also when the old one is locked or was never set
    ///
    /// The keys stay, unless the token was made with --no-recovery: then they are erased, because
    /// nobody but the user could read them.
    #[command(after_help = "\
Examples:
  keystead pin reset --token work
  keystead pin reset --so-pin-file so.pin --new-pin-file user.pin")]
    Reset(Reset),
}

#[derive(Args, Debug)]
struct Change {
    /// The SO's PIN instead of the user's
    #[arg(long)]
    so: bool,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    pin: UserPin,
    #[command(flatten)]
    so_pin: SoPin,
    #[command(flatten)]
    new_pin: NewPin,
}

#[derive(Args, Debug)]
struct Reset {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    so_pin: SoPin,
    #[command(flatten)]
    new_pin: NewPin,
}

impl Pin {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let desk = Desk::open(common)?;
        match &self.action {
            Action::Change(change) => change.run(&desk, common),
            Action::Reset(reset) => reset.run(&desk, common),
        }
    }
}

impl Change {
    fn run(&self, desk: &Desk, common: &Common) -> Outcome {
        let (whose, old, other, options) = if self.so {
            let (mine, other) = (self.so_pin.source(), self.pin.source());
            ("SO", mine, other, SoPin::OPTIONS)
        } else {
            let (mine, other) = (self.pin.source(), self.so_pin.source());
            ("user", mine, other, UserPin::OPTIONS)
        };
        if other != Source::Prompt {
            return Err(Failure::usage(format!(
                "the {whose}'s PIN is to be changed, but the other one was given"
            ))
            .next(format!(
                "name its source with {options}; --so is for the SO's PIN"
            )));
        }
        let new = self.new_pin.source();
        pin_entry::distinct(&[&old, &new])?;
        let found = desk.choose(&self.choice)?;
        let name = found.name();
        let session = desk.session(&found)?;
        // C_SetPIN changes the PIN of whoever is logged in, and the user's when nobody is.
        let old = if self.so {
            session.login_so(&old)?
        } else {
            pin_entry::present(&old, &format!("PIN of the user of {name}"), options)?
        };
        let new = pin_entry::fresh(&new, &format!("new PIN of the {whose}"), NewPin::OPTIONS)?;
        session
            .module
            .set_pin(session.handle, old.expose(), new.expose())
            .map_err(Failure::refused(format!("{name}: PIN of the {whose}")))?;
        done(&found, &format!("the {whose}'s PIN is changed"), common)
    }
}

impl Reset {
    fn run(&self, desk: &Desk, common: &Common) -> Outcome {
        let (so, new) = (self.so_pin.source(), self.new_pin.source());
        pin_entry::distinct(&[&so, &new])?;
        let found = desk.choose(&self.choice)?;
        let session = desk.session(&found)?;
        session.login_so(&so)?;
        let pin = pin_entry::fresh(&new, "new PIN of the user", NewPin::OPTIONS)?;
        session
            .module
            .init_pin(session.handle, pin.expose())
            .map_err(Failure::refused(format!(
                "{}: PIN of the user",
                found.name()
            )))?;
        done(&found, "the user has a new PIN", common)
    }
}

fn done(found: &Found, what: &str, common: &Common) -> Outcome {
    if common.json {
        return output::json(&json!({
            "token": found.info.label,
            "slot": found.slot.0,
            "serial": found.info.serial,
            "done": what,
        }));
    }
    output::line(&format!("{}: {what}", found.name()))
}
