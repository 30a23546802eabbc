// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same random calls to both back-ends and to a tiny model give the same answers.

use std::collections::BTreeMap;

use keystead::object::RecordId;
use keystead::pkcs11::ReturnCode;
use keystead::store::{Access, Change, NewRecord, Vault};

use crate::support::{Random, USER, all, by_id, folder, new_token, pin, ready, record};

const STEPS: u32 = 600;
const KEYS: u64 = 6;

/// Number to generation, access, CKA_ID, body.
type Model = BTreeMap<u64, (u64, Access, u8, Vec<u8>)>;

fn code<T>(result: &keystead::error::Result<T>) -> Option<ReturnCode> {
    result.as_ref().err().map(|error| error.rv().code())
}

fn new_record((_, access, key, body): &(u64, Access, u8, Vec<u8>)) -> NewRecord {
    record(*access, &[*key], "label", body)
}

fn agree(vaults: &[Vault; 2], model: &Model, logged_in: bool, context: &str) {
    for vault in vaults {
        let visible = |entry: &&(u64, Access, u8, Vec<u8>)| logged_in || entry.1 == Access::Public;
        let expected: Vec<RecordId> = model
            .iter()
            .filter(|(_, entry)| visible(entry))
            .map(|(id, _)| RecordId(*id))
            .collect();
        let found = vault.find(&all(), Access::Private).unwrap();
        assert_eq!(found, expected, "{context}");
        for key in 0..KEYS {
            let key = u8::try_from(key).unwrap();
            let expected: Vec<RecordId> = model
                .iter()
                .filter(|(_, entry)| entry.2 == key && visible(entry))
                .map(|(id, _)| RecordId(*id))
                .collect();
            let found = vault.find(&by_id(&[key]), Access::Private).unwrap();
            assert_eq!(found, expected, "{context}");
        }
        for (id, entry) in model.iter().filter(|(_, entry)| visible(entry)) {
            let record = vault.load(RecordId(*id)).unwrap().unwrap();
            assert_eq!((record.generation, record.access), (entry.0, entry.1));
            assert_eq!(record.body.expose(), entry.3, "{context}");
        }
        let problems = vault.verify().unwrap().problems;
        assert_eq!(problems, Vec::<String>::new(), "{context}");
    }
}

/// The changes of one transaction, and what the model is like when they are good.
struct Plan {
    after: Model,
    after_next: u64,
    is_good: bool,
    changes: [Vec<Change>; 2],
}

impl Plan {
    fn new(model: &Model, next: u64) -> Self {
        Self {
            after: model.clone(),
            after_next: next,
            is_good: true,
            changes: Default::default(),
        }
    }

    /// Adds one random change, good or bad, for both back-ends.
    fn add(&mut self, random: &mut Random, next: u64, logged_in: bool) {
        let access = match random.below(2) {
            0 => Access::Public,
            _ => Access::Private,
        };
        let key = u8::try_from(random.below(KEYS)).unwrap();
        let body = random.next().to_be_bytes().to_vec();
        let id = random.below(next + 2);
        let old = self
            .after
            .get(&id)
            .filter(|old| logged_in || old.1 == Access::Public)
            .cloned();
        let may_write = logged_in || access == Access::Public;
        match random.below(4) {
            0 | 1 => {
                let entry = (1, access, key, body);
                self.changes
                    .iter_mut()
                    .for_each(|c| c.push(Change::Insert(new_record(&entry))));
                self.is_good &= may_write;
                self.after.insert(self.after_next, entry);
                self.after_next += 1;
            }
            2 => {
                let generation = old.as_ref().map_or(1, |old| old.0);
                let entry = (generation + 1, access, key, body);
                self.is_good &= may_write && old.is_some();
                for changes in &mut self.changes {
                    let new = new_record(&entry);
                    changes.push(Change::Replace(RecordId(id), generation, new));
                }
                self.after.insert(id, entry);
            }
            _ => {
                self.is_good &= old.is_some();
                self.changes
                    .iter_mut()
                    .for_each(|c| c.push(Change::Delete(RecordId(id))));
                self.after.remove(&id);
            }
        }
    }
}

fn run(seed: u64) {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    let vaults = [
        Vault::create(&path, &new_token(&so_pin)).unwrap(),
        Vault::create_in_memory(&new_token(&so_pin)).unwrap(),
    ];
    vaults.iter().for_each(ready);
    let mut random = Random(seed);
    let (mut model, mut next, mut logged_in) = (Model::new(), 1_u64, true);
    for step in 0..STEPS {
        let context = format!("seed {seed}, step {step}");
        if random.below(12) == 0 {
            logged_in = !logged_in;
            for vault in &vaults {
                match logged_in {
                    true => vault.login(USER, &pin("user")).unwrap(),
                    false => vault.logout(),
                }
            }
        }
        let mut plan = Plan::new(&model, next);
        for _ in 0..=random.below(3) {
            plan.add(&mut random, next, logged_in);
        }
        let Plan {
            after,
            after_next,
            is_good,
            changes,
        } = plan;
        let results = vaults
            .iter()
            .zip(changes)
            .map(|(vault, changes)| vault.apply(changes));
        let results: Vec<_> = results.collect();
        assert_eq!(code(&results[0]), code(&results[1]), "{context}");
        assert_eq!(results[0].is_ok(), is_good, "{context}");
        if is_good {
            assert_eq!(results[0], results[1], "{context}");
            (model, next) = (after, after_next);
        }
        if step % 20 == 0 || step + 1 == STEPS {
            agree(&vaults, &model, logged_in, &context);
        }
    }
}

#[test]
fn both_back_ends_and_a_model_agree_on_random_calls() {
    for seed in [1, 2, 3] {
        run(seed);
    }
}
