// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration together with its story: which file, which values, why.

use core::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::setting::{SETTINGS, Setting};
use super::{Config, Environment, Given, StoreLocation, file};
use crate::error::{Error, Result};

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// Nobody set it; the text says how the default came about.
    Default(&'static str),
    /// A line of the file.
    File(PathBuf, usize),
    /// An environment variable.
    Variable(&'static str),
    /// The reserved string of `C_Initialize`.
    Reserved,
    /// The tool's command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default(why) => write!(f, "default ({why})"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Reserved => f.write_str("string given to C_Initialize"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// What was found in the place of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// It was read.
    Read,
    /// There is none.
    Absent,
    /// The user's own file, which this process may not read; it was left out.
    Unreadable,
    /// Nobody looked, because an earlier place had one.
    NotNeeded,
}

/// One place where a file may stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// The place.
    pub path: PathBuf,
    /// Who named it.
    pub named_by: &'static str,
    /// What was found.
    pub found: Found,
}

/// One setting with its story.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    /// The dotted key.
    pub key: &'static str,
    /// The value as it would be written.
    pub value: String,
    /// Where the value comes from.
    pub origin: Origin,
    /// What the setting is for.
    pub doc: &'static str,
}

/// A configuration with its story.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explained {
    /// The configuration.
    pub config: Config,
    /// The places of files in the order they are looked at.
    pub files: Vec<Candidate>,
    /// Every setting.
    pub values: Vec<Shown>,
}

/// Finds and reads the configuration, and remembers how.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` when a given value is bad, `CKR_GENERAL_ERROR` when one of a file or of the
/// environment is; the reason names the place.
pub fn explain(given: &Given, environment: &Environment) -> Result<Explained> {
    let mut files = candidates(given, environment)?;
    let mut draft = Draft {
        config: Config::in_memory(),
        origins: vec![Origin::Default("built in"); SETTINGS.len()],
        environment,
    };
    draft.default_place();
    if let Some((path, text)) = first(&mut files)? {
        for entry in file::parse(&path, &text)? {
            let origin = Origin::File(path.clone(), entry.line);
            draft.set(entry.row, &entry.value, origin).map_err(|what| {
                file::wrong(
                    &path,
                    entry.line,
                    &format!("key \"{}\": {what}", entry.row.key),
                )
            })?;
        }
    }
    draft.read_environment()?;
    draft.read_given(given)?;
    if draft.has_no_store() {
        return Err(Error::GeneralError(
            "no place for tokens: HOME and XDG_DATA_HOME are not set; name a directory in \
             KEYSTEAD_STORE or with the key \"store\" of the configuration file"
                .into(),
        ));
    }
    let values = SETTINGS
        .iter()
        .zip(draft.origins)
        .map(|(row, origin)| Shown {
            key: row.key,
            value: (row.show)(&draft.config),
            origin,
            doc: row.doc,
        })
        .collect();
    Ok(Explained {
        config: draft.config,
        files,
        values,
    })
}

/// The mark of a store that nobody has set.
const NO_STORE: Origin = Origin::Default("none");

struct Draft<'a> {
    config: Config,
    origins: Vec<Origin>,
    environment: &'a Environment,
}

