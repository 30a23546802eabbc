// SPDX-License-Identifier: MIT OR Apache-2.0
//! Processes try PINs one after the other, so that many right PINs at once are not taken for many wrong ones: each
//! try counts as a failure until its PIN is proved.
//!
//! The turn is a lock (flock) on the file of the generation word. It is for fairness only: whoever does not get
//! it within the bound goes on without it, and the counter of wrong PINs holds all the same.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// How often, and after which pauses, a process asks for its turn: about ten seconds.
const ASKS_MAX: usize = 2_000;
const PAUSE: Duration = Duration::from_millis(5);

/// The turn of this process; others wait until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(File);

impl Turn {
    /// Waits for the turn; `None` when it does not come, or when the file system has no such locks.
    pub(super) fn take(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        for _ in 0..ASKS_MAX {
            match file.try_lock() {
                Ok(()) => return Some(Self(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(_)) => return None,
            }
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A child that was forked meanwhile has the file open too; closing it here would not end the lock.
        let _ = self.0.unlock();
    }
}
