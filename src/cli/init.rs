// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead init`: makes a token.

use clap::Args;
use serde_json::json;

use super::desk::{self, Desk, Found};
use super::failure::{self, Failure, Outcome};
use super::pin_entry::{self, SoPin, Source, UserPin};
use super::{Common, output};
use crate::config::StoreLocation;
use crate::pkcs11::SlotId;
use crate::pkcs11::user::CKU_SO;
use crate::secret::SecretBytes;

/// Makes a token: label, SO PIN, and the user's PIN
///
/// The Security Officer (SO) can give the user a new PIN, and nothing else: the SO does not see the
/// user's keys. A user PIN that is not set now can be set later with "keystead pin reset".
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead init --label work
  SO=12345678 PIN=1234 keystead init --label ci --so-pin-env SO --pin-env PIN
  keystead init --label archive --no-recovery --so-pin-file so.pin --pin-file user.pin
  keystead init --label work --slot 0     erases the token in slot 0 and starts anew")]
pub(super) struct Init {
    /// Name of the token, at most 32 bytes
    #[arg(long)]
    label: String,
    /// Slot to use instead of the free one; a token that is there is erased
    #[arg(long, value_name = "ID")]
    slot: Option<u64>,
    /// Keep no recovery copy for the SO: whoever loses the user's PIN loses the keys
    #[arg(long)]
    no_recovery: bool,
    /// Do not ask before a token is erased
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    so_pin: SoPin,
    #[command(flatten)]
    pin: UserPin,
}

impl Init {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let label = padded(&self.label)?;
        pin_entry::distinct(&[&self.so_pin.source(), &self.pin.source()])?;
        let mut config = desk::explain(common)?.config;
        config.recovery &= !self.no_recovery;
        let recovery = config.recovery;
        let desk = Desk::start(config)?;
        let slot = self.target(&desk)?;
        self.warn(&desk, slot)?;
        let (so_pin, user_pin) = self.pins(&desk.found(slot)?)?;
        desk.module
            .init_token(slot, so_pin.expose(), &label)
            .map_err(Failure::refused(format!("slot {}", slot.0)))?;
        let found = desk.found(slot)?;
        if let Some(pin) = &user_pin {
            set_user_pin(&desk, &found, &so_pin, pin)?;
        }
        let serial = &found.info.serial;
        if common.json {
            return output::json(&json!({
                "label": found.info.label,
                "slot": slot.0,
                "serial": serial,
                "user_pin_set": user_pin.is_some(),
                "recovery": recovery,
            }));
        }
        output::line(&format!(
            "{} is ready, serial number {serial}",
            found.name()
        ))?;
        if user_pin.is_none() {
            failure::note("the user's PIN is not set yet; set it with \"keystead pin reset\"");
        }
        Ok(())
    }

    /// The slot to work on: the given one, or the free one.
    fn target(&self, desk: &Desk) -> Outcome<SlotId> {
        let slots = desk.slots()?;
        let found = match self.slot {
            Some(wanted) => slots.iter().find(|found| found.slot.0 == wanted),
            None => slots.iter().find(|found| !found.is_initialized()),
        };
        let Some(found) = found else {
            let ids: Vec<String> = slots.iter().map(|found| found.slot.0.to_string()).collect();
            let what = match self.slot {
                Some(wanted) => format!("there is no slot {wanted}"),
                None => "there is no free slot".to_owned(),
            };
            return Err(Failure::new(what).next(format!(
                "slots are {}; without --slot the free one is taken",
                ids.join(", ")
            )));
        };
        Ok(found.slot)
    }

    fn warn(&self, desk: &Desk, slot: SlotId) -> Outcome {
        if desk.store == StoreLocation::Memory {
            failure::note("the store is in memory: this token ends with this command");
        }
        for found in desk.tokens()? {
            if found.slot == slot {
                if !self.yes {
                    output::confirm(&format!(
                        "{} and all its keys will be erased.",
                        found.name()
                    ))?;
                }
            } else if found.info.label == self.label {
                failure::note(&format!(
                    "{} has the same label; tell them apart by slot or serial number",
                    found.name()
                ));
            }
        }
        Ok(())
    }

    /// Both PINs are read and judged before anything changes.
    fn pins(&self, found: &Found) -> Outcome<(SecretBytes, Option<SecretBytes>)> {
        let so = self.so_pin.source();
        let so_pin = if found.is_initialized() {
            let whose = format!("PIN of the SO of {}", found.name());
            pin_entry::present(&so, &whose, SoPin::OPTIONS)?
        } else {
            pin_entry::fresh(&so, "new PIN of the SO", SoPin::OPTIONS)?
        };
        let user = self.pin.source();
        // A script that names the SO's PIN only wants the SO's PIN only.
        let wanted = user != Source::Prompt || so == Source::Prompt;
        let user_pin = wanted
            .then(|| pin_entry::fresh(&user, "new PIN of the user", UserPin::OPTIONS))
            .transpose()?;
        Ok((so_pin, user_pin))
    }
}

fn set_user_pin(desk: &Desk, found: &Found, so_pin: &SecretBytes, pin: &SecretBytes) -> Outcome {
    let session = desk.session(found)?;
    let module = session.module;
    module
        .login(session.handle, CKU_SO, Some(so_pin.expose()))
        .and_then(|()| module.init_pin(session.handle, pin.expose()))
        .map_err(Failure::refused(format!(
            "{} was made, but its user's PIN could not be set",
            found.name()
        )))
}

/// `CK_TOKEN_INFO.label`: 32 bytes, padded with blanks.
fn padded(label: &str) -> Outcome<[u8; 32]> {
    if label.trim().is_empty() {
        return Err(Failure::usage("--label is empty"));
    }
    if label.chars().any(char::is_control) {
        return Err(Failure::usage("--label contains control characters"));
    }
    let mut padded = [b' '; 32];
    let Some(place) = padded.get_mut(..label.len()) else {
        return Err(Failure::usage(format!(
            "--label has {} bytes; a token has room for 32",
            label.len()
        )));
    };
    place.copy_from_slice(label.as_bytes());
    Ok(padded)
}
