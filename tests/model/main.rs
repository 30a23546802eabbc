// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random calls on the module and on a tiny model of sessions, login and objects: every answer must be
//! the same. A run that fails prints its seed; `MODEL_SEED` runs it again.
//!
//! Source: PKCS#11 v3.2, "Session management functions" and "Object management functions".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "tests may stop"
)]

mod model;

use std::collections::BTreeSet;

use keystead::config::Config;
use keystead::error::Result;
use keystead::module::Module;
use keystead::object::{RawValue, Template};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::class::CKO_DATA;
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::rv::CKR_OK;
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{AttributeType, ObjectHandle, ReturnCode, SessionHandle, SlotId};
use model::{Actor, Model, Thing};

const SLOT: SlotId = SlotId(0);
const SO_PIN: &[u8] = b"so-pin-1";
const USER_PIN: &[u8] = b"user-pin-1";
const STEPS: usize = 400;
const RUNS: u64 = 200;

/// A small generator (SplitMix64, public domain algorithm) whose whole state is the seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    fn coin(&mut self) -> bool {
        self.roll() & 1 == 1
    }
}

fn code<T>(outcome: &Result<T>) -> ReturnCode {
    outcome
        .as_ref()
        .map_or_else(|error| error.rv().code(), |_| CKR_OK)
}

fn template<'a>(entries: &[(AttributeType, &'a [u8])]) -> Template<'a> {
    let entries = entries.iter();
    Template(
        entries
            .map(|(id, bytes)| (*id, RawValue::Bytes(bytes)))
            .collect(),
    )
}

fn flag(value: bool) -> &'static [u8] {
    if value { &[1] } else { &[0] }
}

fn prepare() -> Module {
    let module = Module::with_config(Config::in_memory()).unwrap();
    module.init_token(SLOT, SO_PIN, &[b'm'; 32]).unwrap();
    let session = module
        .open_session(SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION)
        .unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    module.init_pin(session, USER_PIN).unwrap();
    module.close_session(session).unwrap();
    module
}

/// The real module beside the model, and the handles that join them.
struct Pair {
    module: Module,
    model: Model,
    sessions: Vec<SessionHandle>,
    objects: Vec<ObjectHandle>,
}

impl Pair {
    fn step(&mut self, dice: &mut Dice) -> String {
        // One session more than there are: a closed handle.
        let session = dice.below(self.sessions.len() + 1);
        let handle = self.session(session);
        let object = dice.below(self.objects.len() + 1);
        match dice.below(10) {
            0 => self.open(dice.coin()),
            1 => {
                let real = code(&self.module.close_session(handle));
                let told = self.model.close(session);
                check(format!("close {session}"), real, told)
            }
            2 | 3 => {
                let (user, pin, actor) = if dice.below(3) == 0 {
                    (CKU_SO, SO_PIN, Actor::So)
                } else {
                    (CKU_USER, USER_PIN, Actor::User)
                };
                let real = code(&self.module.login(handle, user, Some(pin)));
                let told = self.model.login(session, actor);
                check(format!("login {actor:?} in {session}"), real, told)
            }
            4 => {
                let real = code(&self.module.logout(handle));
                let told = self.model.logout(session);
                check(format!("logout {session}"), real, told)
            }
            5..=7 => self.create(session, handle, dice.coin(), dice.coin()),
            8 => {
                let real = self.object(object);
                let real = code(&self.module.destroy_object(handle, real));
                let told = self.model.destroy(session, object);
                check(format!("destroy {object} in {session}"), real, told)
            }
            _ => self.search(session, handle),
        }
    }

    fn session(&self, number: usize) -> SessionHandle {
        self.sessions
            .get(number)
            .copied()
            .unwrap_or(SessionHandle(u64::MAX))
    }

    fn object(&self, number: usize) -> ObjectHandle {
        self.objects
            .get(number)
            .copied()
            .unwrap_or(ObjectHandle(u64::MAX))
    }

    fn open(&mut self, writes: bool) -> String {
        let flags = CKF_SERIAL_SESSION | if writes { CKF_RW_SESSION } else { 0 };
        let outcome = self.module.open_session(SLOT, flags);
        let told = self.model.open(writes);
        let line = check(format!("open, writes {writes}"), code(&outcome), told);
        self.sessions.extend(outcome.ok());
        line
    }

    fn create(
        &mut self,
        session: usize,
        handle: SessionHandle,
        is_token: bool,
        is_private: bool,
    ) -> String {
        let class = CKO_DATA.0.to_ne_bytes();
        let wanted = template(&[
            (CKA_CLASS, &class),
            (CKA_TOKEN, flag(is_token)),
            (CKA_PRIVATE, flag(is_private)),
        ]);
        let outcome = self.module.create_object(handle, &wanted);
        let thing = Thing {
            is_token,
            is_private,
            owner: session,
        };
        let told = self.model.create(session, thing);
        let line = check(format!("create {thing:?}"), code(&outcome), told);
        self.objects.extend(outcome.ok());
        line
    }

    /// Everything that is visible, and nothing else, is found.
    fn search(&mut self, session: usize, handle: SessionHandle) -> String {
        let begun = code(&self.module.find_objects_init(handle, &template(&[])));
        let line = check(
            format!("search in {session}"),
            begun,
            self.model.searchable(session),
        );
        if begun != CKR_OK {
            return line;
        }
        let found = self.module.find_objects(handle, 100_000).unwrap();
        self.module.find_objects_final(handle).unwrap();
        // Private token objects have new handles after a login: the model counts what it sees.
        let (known, count) = self.model.visible();
        let known: BTreeSet<_> = known
            .into_iter()
            .map(|number| self.objects[number])
            .collect();
        let seen: BTreeSet<_> = found.iter().copied().collect();
        assert_eq!(found.len(), count, "{line}: wrong number of objects");
        assert_eq!(seen.len(), count, "{line}: an object came twice");
        assert!(known.is_subset(&seen), "{line}: a known object is missing");
        line
    }
}

fn check(what: String, real: ReturnCode, told: ReturnCode) -> String {
    assert_eq!(real, told, "{what}");
    format!("{what}: {real}")
}

fn run(seed: u64) {
    let mut dice = Dice(seed);
    let mut pair = Pair {
        module: prepare(),
        model: Model::default(),
        sessions: Vec::new(),
        objects: Vec::new(),
    };
    for _ in 0..STEPS {
        pair.step(&mut dice);
    }
}

#[test]
fn random_calls_answer_as_the_model_says() {
    let start = match std::env::var("MODEL_SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => u64::from(std::process::id()) << 20,
    };
    for seed in start..start + RUNS {
        let outcome = std::panic::catch_unwind(|| run(seed));
        assert!(outcome.is_ok(), "MODEL_SEED={seed} runs this again");
    }
}
