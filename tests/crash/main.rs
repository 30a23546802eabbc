// SPDX-License-Identifier: MIT OR Apache-2.0
//! A process that is killed loses nothing that it was told was there.
//!
//! Goal: every key whose `C_GenerateKeyPair` returned is there and works, no half of a pair is left behind,
//! and the token opens. Method: a child generates token key pairs in a loop and reports each one; the
//! parent kills it at a random moment and looks at the token through a module of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the child reports, seeds are shown"
)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use keystead::config::{Config, StoreLocation};
use keystead::mechanism::{Params, find};
use keystead::module::{Module, Reply, Room};
use keystead::object::{RawValue, Shown, Template, read};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_EC_PARAMS, CKA_ID, CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::mechanism::{CKM_EC_KEY_PAIR_GEN, CKM_ECDSA};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{ObjectHandle, SessionHandle, SlotId};

const KILLS: u64 = 200;
const SO_PIN: &[u8] = b"so-pin-1234";
const USER_PIN: &[u8] = b"user-pin-1234";
/// DER of the object identifier of P-256 (RFC 5480)
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const TRUE: &[u8] = &[1];

fn open(store: &Path) -> (Module, SessionHandle) {
    let config = Config {
        store: StoreLocation::Directory(store.to_owned()),
        ..Config::in_memory()
    };
    let module = Module::with_config(config).unwrap();
    let session = module
        .open_session(SlotId(0), CKF_SERIAL_SESSION | CKF_RW_SESSION)
        .unwrap();
    (module, session)
}

fn initialize(store: &Path) {
    let config = Config {
        store: StoreLocation::Directory(store.to_owned()),
        ..Config::in_memory()
    };
    let module = Module::with_config(config).unwrap();
    let mut label = [b' '; 32];
    label[..5].copy_from_slice(b"crash");
    module.init_token(SlotId(0), SO_PIN, &label).unwrap();
    let session = module
        .open_session(SlotId(0), CKF_SERIAL_SESSION | CKF_RW_SESSION)
        .unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    module.init_pin(session, USER_PIN).unwrap();
    module.finalize().unwrap();
}

/// What the child does until it is killed.
fn generate_forever(store: &Path, first: u64) -> ! {
    let (module, session) = open(store);
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    let mut out = std::io::stdout().lock();
    for number in first.. {
        let id = number.to_be_bytes();
        let public = Template(vec![
            (CKA_TOKEN, RawValue::Bytes(TRUE)),
            (CKA_ID, RawValue::Bytes(&id)),
            (CKA_EC_PARAMS, RawValue::Bytes(P256)),
        ]);
        let private = Template(vec![
            (CKA_TOKEN, RawValue::Bytes(TRUE)),
            (CKA_PRIVATE, RawValue::Bytes(TRUE)),
            (CKA_ID, RawValue::Bytes(&id)),
        ]);
        let row = find(CKM_EC_KEY_PAIR_GEN).unwrap();
        module
            .generate_key_pair(session, row, &Params::None, &public, &private)
            .unwrap();
        // The test runner may have left a line unfinished.
        writeln!(out, "\nkey {number}").unwrap();
        out.flush().unwrap();
    }
    unreachable!("the child is killed")
}

fn ids(module: &Module, session: SessionHandle, class: u64) -> BTreeSet<u64> {
    let class = class.to_ne_bytes();
    let template = Template(vec![(CKA_CLASS, RawValue::Bytes(&class))]);
    handles(module, session, &template)
        .into_iter()
        .map(|handle| {
            let object = module.object(session, handle).unwrap();
            let Shown::Bytes(id) = read(&object, CKA_ID).unwrap() else {
                panic!("CKA_ID")
            };
            u64::from_be_bytes(id.as_ref().try_into().unwrap())
        })
        .collect()
}

fn handles(module: &Module, session: SessionHandle, template: &Template<'_>) -> Vec<ObjectHandle> {
    module.find_objects_init(session, template).unwrap();
    let found = module.find_objects(session, usize::MAX).unwrap();
    module.find_objects_final(session).unwrap();
    found
}

fn one(module: &Module, session: SessionHandle, class: u64, number: u64) -> ObjectHandle {
    let (class, id) = (class.to_ne_bytes(), number.to_be_bytes());
    let template = Template(vec![
        (CKA_CLASS, RawValue::Bytes(&class)),
        (CKA_ID, RawValue::Bytes(&id)),
    ]);
    let found = handles(module, session, &template);
    assert_eq!(found.len(), 1, "key {number}: {found:?}");
    found[0]
}

/// A key works when its public half verifies what its private half signs.
fn works(module: &Module, session: SessionHandle, number: u64) {
    let row = find(CKM_ECDSA).unwrap();
    let digest = [7u8; 32];
    let private = one(module, session, CKO_PRIVATE_KEY.0, number);
    module
        .sign_init(session, Some((row, &Params::None)), private)
        .unwrap();
    let Reply::Bytes(signature) = module.sign(session, &digest, Room::Bytes(64)).unwrap() else {
        panic!("a length instead of a signature")
    };
    let public = one(module, session, CKO_PUBLIC_KEY.0, number);
    module
        .verify_init(session, Some((row, &Params::None)), public)
        .unwrap();
    module.verify(session, &digest, signature.expose()).unwrap();
}

/// SplitMix64: a seeded choice of moments; nothing secret.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Starts the child, lets it make some keys, kills it; gives the numbers it reported.
fn killed_child(store: &Path, first: u64, seed: &mut u64) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_process_loses_no_key", "--nocapture"])
        .env("KEYSTEAD_CRASH_CHILD", store)
        .env("KEYSTEAD_CRASH_FIRST", first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let parse = |line: &str| {
        line.strip_prefix("key ")
            .map(|number| number.parse::<u64>().unwrap())
    };
    let mut reported = Vec::new();
    let wanted = usize::try_from(1 + next(seed) % 6).unwrap();
    while reported.len() < wanted {
        let line = lines.next().expect("the child ended by itself").unwrap();
        reported.extend(parse(&line));
    }
    let moment = Instant::now() + Duration::from_micros(next(seed) % 4000);
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts as well.
    reported.extend(lines.map_while(Result::ok).filter_map(|line| parse(&line)));
    reported
}

#[test]
fn a_killed_process_loses_no_key() {
    if let Some(store) = std::env::var_os("KEYSTEAD_CRASH_CHILD") {
        let first = std::env::var("KEYSTEAD_CRASH_FIRST")
            .unwrap()
            .parse()
            .unwrap();
        generate_forever(Path::new(&store), first);
    }
    let store = tempfile::tempdir().unwrap();
    initialize(store.path());
    let mut seed = u64::from(std::process::id());
    eprintln!("seed {seed}");
    let mut promised = BTreeSet::new();
    for _ in 0..KILLS {
        let first = promised.last().map_or(0, |last| last + 2);
        let fresh = killed_child(store.path(), first, &mut seed);
        let (module, session) = open(store.path());
        module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
        for number in &fresh {
            works(&module, session, *number);
        }
        promised.extend(fresh);
        module.finalize().unwrap();
    }
    let (module, session) = open(store.path());
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    let private = ids(&module, session, CKO_PRIVATE_KEY.0);
    let public = ids(&module, session, CKO_PUBLIC_KEY.0);
    assert_eq!(private, public, "half a key pair was left behind");
    assert!(
        promised.is_subset(&private),
        "a key that was promised is gone"
    );
    module.finalize().unwrap();
}
