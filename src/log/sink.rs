// SPDX-License-Identifier: MIT OR Apache-2.0
//! The place the lines go to.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{PoisonError, RwLock, TryLockError};
use std::time::SystemTime;

use super::line::{Event, line};
use super::{Format, Level, Target};
use crate::config::LogSettings;

static SETTINGS: RwLock<LogSettings> = RwLock::new(LogSettings::OFF);

/// Takes new settings. A lock that another thread held when the process forked never becomes free in
/// the child, so nobody waits for it: after some tries the settings of the parent stay in force.
pub(super) fn replace(settings: &LogSettings) {
    for _ in 0..1_000 {
        match SETTINGS.try_write() {
            Ok(mut guard) => {
                guard.clone_from(settings);
                return;
            }
            Err(TryLockError::Poisoned(poisoned)) => {
                poisoned.into_inner().clone_from(settings);
                return;
            }
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
}

/// Writes one line. What cannot go to the file goes to stderr, with the reason.
pub(super) fn write(level: Level, event: &Event<'_>) {
    let now = SystemTime::now();
    let settings = match SETTINGS.try_read() {
        Ok(guard) => guard.clone(),
        Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned).clone(),
        Err(TryLockError::WouldBlock) => LogSettings::OFF,
    };
    let text = line(settings.format, level, event, now);
    match &settings.target {
        Target::Stderr => to_stderr(&text),
        Target::File(path) => {
            if let Err(error) = append(path, &text) {
                let path = path.display();
                let note = &format!("the log file {path} cannot be written: {error}");
                let note = line(Format::Text, Level::Warn, &Event::Note { text: note }, now);
                to_stderr(&format!("{note}{text}"));
            }
        }
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let written = file.write(text.as_bytes())?;
    if written == text.len() {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }
}

fn to_stderr(text: &str) {
    // There is no further place to complain to.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_to_a_private_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "one\n").unwrap();
        append(&path, "two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(append(&folder.path().join("none/log"), "x\n").is_err());
    }
}
