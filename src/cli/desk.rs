// SPDX-License-Identifier: MIT OR Apache-2.0
//! A running module, the token that a command is about, and sessions with it.

use std::path::Path;

use clap::Args;

use super::Common;
use super::failure::{self, Failure, Outcome};
use super::pin_entry::{self, SoPin, Source, UserPin};
use crate::config::{self, Config, Environment, Explained, Given, StoreLocation};
use crate::error::Error;
use crate::module::{Module, TokenInfo, TokenPresent};
use crate::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION, CKF_TOKEN_INITIALIZED};
use crate::pkcs11::user::{CKU_SO, CKU_USER};
use crate::pkcs11::{SessionHandle, SlotId, UserType};
use crate::secret::SecretBytes;

/// Which token a command is about; without any, the only one there is.
#[derive(Args, Clone, Debug, Default)]
#[group(multiple = false)]
pub(super) struct Choice {
    /// The token with this label
    #[arg(long, value_name = "LABEL")]
    pub(super) token: Option<String>,
    /// The token in this slot
    #[arg(long, value_name = "ID")]
    pub(super) slot: Option<u64>,
    /// The token with this serial number
    #[arg(long, value_name = "HEX")]
    pub(super) serial: Option<String>,
}

impl Choice {
    /// Whether nothing was chosen.
    pub(super) const fn is_open(&self) -> bool {
        self.token.is_none() && self.slot.is_none() && self.serial.is_none()
    }

    fn fits(&self, found: &Found) -> bool {
        let Self {
            token,
            slot,
            serial,
        } = self;
        let info = &found.info;
        token.as_ref().is_none_or(|label| *label == info.label)
            && slot.is_none_or(|slot| slot == found.slot.0)
            && serial
                .as_ref()
                .is_none_or(|serial| serial.eq_ignore_ascii_case(&info.serial))
    }

    fn words(&self) -> String {
        match (&self.token, self.slot, &self.serial) {
            (Some(label), _, _) => format!("no token is labelled \"{label}\""),
            (_, Some(slot), _) => format!("slot {slot} has no initialised token"),
            (_, _, Some(serial)) => format!("no token has the serial number {serial}"),
            (None, None, None) => "there is no token".to_owned(),
        }
    }
}

/// A token that is there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its slot.
    pub(super) slot: SlotId,
    /// What it tells about itself.
    pub(super) info: TokenInfo,
}

impl Found {
    /// How it is called in messages.
    pub(super) fn name(&self) -> String {
        let label = super::table::printable(&self.info.label);
        format!("token \"{label}\" (slot {})", self.slot.0)
    }

    /// Whether somebody has initialised it.
    pub(super) const fn is_initialized(&self) -> bool {
        self.info.flags & CKF_TOKEN_INITIALIZED != 0
    }
}

/// A token that is there and cannot be read.
#[derive(Debug)]
pub(super) struct Broken {
    /// Its slot.
    pub(super) slot: SlotId,
    /// Why.
    pub(super) error: Error,
}

/// A running module.
#[derive(Debug)]
pub(super) struct Desk {
    /// The module.
    pub(super) module: Module,
    /// Where its tokens live.
    pub(super) store: StoreLocation,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The process ends here anyway; nothing is left to save.
        let _ = self.module.finalize();
    }
}

/// The configuration with its story, as the options want it.
pub(super) fn explain(common: &Common) -> Outcome<Explained> {
    let mut given = Given {
        file: common.config.clone(),
        values: Vec::new(),
        by_command_line: true,
    };
    if let Some(store) = &common.store {
        given.values.push(("store", place(store)?));
    }
    config::explain(&given, &Environment::of_process())
        .map_err(Failure::refused("the configuration cannot be used"))
}

/// What `--store` or `--config` names, so that a program in another directory finds it.
pub(super) fn place(path: &Path) -> Outcome<String> {
    let wrong = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    let absolute = if path == Path::new("memory:") {
        path.to_path_buf()
    } else {
        std::path::absolute(path).map_err(|error| wrong(error.to_string()))?
    };
    absolute
        .into_os_string()
        .into_string()
        .map_err(|_| wrong("the path is not UTF-8".to_owned()))
}

impl Desk {
    /// Starts the module as configured.
    pub(super) fn open(common: &Common) -> Outcome<Self> {
        Self::start(explain(common)?.config)
    }

    /// Starts the module.
    pub(super) fn start(config: Config) -> Outcome<Self> {
        let store = config.store.clone();
        let module =
            Module::with_config(config).map_err(Failure::refused("the module does not start"))?;
        Ok(Self { module, store })
    }

