// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several processes on one token, some of which are killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keystead::object::RecordId;
use keystead::pkcs11::rv;
use keystead::store::{Access, Change, Vault};

use crate::support::{SO, USER, all, body, by_id, folder, insert, new_token, pin, ready, record};

const TOKEN: &str = "KEYSTEAD_TEST_TOKEN";

/// The other process: makes key pairs until it is killed, and says each number after the call came back.
#[test]
fn child_that_makes_key_pairs() {
    let Ok(path) = std::env::var(TOKEN) else {
        return;
    };
    let vault = Vault::open(Path::new(&path)).unwrap();
    vault.login(USER, &pin("user")).unwrap();
    for n in 0_u32.. {
        let key = [std::process::id().to_be_bytes(), n.to_be_bytes()].concat();
        let changes = vec![
            Change::Insert(record(Access::Private, &key, "private", b"private")),
            Change::Insert(record(Access::Public, &key, "public", b"public")),
        ];
        let ids = vault.apply(changes).unwrap();
        let mut out = std::io::stdout().lock();
        if writeln!(out, "made {} {}", ids[0].0, ids[1].0).is_err() {
            return;
        }
    }
}

fn spawn(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::child_that_makes_key_pairs",
            "--nocapture",
        ])
        .env(TOKEN, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads `count` lines, kills, reads what is left.
fn kill_after(mut child: Child, count: usize) -> Vec<[RecordId; 2]> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut made = Vec::new();
    let mut is_killed = false;
    while let Some(Ok(line)) = lines.next() {
        let Some((_, numbers)) = line.split_once("made ") else {
            continue;
        };
        let ids: Vec<u64> = numbers
            .split(' ')
            .filter_map(|id| id.parse().ok())
            .collect();
        // The last line may be cut off; then nobody was told.
        if let [first, second] = ids[..] {
            made.push([RecordId(first), RecordId(second)]);
        }
        if made.len() >= count && !is_killed {
            child.kill().unwrap();
            is_killed = true;
        }
    }
    child.wait().unwrap();
    if is_killed {
        made.pop();
    }
    made
}

#[test]
fn a_killed_process_loses_no_key_pair_and_leaves_no_half() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    for round in 0..20 {
        let before = vault.epoch().unwrap();
        let made = kill_after(spawn(&path), 1 + round % 7);
        assert_ne!(vault.epoch().unwrap(), before);
        for [private, public] in made {
            assert_eq!(body(&vault, private).unwrap(), b"private");
            assert_eq!(body(&vault, public).unwrap(), b"public");
        }
        let ids = vault.find(&all(), Access::Private).unwrap();
        assert_eq!(ids.len() % 2, 0);
        let fresh = Vault::open(&path).unwrap();
        fresh.login(USER, &pin("user")).unwrap();
        assert_eq!(fresh.verify().unwrap().problems, Vec::<String>::new());
    }
}

#[test]
fn another_vault_is_seen_at_the_next_call() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let one = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&one);
    let two = Vault::open(&path).unwrap();
    two.login(USER, &pin("user")).unwrap();
    let mut epoch = two.epoch().unwrap();
    let mut has_moved = || {
        let now = two.epoch().unwrap();
        let has_moved = now != epoch;
        epoch = now;
        has_moved
    };
    assert!(!has_moved());
    let id = insert(&one, Access::Private, b"k", b"first");
    assert!(has_moved());
    assert_eq!(body(&two, id).unwrap(), b"first");
    let next = record(Access::Private, b"n", "label", b"second");
    one.apply(vec![Change::Replace(id, 1, next)]).unwrap();
    assert!(has_moved());
    assert_eq!(two.find(&by_id(b"n"), Access::Private).unwrap(), [id]);
    let late = record(Access::Private, b"n", "label", b"late");
    let error = two.apply(vec![Change::Replace(id, 1, late)]).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_OBJECT_HANDLE_INVALID);
    one.apply(vec![Change::Delete(id)]).unwrap();
    assert!(two.load(id).unwrap().is_none());
    one.set_pin(USER, &pin("user"), &pin("next")).unwrap();
    assert!(two.check_pin(USER, &pin("user")).is_err());
    assert_eq!(one.info().unwrap().user_pin.failures, 1);
    // Changed by one who is not logged in, seen by one who is.
    one.logout();
    let id = insert(&one, Access::Public, b"p", b"public");
    assert_eq!(body(&two, id).unwrap(), b"public");
    insert(&two, Access::Private, b"q", b"private");
    assert_eq!(two.verify().unwrap().unattested, 0);
}

