// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead config for`: prints the configuration of a program that uses the library.
//!
//! The configurations are the text files beside this one; the command fills in what is true of this
//! machine. URIs are those of RFC 7512. A PIN is never printed, at most the name of a file that holds
//! it.

mod facts;
mod template;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::desk::{Choice, Desk, Found};
use super::failure::Outcome;
use super::table::printable;
use super::{Common, desk, object, output};
use crate::module::{RawValue, Template};
use crate::pkcs11::attribute::{CKA_CLASS, CKA_TOKEN};
use crate::pkcs11::class::CKO_PUBLIC_KEY;
use facts::{encoded, encoded_id, encoded_path};
use template::{Filled, Values, fill, shell};

/// Prints the configuration of a program that uses the library
///
/// It has the real paths of this machine and the labels and URIs of its tokens; where there is none
/// yet, TOKEN and KEY stand in their places. It goes to standard output, with the name of the file
/// that it could be and a command that tries it as comments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead config for openssl >keystead-openssl.cnf
  keystead config for nginx --token web --key tls --pin-source /etc/keystead/pin
  keystead config for java --library /usr/lib/libkeystead.so --json")]
pub(super) struct For {
    /// The program
    #[arg(value_enum)]
    program: Program,
    #[command(flatten)]
    choice: Choice,
    /// The key with this label, instead of the first that there is
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,
    /// The library, instead of the one beside this tool
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
    /// The file that holds the user's PIN; the program reads it, this tool does not
    #[arg(long, value_name = "FILE")]
    pin_source: Option<PathBuf>,
    /// The certificate of a server, in PEM
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

/// A program with a configuration.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Program {
    /// OpenSSL 3 with pkcs11-provider
    Openssl,
    /// OpenSSL with the PKCS#11 engine of libp11
    Engine,
    /// Java's SunPKCS11
    Java,
    /// NSS: Firefox, certutil
    Nss,
    /// p11-kit and what uses it
    P11Kit,
    /// GnuTLS
    Gnutls,
    /// OpenSSH
    Ssh,
    /// nginx
    Nginx,
    /// Apache
    Apache,
    /// BIND
    Bind,
    /// Knot DNS
    Knot,
    /// OpenStack Barbican
    Barbican,
    /// Python with python-pkcs11
    Python,
}

impl Program {
    const fn template(self) -> &'static str {
        match self {
            Self::Openssl => include_str!("openssl.txt"),
            Self::Engine => include_str!("engine.txt"),
            Self::Java => include_str!("java.txt"),
            Self::Nss => include_str!("nss.txt"),
            Self::P11Kit => include_str!("p11-kit.txt"),
            Self::Gnutls => include_str!("gnutls.txt"),
            Self::Ssh => include_str!("ssh.txt"),
            Self::Nginx => include_str!("nginx.txt"),
            Self::Apache => include_str!("apache.txt"),
            Self::Bind => include_str!("bind.txt"),
            Self::Knot => include_str!("knot.txt"),
            Self::Barbican => include_str!("barbican.txt"),
            Self::Python => include_str!("python.txt"),
        }
    }
}

/// What of this machine goes into the configuration.
struct Facts {
    library: String,
    store: String,
    /// The token it is about, and all that there are.
    token: Option<Found>,
    tokens: Vec<Found>,
    /// Attributes of a URI that name a key.
    key: Option<String>,
    /// The file with the PIN.
    pin: Option<String>,
    certificate: Option<String>,
    /// Variables without which the program would look elsewhere.
    environment: Vec<(&'static str, String)>,
}

impl For {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let facts = self.look(common)?;
        let filled = fill(self.program.template(), &facts.values());
        if common.json {
            return output::json(&facts.document(&filled));
        }
        output::text(&facts.page(&filled))
    }

