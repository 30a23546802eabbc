// SPDX-License-Identifier: MIT OR Apache-2.0
//! Configurations as text with gaps.
//!
//! A line `@name text` says something about the configuration. A line that begins with `?name ` is there
//! only when that gap has a value, one with `!name ` only when it has none. `{{name}}` is the value; in
//! `@try`, which is a command for the shell, it is one word of it.

use std::collections::BTreeMap;

/// The values of the gaps; one without a value is empty.
pub(super) type Values = BTreeMap<&'static str, String>;

/// A configuration without gaps.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// What it is for.
    pub(super) about: String,
    /// The file that it could be.
    pub(super) file: String,
    /// A command that tries it.
    pub(super) command: String,
    /// The lines.
    pub(super) body: String,
}

/// Fills the gaps of a template.
pub(super) fn fill(template: &str, values: &Values) -> Filled {
    let mut filled = Filled::default();
    for line in template.lines() {
        if let Some(text) = line.strip_prefix("@about ") {
            filled.about = text.to_owned();
        } else if let Some(text) = line.strip_prefix("@file ") {
            filled.file = text.to_owned();
        } else if let Some(text) = line.strip_prefix("@try ") {
            filled.command = gaps(text, values, shell);
        } else if let Some(line) = condition(line, values) {
            filled.body.push_str(&gaps(line, values, str::to_owned));
            filled.body.push('\n');
        }
    }
    filled
}

/// The line, if it is there at all.
fn condition<'line>(line: &'line str, values: &Values) -> Option<&'line str> {
    let given = |name: &str| values.get(name).is_some_and(|value| !value.is_empty());
    if let Some((name, rest)) = line.strip_prefix('?').and_then(|line| line.split_once(' ')) {
        return given(name).then_some(rest);
    }
    if let Some((name, rest)) = line.strip_prefix('!').and_then(|line| line.split_once(' ')) {
        return (!given(name)).then_some(rest);
    }
    Some(line)
}

fn gaps(line: &str, values: &Values, quote: fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        match (values.get(name), name) {
            // These two are pieces of a command already.
            (Some(value), "env" | "storepass") => text.push_str(value),
            (Some(value), _) => text.push_str(&quote(value)),
            (None, _) => {}
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A word for the shell.
pub(super) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=%@+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_lines_come_and_go() {
        let template = "@about a\n@try run {{uri}}\nx = {{uri}}\n?pin pin = {{pin}}\n!pin # none\n";
        let mut values = Values::from([("uri", "pkcs11:token=a;object=b".to_owned())]);
        let filled = fill(template, &values);
        assert_eq!(filled.command, "run 'pkcs11:token=a;object=b'");
        assert_eq!(filled.body, "x = pkcs11:token=a;object=b\n# none\n");
        values.insert("pin", "/p".to_owned());
        assert!(fill(template, &values).body.ends_with("pin = /p\n"));
    }

    #[test]
    fn words_are_safe_in_the_shell() {
        assert_eq!(shell("/usr/lib/a.so"), "/usr/lib/a.so");
        assert_eq!(shell("it's; rm"), r"'it'\''s; rm'");
    }
}