#[test]
fn a_login_ends_when_another_process_initialises_the_token() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    let one = Vault::create(&path, &new_token(&so_pin)).unwrap();
    ready(&one);
    let id = insert(&one, Access::Private, b"k", b"key");
    let two = Vault::open(&path).unwrap();
    two.reinitialize(&new_token(&so_pin)).unwrap();
    let error = one.load(id).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_DEVICE_REMOVED);
    assert!(one.load(id).unwrap().is_none());
    assert!(!one.info().unwrap().user_pin.is_set);
    ready(&one);
}

#[test]
fn a_token_file_that_is_gone_or_replaced_is_told() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let moved = folder.path().join("moved");
    std::fs::rename(&path, &moved).unwrap();
    let error = vault.info().unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_TOKEN_NOT_PRESENT);
    let error = vault.find(&all(), Access::Public).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_DEVICE_REMOVED);
    std::fs::copy(&moved, &path).unwrap();
    assert!(vault.info().is_err());
    let error = Vault::open(&folder.path().join("none")).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_TOKEN_NOT_PRESENT);
    for content in [b"something else".as_slice(), b""] {
        let path = folder.path().join(format!("other-{}", content.len()));
        std::fs::write(&path, content).unwrap();
        let error = Vault::open(&path).unwrap_err();
        assert_eq!(error.rv().code(), rv::CKR_TOKEN_NOT_RECOGNIZED);
    }
    let stands_there = std::fs::read(&path).unwrap();
    assert!(Vault::create(&path, &new_token(&pin("sososo"))).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), stands_there);
    let drafts = std::fs::read_dir(folder.path()).unwrap();
    let is_draft = |entry: &std::fs::DirEntry| entry.path().to_string_lossy().contains(".new-");
    assert_eq!(
        drafts
            .filter(|entry| is_draft(entry.as_ref().unwrap()))
            .count(),
        0
    );
}

#[test]
fn the_file_alone_is_the_token_and_only_its_owner_reads_it() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let id = insert(&vault, Access::Private, b"k", b"kept");
    for name in ["slot-3.token", "slot-3.token.word", "slot-3.token-wal"] {
        let data = std::fs::metadata(folder.path().join(name)).unwrap();
        assert_eq!(data.permissions().mode() & 0o777, 0o600, "{name}");
    }
    drop(vault);
    let copy = folder.path().join("copy.token");
    std::fs::copy(&path, &copy).unwrap();
    let vault = Vault::open(&copy).unwrap();
    vault.login(USER, &pin("user")).unwrap();
    assert_eq!(body(&vault, id).unwrap(), b"kept");
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"kept"));
}

#[test]
fn a_word_left_odd_by_a_killed_writer_hides_no_change() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let other = Vault::open(&path).unwrap();
    let word = folder.path().join("slot-3.token.word");
    let quiet = vault.epoch().unwrap();
    std::fs::write(&word, (quiet + 1).to_ne_bytes()).unwrap();
    let odd = vault.epoch().unwrap();
    assert_ne!(odd, quiet);
    assert_eq!(vault.epoch().unwrap(), odd);
    other.login(SO, &pin("sososo")).unwrap();
    let healed = vault.epoch().unwrap();
    assert!(healed != odd && healed != quiet);
    assert_eq!(healed % 2, 0);
}
