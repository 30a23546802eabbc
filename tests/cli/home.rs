// SPDX-License-Identifier: MIT OR Apache-2.0
//! A home directory of its own for each test, and what the tool says in it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The PINs of every token here.
pub(crate) const SO_PIN: &str = "so-12345678";
pub(crate) const USER_PIN: &str = "user-1234";

/// An empty home directory.
pub(crate) struct Home {
    folder: TempDir,
}

/// What one run of the tool gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        // An empty file of the user keeps the machine's file out of the tests.
        home.write(".config/keystead/keystead.toml", "");
        home
    }

    /// A home with one token, both PINs set.
    pub(crate) fn with_token(label: &str) -> Self {
        let home = Self::new();
        home.init(label);
        home
    }

    pub(crate) fn init(&self, label: &str) {
        self.run(&[
            "init",
            "--label",
            label,
            "--so-pin-env",
            "SO",
            "--pin-env",
            "PIN",
        ])
        .succeeds();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, |_| ())
    }

    /// Runs the tool; `change` may set variables or standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("XDG_DATA_HOME", self.path().join(".local/share"))
            .env("SO", SO_PIN)
            .env("PIN", USER_PIN)
            .env("WRONG", "wrong-pin")
            .stdin(Stdio::null());
        change(&mut command);
        let output = command.output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the tool with `--json` and reads its answer.
    pub(crate) fn json(&self, arguments: &[&str]) -> Json {
        let arguments = [arguments, &["--json"]].concat();
        let run = self.run(&arguments).succeeds();
        serde_json::from_str(&run.stdout).unwrap()
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// It ends with this code, and standard error contains each of these.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {}", self.stderr);
        }
        assert!(
            !self.stderr.contains(SO_PIN) && !self.stderr.contains(USER_PIN),
            "a PIN is shown: {self:?}"
        );
        self
    }
}
