// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many threads on one vault, and on two vaults of one file.

use keystead::store::{Access, Change, KdfCost, NewToken, Vault};

use crate::support::{SO, USER, all, body, folder, insert, new_token, pin, ready};

#[test]
fn threads_of_two_vaults_lose_nothing() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let one = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&one);
    let two = Vault::open(&path).unwrap();
    two.login(USER, &pin("user")).unwrap();
    std::thread::scope(|scope| {
        for n in 0..6_u8 {
            let vault = [&one, &two][usize::from(n % 2)];
            scope.spawn(move || {
                for m in 0..20_u8 {
                    let id = insert(vault, Access::Private, &[n, m], &[n, m]);
                    assert_eq!(body(vault, id).unwrap(), [n, m]);
                    if m % 4 == 0 {
                        vault.apply(vec![Change::Delete(id)]).unwrap();
                    }
                }
            });
        }
    });
    for vault in [&one, &two] {
        assert_eq!(vault.find(&all(), Access::Private).unwrap().len(), 6 * 15);
        assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
    }
}

/// Each vault stands for a process, as the workers of a server that all start at once.
#[test]
fn many_right_pins_at_once_lock_nothing() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    let new = NewToken {
        pin_tries_max: 2,
        kdf: KdfCost::Exactly {
            memory_kib: 2048,
            passes: 1,
            lanes: 1,
        },
        ..new_token(&so_pin)
    };
    ready(&Vault::create(&path, &new).unwrap());
    let vaults: Vec<Vault> = (0..8).map(|_| Vault::open(&path).unwrap()).collect();
    std::thread::scope(|scope| {
        for (vault, also) in vaults.iter().zip(vaults.iter().skip(1)) {
            scope.spawn(|| {
                for _ in 0..10 {
                    vault.login(USER, &pin("user")).unwrap();
                    also.check_pin(USER, &pin("user")).unwrap();
                    vault.check_pin(SO, &pin("sososo")).unwrap();
                }
            });
        }
    });
}
