// SPDX-License-Identifier: MIT OR Apache-2.0
//! A child that is forked while a token is open opens it anew.
#![expect(unsafe_code, reason = "there is no safe fork")]

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use keystead::store::{Access, Vault};

use crate::support::{all, folder, insert, new_token, pin, ready};

/// In the child: writes, lets the parent close its vault, writes again.
fn child(path: &Path, mut parent: UnixStream) -> std::io::Result<()> {
    let vault = Vault::open(path).map_err(std::io::Error::other)?;
    insert(&vault, Access::Public, b"first", b"first");
    parent.write_all(b"1")?;
    parent.read_exact(&mut [0])?;
    insert(&vault, Access::Public, b"second", b"second");
    parent.write_all(b"2")?;
    parent.read_exact(&mut [0])
}

#[test]
fn what_a_forked_child_writes_is_not_lost_when_the_parent_closes() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    insert(&vault, Access::Public, b"zero", b"zero");
    let (mut here, there) = UnixStream::pair().unwrap();
    // SAFETY: the child uses nothing but the token and its socket, and leaves by `_exit`.
    let process = unsafe { libc::fork() };
    assert!(process >= 0);
    if process == 0 {
        // So that the child ends when the parent stops early.
        drop(here);
        let outcome = std::panic::catch_unwind(|| child(&path, there));
        let code = i32::from(!matches!(outcome, Ok(Ok(()))));
        // SAFETY: ends the child without the parent's destructors.
        unsafe { libc::_exit(code) };
    }
    drop(there);
    here.read_exact(&mut [0]).unwrap();
    assert_eq!(vault.find(&all(), Access::Public).unwrap().len(), 2);
    drop(vault);
    here.write_all(b"1").unwrap();
    here.read_exact(&mut [0]).unwrap();
    let vault = Vault::open(&path).unwrap();
    assert_eq!(vault.find(&all(), Access::Public).unwrap().len(), 3);
    here.write_all(b"2").unwrap();
    let mut status = 0;
    // SAFETY: waits for the child made above.
    let ended = unsafe { libc::waitpid(process, &raw mut status, 0) };
    assert_eq!((ended, status), (process, 0));
    drop(vault);
    let vault = Vault::open(&path).unwrap();
    assert_eq!(vault.find(&all(), Access::Public).unwrap().len(), 3);
    assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
}