    fn look(&self, common: &Common) -> Outcome<Facts> {
        let library = facts::library(self.library.as_deref())?;
        let desk = Desk::open(common)?;
        let tokens = desk.tokens()?;
        let token = if self.choice.is_open() {
            tokens.first().cloned()
        } else {
            Some(desk.choose(&self.choice)?)
        };
        let key = match (&self.key, &token) {
            (Some(label), _) => Some(format!("object={}", encoded(label))),
            (None, Some(token)) => first_key(&desk, token)?,
            (None, None) => None,
        };
        let absolute = |path: &Option<PathBuf>| {
            let path = path.as_ref().map(std::path::absolute).transpose();
            path.ok().flatten().map(facts::text).transpose()
        };
        Ok(Facts {
            library,
            store: desk.place(),
            token,
            tokens,
            key,
            pin: absolute(&self.pin_source)?,
            certificate: absolute(&self.certificate)?,
            environment: environment(common)?,
        })
    }
}

/// The variables that lead a program to the same tokens as this tool.
fn environment(common: &Common) -> Outcome<Vec<(&'static str, String)>> {
    let given = [
        ("KEYSTEAD_STORE", &common.store),
        ("KEYSTEAD_CONFIG", &common.config),
    ];
    let mut environment = Vec::new();
    for (name, option) in given {
        let path = match option {
            Some(path) => Some(desk::place(path)?),
            None => std::env::var_os(name)
                .filter(|path| !path.is_empty())
                .map(|path| facts::text(path.into()))
                .transpose()?,
        };
        environment.extend(path.map(|path| (name, path)));
    }
    Ok(environment)
}

/// The first key pair of a token whose public key is public.
fn first_key(desk: &Desk, token: &Found) -> Outcome<Option<String>> {
    let session = desk.session(token)?;
    let class = CKO_PUBLIC_KEY.0.to_ne_bytes();
    let template = Template(vec![
        (CKA_TOKEN, RawValue::Bytes(&[1])),
        (CKA_CLASS, RawValue::Bytes(&class)),
    ]);
    let mut keys = object::find(&session, &template)?;
    keys.sort_by_cached_key(|key| (key.label(), key.id()));
    let name = |key: &object::Listed| match (key.label(), key.id()) {
        (label, _) if !label.is_empty() => Some(format!("object={}", encoded(&label))),
        (_, id) if !id.is_empty() => Some(format!("id={}", encoded_id(&id))),
        _ => None,
    };
    Ok(keys.iter().find_map(name))
}

impl Facts {
    fn label(&self) -> &str {
        self.token
            .as_ref()
            .map_or("TOKEN", |found| &found.info.label)
    }

    fn slot(&self) -> u64 {
        self.token.as_ref().map_or(0, |found| found.slot.0)
    }

    /// The attributes that name a token; its label, and its serial number where another has the same.
    fn token_path(&self, label: &str, serial: Option<&str>) -> String {
        let same = self.tokens.iter().filter(|found| found.info.label == label);
        let path = format!("pkcs11:token={}", encoded(label));
        match serial {
            Some(serial) if same.count() > 1 => format!("{path};serial={}", encoded(serial)),
            _ => path,
        }
    }

    /// The token alone.
    fn plain_uri(&self) -> String {
        let serial = self.token.as_ref().map(|found| found.info.serial.as_str());
        self.token_path(self.label(), serial)
    }

    /// The token, what else is to be named, and where the PIN is.
    fn uri(&self, rest: &str) -> String {
        let path = self.plain_uri();
        match &self.pin {
            Some(pin) => format!("{path}{rest}?pin-source=file:{}", encoded_path(pin)),
            None => format!("{path}{rest}"),
        }
    }

    /// BIND puts the name of a key behind the URI, so that the PIN must stand among the attributes.
    fn bind_uri(&self) -> String {
        self.uri("").replace('?', ";")
    }

    fn key_uri(&self) -> String {
        let key = self.key.as_deref().unwrap_or("object=KEY");
        self.uri(&format!(";{key};type=private"))
    }

