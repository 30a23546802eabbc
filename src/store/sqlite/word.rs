// SPDX-License-Identifier: MIT OR Apache-2.0
//! The generation word: eight bytes of shared memory beside the token file that tell every process in nanoseconds
//! whether anybody wrote. Odd while a write is in flight; a writer that is killed leaves it odd, and readers that see
//! an odd word ask the file itself.
//!
//! The word is a hint for caches and carries no secret. Who may write the store's directory can delete it, which
//! blinds running readers, or cut it short, which kills them (SIGBUS); the same hand can delete the token.
#![expect(
    unsafe_code,
    reason = "the one file of the store that maps shared memory"
)]

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

const LEN: u64 = 8;

/// The mapped word.
#[derive(Debug)]
pub(super) struct Word(MmapRaw);

impl Word {
    /// Maps the word at `path`, made if it is not there.
    pub(super) fn map(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(path)?;
        // Growing is idempotent, so two processes may do it at once; a word is never cut by us.
        if file.metadata()?.len() < LEN {
            file.set_len(LEN)?;
        }
        let map = MmapOptions::new().len(8).map_raw(&file)?;
        Ok(Self(map))
    }

    fn word(&self) -> &AtomicU64 {
        let start = self.0.as_mut_ptr().cast::<u64>();
        // SAFETY: the map is eight bytes long, aligned to a page, readable and writable, and lives as long as
        // `self`; all processes touch it through this function only, hence atomically.
        unsafe { AtomicU64::from_ptr(start) }
    }

    /// The word as it stands; odd while somebody writes.
    pub(super) fn load(&self) -> u64 {
        self.word().load(Ordering::Acquire)
    }

    /// Announces a write; the caller holds the file's write lock. Gives the mark to end it with.
    pub(super) fn open_write(&self) -> u64 {
        let word = self.load();
        // A writer that was killed, or that has committed and not yet come to `close_write`, left an odd word.
        let mark = word.wrapping_add(1 + (word & 1));
        self.word().store(mark, Ordering::Release);
        mark
    }

    /// Ends a write, kept or not, unless the next writer has already begun: then the word stays odd.
    pub(super) fn close_write(&self, mark: u64) {
        let _ = self.word().compare_exchange(
            mark,
            mark.wrapping_add(1),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
    }
}