impl Draft<'_> {
    fn set(
        &mut self,
        row: &Setting,
        text: &str,
        origin: Origin,
    ) -> core::result::Result<(), String> {
        (row.set)(&mut self.config, text, self.environment)?;
        self.remember(row.key, origin);
        Ok(())
    }

    fn remember(&mut self, key: &str, origin: Origin) {
        let rows = SETTINGS.iter().zip(&mut self.origins);
        for (_, slot) in rows.filter(|(row, _)| row.key == key) {
            *slot = origin.clone();
        }
    }

    /// The place of tokens when nobody names one. An `XDG_DATA_HOME` that somebody has set counts for
    /// root as well; only root's home directory does not, because root's tokens are the machine's.
    fn default_place(&mut self) {
        let environment = self.environment;
        let place = if let Some(data) = environment.directory("XDG_DATA_HOME") {
            Some((data.join("keystead"), "XDG_DATA_HOME is set"))
        } else if environment.is_root {
            Some((PathBuf::from("/var/lib/keystead"), "the user is root"))
        } else {
            environment
                .directory("HOME")
                .map(|home| (home.join(".local/share/keystead"), "below HOME"))
        };
        let origin = match place {
            Some((path, why)) => {
                self.config.store = StoreLocation::Directory(path);
                Origin::Default(why)
            }
            None => NO_STORE,
        };
        self.remember("store", origin);
    }

    fn has_no_store(&self) -> bool {
        self.origins.contains(&NO_STORE)
    }

    fn read_environment(&mut self) -> Result<()> {
        for row in SETTINGS {
            let Some(name) = row.variable else { continue };
            let Some(text) = self.environment.text(name)? else {
                continue;
            };
            self.set(row, text, Origin::Variable(name))
                .map_err(|what| {
                    Error::GeneralError(format!("environment variable {name}: {what}").into())
                })?;
        }
        Ok(())
    }

    fn read_given(&mut self, given: &Given) -> Result<()> {
        let origin = if given.by_command_line {
            Origin::CommandLine
        } else {
            Origin::Reserved
        };
        for (key, text) in &given.values {
            for row in SETTINGS.iter().filter(|row| row.key == *key) {
                self.set(row, text, origin.clone()).map_err(|what| {
                    Error::ArgumentsBad(format!("{origin}: key \"{key}\": {what}").into())
                })?;
            }
        }
        Ok(())
    }
}

/// All places of files, in order.
fn candidates(given: &Given, environment: &Environment) -> Result<Vec<Candidate>> {
    let named = |path: PathBuf, named_by| Candidate {
        path,
        named_by,
        found: Found::NotNeeded,
    };
    let mut places = Vec::new();
    if let Some(path) = &given.file {
        let by = if given.by_command_line {
            BY_COMMAND_LINE
        } else {
            BY_RESERVED
        };
        places.push(named(path.clone(), by));
    }
    if let Some(path) = environment.text("KEYSTEAD_CONFIG")? {
        places.push(named(PathBuf::from(path), BY_VARIABLE));
    }
    let user = environment
        .directory("XDG_CONFIG_HOME")
        .map(Path::to_path_buf)
        .or_else(|| Some(environment.directory("HOME")?.join(".config")));
    if let Some(directory) = user {
        places.push(named(directory.join("keystead/keystead.toml"), BY_USER));
    }
    places.push(named(environment.system_file.clone(), BY_SYSTEM));
    Ok(places)
}

const BY_COMMAND_LINE: &str = "--config";
const BY_RESERVED: &str = "string given to C_Initialize";
const BY_VARIABLE: &str = "KEYSTEAD_CONFIG";
const BY_USER: &str = "user";
const BY_SYSTEM: &str = "system";

/// The first file that stands in its place; one that was named explicitly must.
fn first(places: &mut [Candidate]) -> Result<Option<(PathBuf, String)>> {
    for place in places {
        let explicit = !matches!(place.named_by, BY_USER | BY_SYSTEM);
        match std::fs::read_to_string(&place.path) {
            Ok(text) => {
                place.found = Found::Read;
                return Ok(Some((place.path.clone(), text)));
            }
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory if !explicit => {
                    place.found = Found::Absent;
                }
                // A service that gave up root's rights often still has root's HOME.
                ErrorKind::PermissionDenied if place.named_by == BY_USER => {
                    place.found = Found::Unreadable;
                }
                _ => {
                    let path = place.path.display();
                    let by = place.named_by;
                    return Err(Error::GeneralError(
                        format!("configuration file {path} (named by {by}): {error}").into(),
                    ));
                }
            },
        }
    }
    Ok(None)
}