    fn values(&self) -> Values {
        let env = |(name, value): &(&str, String)| format!("{name}={} ", shell(value));
        let pin = self.pin.clone().unwrap_or_default();
        let storepass = match &self.pin {
            Some(pin) => format!(" -storepass:file {}", shell(pin)),
            None => String::new(),
        };
        let certificate = self.certificate.clone();
        Values::from([
            ("library", self.library.clone()),
            ("conf_library", openssl_quoted(&self.library)),
            ("java_library", java_quoted(&self.library)),
            ("python_library", quoted(&self.library)),
            ("python_label", quoted(self.label())),
            ("python_pin", quoted(&pin)),
            ("label", self.label().to_owned()),
            ("slot", self.slot().to_string()),
            ("token_uri", self.uri("")),
            ("key_uri", self.key_uri()),
            ("bind_uri", self.bind_uri()),
            ("knot_uri", self.plain_uri()),
            ("p11_modules", facts::p11_modules()),
            ("store", self.store.clone()),
            ("storepass", storepass),
            ("pin", pin),
            (
                "certificate",
                certificate.unwrap_or_else(|| "/path/certificate.pem".to_owned()),
            ),
            ("env", self.environment.iter().map(env).collect()),
            (
                "provider",
                facts::openssl_module("ossl-modules").unwrap_or_default(),
            ),
            (
                "engine",
                facts::openssl_module("engines-3").unwrap_or_default(),
            ),
        ])
    }

    /// The whole text, with what is to be known about it as comments.
    fn page(&self, filled: &Filled) -> String {
        let mut page = format!("# {}\n# Save as {}\n", filled.about, filled.file);
        for line in self.remarks() {
            page.push_str(&format!("# {}\n", printable(&line)));
        }
        page.push_str(&filled.body);
        page.push_str(&format!(
            "\n# Try it:\n#   {}\n",
            printable(&filled.command)
        ));
        page
    }

    fn remarks(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.token.is_none() {
            lines.push(format!("There is no token in {} yet:", self.store));
            lines.push("  keystead init --label TOKEN".to_owned());
        } else if self.key.is_none() {
            lines.push("There is no key pair in the token yet:".to_owned());
            let label = shell(self.label());
            lines.push(format!(
                "  keystead generate ec:p256 --token {label} --label KEY"
            ));
        }
        for found in &self.tokens {
            let (label, serial) = (&found.info.label, &found.info.serial);
            let uri = self.token_path(label, Some(serial));
            lines.push(format!("Token in slot {}: {uri}", found.slot.0));
        }
        for (name, value) in &self.environment {
            let value = shell(value);
            lines.push(format!(
                "The program needs this in its environment: {name}={value}"
            ));
        }
        lines
    }

    fn document(&self, filled: &Filled) -> Json {
        let describe = |found: &Found| {
            let (label, serial) = (&found.info.label, &found.info.serial);
            json!({
                "slot": found.slot.0,
                "label": label,
                "serial": serial,
                "uri": self.token_path(label, Some(serial)),
            })
        };
        let environment = self.environment.iter();
        let environment = environment.map(|(name, value)| ((*name).to_owned(), json!(value)));
        json!({
            "about": filled.about,
            "file": filled.file,
            "text": filled.body,
            "try": filled.command,
            "library": self.library,
            "store": self.store,
            "token": self.token.as_ref().map(describe),
            "tokens": self.tokens.iter().map(describe).collect::<Vec<_>>(),
            "token_uri": self.uri(""),
            "key_uri": self.key_uri(),
            "environment": environment.collect::<Json>(),
        })
    }
}

/// A value of openssl.cnf, in which a backslash takes away the meaning of the next character.
fn openssl_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if "\\$#\"'".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// A value of a SunPKCS11 configuration, in quotation marks where it is no plain word.
fn java_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:+~".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A string literal.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
