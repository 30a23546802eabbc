// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of this machine goes into a configuration: where files lie, which tokens there are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::failure::{Failure, Outcome};
use crate::config::Environment;

/// The name of the library.
const LIBRARY: &str = "libkeystead.so";

/// Where the library may lie, seen from the tool's directory.
const BESIDE: &[&str] = &[
    "",
    "../lib",
    "../lib64",
    "../lib/keystead",
    "../lib/pkcs11",
    "deps",
];

/// The real path of the library: as given, or where it lies beside the tool.
pub(super) fn library(given: Option<&Path>) -> Outcome<String> {
    let path = match given {
        Some(path) => path
            .canonicalize()
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?,
        None => beside().ok_or_else(|| {
            Failure::new(format!("{LIBRARY} is not beside the tool"))
                .next("give its path with --library")
        })?,
    };
    text(path)
}

fn beside() -> Option<PathBuf> {
    let tool = std::env::current_exe().ok()?.canonicalize().ok()?;
    let folder = tool.parent()?;
    let near = BESIDE.iter().map(|place| folder.join(place));
    // Debian's directories of the machine's architecture: lib/x86_64-linux-gnu, and pkcs11 therein.
    let deep = std::fs::read_dir(folder.join("../lib"))
        .into_iter()
        .flatten();
    let deep = deep
        .flatten()
        .flat_map(|entry| [entry.path(), entry.path().join("pkcs11")]);
    near.chain(deep)
        .map(|place| place.join(LIBRARY))
        .find_map(|path| path.canonicalize().ok())
}

/// A path as text, since configurations are.
pub(super) fn text(path: PathBuf) -> Outcome<String> {
    path.into_os_string()
        .into_string()
        .map_err(|path| Failure::new(format!("{}: the path is not UTF-8", path.display())))
}

/// OpenSSL's module `pkcs11.so` in one of its directories: `ossl-modules` or `engines-3`.
pub(super) fn openssl_module(folder: &str) -> Option<String> {
    let mut roots: Vec<PathBuf> = [
        "/usr/local/lib",
        "/usr/local/lib64",
        "/usr/lib64",
        "/usr/lib",
    ]
    .map(PathBuf::from)
    .into();
    let architectures = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    let mut architectures: Vec<PathBuf> = architectures.map(|entry| entry.path()).collect();
    architectures.sort();
    roots.extend(architectures);
    roots
        .into_iter()
        .map(|root| root.join(folder).join("pkcs11.so"))
        .find(|path| path.is_file())
        .and_then(|path| text(path).ok())
}

/// Where p11-kit looks for module files; for root it leaves out those of the user.
pub(super) fn p11_modules() -> String {
    let environment = Environment::of_process();
    let home = || Some(environment.directory("HOME")?.join(".config"));
    let own = environment.directory("XDG_CONFIG_HOME");
    let folder = own.map(Path::to_path_buf).or_else(home);
    let folder = folder.filter(|_| !environment.is_root);
    let folder = folder.unwrap_or_else(|| PathBuf::from("/etc"));
    folder.join("pkcs11/modules").display().to_string()
}

/// Text as a value of an RFC 7512 URI: all but unreserved characters in percent-encoding.
pub(super) fn encoded(text: &str) -> String {
    encode(text.as_bytes(), "")
}

/// A path as a value of an RFC 7512 URI, in which slashes may stand.
pub(super) fn encoded_path(text: &str) -> String {
    encode(text.as_bytes(), "/")
}

/// A `CKA_ID` in hexadecimal digits as a value of an RFC 7512 URI: "the entire id value SHOULD be percent-encoded".
pub(super) fn encoded_id(digits: &str) -> String {
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position.is_multiple_of(2) {
            text.push('%');
        }
        text.push(digit.to_ascii_uppercase());
    }
    text
}

fn encode(bytes: &[u8], also: &str) -> String {
    let mut text = String::new();
    for byte in bytes {
        let c = char::from(*byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || also.contains(c) {
            text.push(c);
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_percent_encoded() {
        assert_eq!(encoded("my token; v1.0"), "my%20token%3B%20v1.0");
        assert_eq!(encoded("\u{e9}?"), "%C3%A9%3F");
        assert_eq!(encoded_path("/etc/a pin"), "/etc/a%20pin");
        assert_eq!(encoded_id("01ab"), "%01%AB");
    }
}
