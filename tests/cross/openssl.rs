// SPDX-License-Identifier: MIT OR Apache-2.0
//! The OpenSSL command line, in a directory of its own.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// Whether a program is installed; a missing one is named, and with `CI=true` that is a failure.
pub(crate) fn is_here(what: &str, present: bool) -> bool {
    if !present {
        assert!(std::env::var_os("CI").is_none(), "{what} must be installed");
        eprintln!("SKIPPED: {what} is not installed");
    }
    present
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// OpenSSL with a place for its files.
pub(crate) struct OpenSsl {
    folder: TempDir,
}

impl OpenSsl {
    /// OpenSSL 3, if it is installed.
    pub(crate) fn find() -> Option<Self> {
        let version = Command::new("openssl").arg("version").output();
        let present = version.is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3"));
        is_here("openssl", present).then(|| Self {
            folder: tempfile::tempdir().unwrap(),
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs it with words between blanks; gives whether it went well, what it wrote, what it said.
    fn run(&self, arguments: &str) -> (bool, Vec<u8>, String) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env_remove("OPENSSL_CONF")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), output.stdout, said)
    }

    /// What it writes when it goes well.
    pub(crate) fn gives(&self, arguments: &str) -> Vec<u8> {
        let (good, output, said) = self.run(arguments);
        assert!(good, "openssl {arguments}\n{said}");
        output
    }

    /// Whether it goes well.
    pub(crate) fn agrees(&self, arguments: &str) -> bool {
        self.run(arguments).0
    }
}
