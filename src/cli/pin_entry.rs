// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where PINs come from: prompt, environment, file or descriptor; never the command line.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{Failure, Outcome};
use super::output;
use crate::secret::{Pin, SecretBytes};

/// One place a PIN comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// The user is asked.
    Prompt,
    /// An environment variable.
    Variable(String),
    /// The first line of a file.
    File(PathBuf),
    /// The first line of a file descriptor.
    Descriptor(u32),
}

/// Makes the three options of one PIN.
macro_rules! pin_options {
    ($name:ident, $env:literal, $file:literal, $fd:literal, $who:literal $(, $env_alias:literal, $file_alias:literal, $fd_alias:literal)?) => {
        #[doc = concat!("Where ", $who, " comes from.")]
        #[derive(Args, Clone, Debug)]
        pub(super) struct $name {
            #[arg(id = $env, long = $env, value_name = "VAR",
                help = concat!("Environment variable that holds ", $who),
                conflicts_with_all = [$file, $fd]
                $(, visible_alias = $env_alias)?)]
            env: Option<String>,
            #[arg(id = $file, long = $file, value_name = "PATH",
                help = concat!("File whose first line is ", $who, "; only its owner may read it"),
                conflicts_with = $fd
                $(, visible_alias = $file_alias)?)]
            file: Option<PathBuf>,
            #[arg(id = $fd, long = $fd, value_name = "N",
                help = concat!("File descriptor whose first line is ", $who) $(, visible_alias = $fd_alias)?)]
            fd: Option<u32>,
        }

        impl $name {
            /// The source that was chosen.
            pub(super) fn source(&self) -> Source {
                match (&self.env, &self.file, self.fd) {
                    (Some(name), _, _) => Source::Variable(name.clone()),
                    (_, Some(path), _) => Source::File(path.clone()),
                    (_, _, Some(number)) => Source::Descriptor(number),
                    (None, None, None) => Source::Prompt,
                }
            }

            /// How the options are called, for advice.
            pub(super) const OPTIONS: &'static str =
                concat!("--", $env, ", --", $file, " or --", $fd);
        }
    };
}

pin_options!(
    UserPin,
    "pin-env",
    "pin-file",
    "pin-fd",
    "the user's PIN",
    "user-pin-env",
    "user-pin-file",
    "user-pin-fd"
);
pin_options!(
    SoPin,
    "so-pin-env",
    "so-pin-file",
    "so-pin-fd",
    "the SO's PIN"
);
pin_options!(
    NewPin,
    "new-pin-env",
    "new-pin-file",
    "new-pin-fd",
    "the new PIN"
);

/// Refuses to read two PINs from one descriptor: the second would be missing, or be the first again.
pub(super) fn distinct(sources: &[&Source]) -> Outcome {
    let mut seen: Vec<&Source> = Vec::new();
    for source in sources {
        if matches!(source, Source::Descriptor(_)) && seen.contains(source) {
            return Err(Failure::usage("two PINs are to come from one descriptor"));
        }
        seen.push(source);
    }
    Ok(())
}

/// Reads a PIN that already exists.
pub(super) fn present(source: &Source, whose: &str, options: &str) -> Outcome<SecretBytes> {
    match source {
        Source::Prompt => ask(whose, options),
        other => stored(other, whose),
    }
}

/// Reads a PIN that is to be set: typed twice when it is typed, and of a possible length.
pub(super) fn fresh(source: &Source, whose: &str, options: &str) -> Outcome<SecretBytes> {
    let pin = match source {
        Source::Prompt => {
            let first = ask(whose, options)?;
            let second = ask(&format!("{whose} again"), options)?;
            if !first.ct_eq(second.expose()) {
                return Err(Failure::new(format!("the two entries of {whose} differ")));
            }
            first
        }
        other => stored(other, whose)?,
    };
    Pin::new(pin.expose()).map_err(Failure::refused(whose))?;
    Ok(pin)
}

fn ask(whose: &str, options: &str) -> Outcome<SecretBytes> {
    if !output::can_ask() {
        return Err(Failure::new(format!(
            "{whose} is needed, and nobody can be asked, because standard input is no terminal"
        ))
        .next(format!("name its source with {options}")));
    }
    rpassword::prompt_password(format!("{whose}: "))
        .map(|pin| SecretBytes::new(pin.into_bytes()))
        .map_err(|error| Failure::new(format!("{whose}: {error}")))
}

fn stored(source: &Source, whose: &str) -> Outcome<SecretBytes> {
    match source {
        Source::Variable(name) => std::env::var_os(name)
            .map(|value| SecretBytes::new(value.into_vec()))
            .ok_or_else(|| {
                Failure::new(format!("{whose}: environment variable {name} is not set"))
            }),
        Source::File(path) => from_file(path, whose),
        Source::Descriptor(number) => {
            let wrong = |error: io::Error| {
                Failure::new(format!("{whose}: file descriptor {number}: {error}"))
            };
            let file = File::open(format!("/dev/fd/{number}")).map_err(wrong)?;
            first_line(file).map_err(wrong)
        }
        Source::Prompt => Err(Failure::usage(format!("{whose} has no source"))),
    }
}

fn from_file(path: &Path, whose: &str) -> Outcome<SecretBytes> {
    let place = path.display();
    let wrong = |error: io::Error| Failure::new(format!("{whose}: file {place}: {error}"));
    let file = File::open(path).map_err(wrong)?;
    // The open file is asked, not the path, so that nothing can be exchanged in between.
    let mode = file.metadata().map_err(wrong)?.mode();
    if mode & 0o077 != 0 {
        return Err(Failure::new(format!(
            "{whose}: file {place} can be read or written by others (mode {:04o})",
            mode & 0o7777
        ))
        .next(format!(
            "chmod 600 {place}, and think of a new PIN if others may have read it"
        )));
    }
    first_line(file).map_err(wrong)
}

/// More than any PIN has.
const LINE_LIMIT: usize = 1024;

/// The first line without its end. Read byte by byte, so that no more is taken from a pipe.
fn first_line(mut from: impl Read) -> io::Result<SecretBytes> {
    let mut len = 0;
    let mut ended = false;
    let line = SecretBytes::try_init(LINE_LIMIT, |line| {
        for place in line {
            if read_byte(&mut from, place)? == 0 || *place == b'\n' {
                ended = true;
                break;
            }
            len += 1;
        }
        Ok::<_, io::Error>(())
    })?;
    if !ended {
        return Err(io::Error::other("the first line is too long for a PIN"));
    }
    let line = line.truncated(len);
    match line.expose().strip_suffix(b"\r") {
        Some(shorter) => Ok(SecretBytes::from_slice(shorter)),
        None => Ok(line),
    }
}

fn read_byte(from: &mut impl Read, place: &mut u8) -> io::Result<usize> {
    loop {
        match from.read(std::slice::from_mut(place)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_the_first_line_without_its_end() {
        for text in ["1234", "1234\n", "1234\r\n", "1234\nmore"] {
            let line = first_line(text.as_bytes()).unwrap();
            assert_eq!(line.expose(), b"1234", "{text:?}");
        }
        assert!(first_line(&[b'x'; 2000][..]).is_err());
    }

    #[test]
    fn one_descriptor_gives_one_pin() {
        let (three, four) = (Source::Descriptor(3), Source::Descriptor(4));
        assert!(distinct(&[&three, &four, &Source::Prompt, &Source::Prompt]).is_ok());
        assert!(distinct(&[&three, &three]).is_err());
    }
}
