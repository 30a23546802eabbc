// SPDX-License-Identifier: MIT OR Apache-2.0
//! A back-end that fails at its n-th call, for n = 1, 2, ... until the work passes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keystead::error::{Error, Result};
use keystead::pkcs11::rv;
use keystead::store::backend::{Backend, Cell, IndexKey, IndexRow, Mode, ObjectRow, Transaction};
use keystead::store::{Access, Change, Memory, Sqlite, Vault};

use crate::support::{SO, USER, all, body, folder, insert, new_token, pin, ready, record};

/// Calls until the next failure; 0 = never.
#[derive(Clone, Debug, Default)]
struct Fuse(Arc<AtomicU64>);

impl Fuse {
    fn set(&self, calls: u64) {
        self.0.store(calls, Ordering::Relaxed);
    }

    fn has_blown(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn burn(&self) -> Result<()> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        match left {
            1 => Err(Error::DeviceMemory("the fuse has blown".into())),
            _ => Ok(()),
        }
    }
}

#[derive(Debug)]
struct Faulty(Box<dyn Backend>, Fuse);

struct FaultyTransaction<'a>(Box<dyn Transaction + 'a>, Fuse);

impl Backend for Faulty {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>> {
        self.1.burn()?;
        let inner = self.0.begin(mode)?;
        Ok(Box::new(FaultyTransaction(inner, self.1.clone())))
    }

    fn epoch(&self) -> Result<u64> {
        self.0.epoch()
    }

    fn rows_read(&self) -> u64 {
        self.0.rows_read()
    }
}

macro_rules! reads {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)+) => {
        $(fn $name(&self, $($arg: $type),*) -> Result<$out> {
            self.1.burn()?;
            self.0.$name($($arg),*)
        })+
    };
}

macro_rules! writes {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)+) => {
        $(fn $name(&mut self, $($arg: $type),*) -> Result<$out> {
            self.1.burn()?;
            self.0.$name($($arg),*)
        })+
    };
}

impl Transaction for FaultyTransaction<'_> {
    reads! {
        cell(cell: Cell) -> Option<Vec<u8>>;
        object(id: u64) -> Option<ObjectRow>;
        object_head(id: u64) -> Option<Vec<u8>>;
        objects_after(id: u64, limit: usize) -> Vec<(u64, ObjectRow)>;
        index_before(key: &IndexKey) -> Option<IndexRow>;
        index_from(key: &IndexKey, limit: usize) -> Vec<IndexRow>;
        journal() -> Vec<Vec<u8>>;
        integrity() -> Vec<String>;
    }
    writes! {
        put_cell(cell: Cell, value: &[u8]) -> ();
        put_object(id: u64, row: &ObjectRow) -> ();
        delete_object(id: u64) -> bool;
        put_index(row: &IndexRow) -> ();
        delete_index(key: &IndexKey) -> bool;
        delete_index_range(from: &IndexKey, to: &IndexKey) -> ();
        push_journal(entry: &[u8]) -> ();
        clear_journal() -> ();
        erase() -> ();
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.1.burn()?;
        self.0.commit()
    }
}

/// Runs `work` with a failure at the n-th call until it passes; `check` looks after each failure.
fn until_it_passes(
    vault: &Vault,
    fuse: &Fuse,
    mut work: impl FnMut(&Vault) -> Result<()>,
    check: impl Fn(&Vault),
) {
    for n in 1..1_000 {
        fuse.set(n);
        let result = work(vault);
        let has_blown = fuse.has_blown();
        fuse.set(0);
        match result {
            Err(error) => {
                assert_eq!(error.rv().code(), rv::CKR_DEVICE_MEMORY, "call {n}");
                check(vault);
            }
            Ok(()) if has_blown => panic!("call {n} failed and nobody heard it"),
            Ok(()) => return,
        }
    }
    panic!("the work never passes");
}

fn on_both(test: impl Fn(Vault, Fuse)) {
    let folder = folder();
    let file = Sqlite::create(&folder.path().join("slot-3.token")).unwrap();
    for backend in [
        Box::new(Memory::default()) as Box<dyn Backend>,
        Box::new(file),
    ] {
        let fuse = Fuse::default();
        let so_pin = pin("sososo");
        let faulty = Box::new(Faulty(backend, fuse.clone()));
        let vault = Vault::create_on(faulty, &new_token(&so_pin)).unwrap();
        ready(&vault);
        test(vault, fuse);
    }
}

#[test]
fn a_failed_call_leaves_no_half_of_a_key_pair() {
    on_both(|vault, fuse| {
        let old = insert(&vault, Access::Private, b"old", b"old");
        let pair = |vault: &Vault| {
            let changes = vec![
                Change::Insert(record(Access::Private, b"pair", "a", b"private")),
                Change::Insert(record(Access::Public, b"pair", "b", b"public")),
                Change::Replace(old, 1, record(Access::Private, b"old", "c", b"new")),
            ];
            vault.apply(changes).map(|_| ())
        };
        until_it_passes(&vault, &fuse, pair, |vault| {
            assert_eq!(vault.find(&all(), Access::Private).unwrap(), [old]);
            assert_eq!(body(vault, old).unwrap(), b"old");
            assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
        });
        assert_eq!(vault.find(&all(), Access::Private).unwrap().len(), 3);
        assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
    });
}

#[test]
fn a_failed_login_or_pin_change_locks_nobody_out() {
    on_both(|vault, fuse| {
        let id = insert(&vault, Access::Private, b"k", b"kept");
        vault.logout();
        insert(&vault, Access::Public, b"late", b"late");
        let opens = |vault: &Vault| {
            vault.login(USER, &pin("user")).unwrap();
            assert_eq!(body(vault, id).unwrap(), b"kept");
            vault.logout();
        };
        until_it_passes(
            &vault,
            &fuse,
            |vault| vault.login(USER, &pin("user")),
            opens,
        );
        let change = |vault: &Vault| vault.set_pin(USER, &pin("user"), &pin("next"));
        until_it_passes(&vault, &fuse, change, opens);
        vault.login(SO, &pin("sososo")).unwrap();
        let reset = |vault: &Vault| vault.init_pin(&pin("last"));
        until_it_passes(&vault, &fuse, reset, |vault| {
            vault.check_pin(USER, &pin("next")).unwrap();
        });
        vault.login(USER, &pin("last")).unwrap();
        assert_eq!(body(&vault, id).unwrap(), b"kept");
    });
}

#[test]
fn a_wrong_pin_is_never_answered_uncounted() {
    on_both(|vault, fuse| {
        for n in 1..100 {
            let before = vault.info().unwrap().user_pin.failures;
            fuse.set(n);
            let error = vault.check_pin(USER, &pin("wrong")).unwrap_err();
            fuse.set(0);
            let after = vault.info().unwrap().user_pin.failures;
            if error.rv().code() == rv::CKR_PIN_INCORRECT {
                assert_eq!(after, before + 1);
                return;
            }
            assert_eq!(error.rv().code(), rv::CKR_DEVICE_MEMORY);
        }
        panic!("the work never passes");
    });
}

#[test]
fn a_failed_initialisation_leaves_the_old_token() {
    on_both(|vault, fuse| {
        let id = insert(&vault, Access::Private, b"k", b"kept");
        let so_pin = pin("sososo");
        let again = |vault: &Vault| vault.reinitialize(&new_token(&so_pin));
        until_it_passes(&vault, &fuse, again, |vault| {
            assert_eq!(body(vault, id).unwrap(), b"kept");
            vault.check_pin(SO, &pin("sososo")).unwrap();
        });
        assert!(!vault.info().unwrap().user_pin.is_set);
    });
}
