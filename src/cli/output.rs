// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes to standard output, and questions to the user.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use serde_json::Value as Json;

use super::failure::{Failure, Outcome};
use super::table::{Style, Table};

/// Writes text; a reader that has gone away wants no more.
pub(super) fn text(text: &str) -> Outcome {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes one line.
pub(super) fn line(words: &str) -> Outcome {
    text(&format!("{words}\n"))
}

/// Writes a JSON document.
pub(super) fn json(value: &Json) -> Outcome {
    line(&format!("{value:#}"))
}

/// Writes a table in the style that fits standard output.
pub(super) fn table(table: &Table) -> Outcome {
    let style = if io::stdout().is_terminal() {
        let bold = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Style::Framed { bold }
    } else {
        Style::Plain
    };
    text(&table.render(style))
}

/// Whether somebody sits there who can be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Goes on only when the user says yes.
pub(super) fn confirm(question: &str) -> Outcome {
    if !can_ask() {
        return Err(Failure::new(format!(
            "{question} Nobody can be asked, because standard input is no terminal"
        ))
        .next("give --yes when this is what you want"));
    }
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{question} Type yes to go on: ");
    let _ = stderr.flush();
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Failure::new(format!("standard input: {error}")))?;
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::new("nothing was done"))
    }
}