    /// The place of the tokens in words.
    pub(super) fn place(&self) -> String {
        match &self.store {
            StoreLocation::Directory(path) => path.display().to_string(),
            StoreLocation::Memory => "memory".to_owned(),
        }
    }

    /// All slots: those with a token that can be read, blank or not, and those where it cannot.
    pub(super) fn look(&self) -> Outcome<(Vec<Found>, Vec<Broken>)> {
        let slots = self
            .module
            .slot_list(TokenPresent::Only)
            .map_err(Failure::refused("the slots cannot be listed"))?;
        let (mut readable, mut broken) = (Vec::new(), Vec::new());
        for slot in slots {
            match self.module.token_info(slot) {
                Ok(info) => readable.push(Found { slot, info }),
                Err(error) => broken.push(Broken { slot, error }),
            }
        }
        Ok((readable, broken))
    }

    /// All slots whose token can be read; the others are complained about.
    pub(super) fn slots(&self) -> Outcome<Vec<Found>> {
        let (readable, broken) = self.look()?;
        for Broken { slot, error } in broken {
            let slot = slot.0;
            failure::note(&format!(
                "the token in slot {slot} cannot be read and is left out: {error}"
            ));
        }
        Ok(readable)
    }

    /// The token in a slot.
    pub(super) fn found(&self, slot: SlotId) -> Outcome<Found> {
        let info = self.module.token_info(slot);
        let info = info.map_err(Failure::refused(format!("slot {}", slot.0)))?;
        Ok(Found { slot, info })
    }

    /// The initialised tokens.
    pub(super) fn tokens(&self) -> Outcome<Vec<Found>> {
        let mut slots = self.slots()?;
        slots.retain(Found::is_initialized);
        Ok(slots)
    }

    /// The one token that was meant.
    pub(super) fn choose(&self, choice: &Choice) -> Outcome<Found> {
        let tokens = self.tokens()?;
        if tokens.is_empty() {
            return Err(Failure::new(format!("there is no token in {}", self.place()))
                .next("\"keystead init --label NAME\" makes one; \"keystead config show\" tells why there"));
        }
        let mut fitting: Vec<Found> = tokens
            .iter()
            .filter(|found| choice.fits(found))
            .cloned()
            .collect();
        match (fitting.pop(), fitting.len()) {
            (Some(found), 0) => Ok(found),
            (None, _) => {
                let names: Vec<String> = tokens.iter().map(Found::name).collect();
                Err(Failure::new(choice.words()).next(format!("there is {}", names.join(", "))))
            }
            (Some(_), others) => Err(Failure::new(format!("{} tokens fit", others + 1))
                .next("choose one with --token, --slot or --serial; see \"keystead token list\"")),
        }
    }

    /// Opens a session, R/W because every command that needs one may write.
    pub(super) fn session(&self, found: &Found) -> Outcome<Session<'_>> {
        let handle = self
            .module
            .open_session(found.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
            .map_err(Failure::refused(found.name()))?;
        Ok(Session {
            module: &self.module,
            handle,
            name: found.name(),
        })
    }

    /// Opens a session and logs the user in.
    pub(super) fn user_session(&self, found: &Found, pin: &UserPin) -> Outcome<Session<'_>> {
        let session = self.session(found)?;
        session.login_user(&pin.source())?;
        Ok(session)
    }
}

/// An open session, closed when it goes.
#[derive(Debug)]
pub(super) struct Session<'a> {
    /// The module.
    pub(super) module: &'a Module,
    /// The session.
    pub(super) handle: SessionHandle,
    name: String,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Closing the only session also logs out.
        let _ = self.module.close_session(self.handle);
    }
}

impl Session<'_> {
    /// How the token is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Reads the user's PIN and logs the user in.
    pub(super) fn login_user(&self, source: &Source) -> Outcome {
        let whose = format!("PIN of the user of {}", self.name);
        let pin = pin_entry::present(source, &whose, UserPin::OPTIONS)?;
        self.login(CKU_USER, &pin)
    }

    /// Reads the Security Officer's PIN, logs the SO in and gives the PIN.
    pub(super) fn login_so(&self, source: &Source) -> Outcome<SecretBytes> {
        let whose = format!("PIN of the SO of {}", self.name);
        let pin = pin_entry::present(source, &whose, SoPin::OPTIONS)?;
        self.login(CKU_SO, &pin)?;
        Ok(pin)
    }

    fn login(&self, user: UserType, pin: &SecretBytes) -> Outcome {
        let who = if user == CKU_SO { "SO" } else { "user" };
        self.module
            .login(self.handle, user, Some(pin.expose()))
            .map_err(Failure::refused(format!(
                "{}: login of the {who}",
                self.name
            )))
    }
}
