// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file that the traced program's log goes to, read while it grows.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Failure, Outcome};
use crate::config::Environment;

/// A log file in a directory of its own; both go away in the end.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    /// Bytes of a line whose end has not come yet.
    rest: Vec<u8>,
}

impl Journal {
    /// Makes an empty one.
    pub(super) fn make() -> Outcome<Self> {
        let random = RandomState::new().build_hasher().finish();
        let name = format!("keystead-trace-{}-{random:016x}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let made = Self::make_in(&folder);
        made.map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
    }

    fn make_in(folder: &Path) -> io::Result<Self> {
        // Making the directory fails when it is there; nobody else can have put anything into it.
        DirBuilder::new().mode(0o700).create(folder)?;
        let path = folder.join("calls");
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        if Environment::of_process().is_root {
            // The program may have its work done by other users; they can write and not read.
            fs::set_permissions(&path, Permissions::from_mode(0o622))?;
            fs::set_permissions(folder, Permissions::from_mode(0o711))?;
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            path,
            file,
            rest: Vec::new(),
        })
    }

    /// Where the log shall go.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole lines that have come since the last time.
    pub(super) fn read(&mut self) -> Outcome<String> {
        let read = self.file.read_to_end(&mut self.rest);
        read.map_err(|error| Failure::new(format!("{}: {error}", self.path.display())))?;
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n');
        let rest = self.rest.split_off(whole.map_or(0, |end| end + 1));
        let lines = std::mem::replace(&mut self.rest, rest);
        Ok(String::from_utf8_lossy(&lines).into_owned())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // What cannot be removed stays for the system's own cleaning of this directory.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn lines_come_whole_and_the_file_goes_away() {
        let mut journal = Journal::make().unwrap();
        let folder = journal.folder.clone();
        let mut log = OpenOptions::new()
            .append(true)
            .open(journal.path())
            .unwrap();
        log.write_all(b"one\ntw").unwrap();
        assert_eq!(journal.read().unwrap(), "one\n");
        assert_eq!(journal.read().unwrap(), "");
        log.write_all(b"o\n").unwrap();
        assert_eq!(journal.read().unwrap(), "two\n");
        drop(journal);
        assert!(!folder.exists());
    }
}
