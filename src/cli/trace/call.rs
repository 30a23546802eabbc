// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines of the log, and the calls that they make up.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::log::Fields;

/// One line of the log, as it stands there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    time: String,
    pid: u32,
    thread: Option<u64>,
    call: Option<u64>,
    function: Option<String>,
    arguments: Option<Fields>,
    rv: Option<String>,
    code: Option<u64>,
    needed: Option<u64>,
    reason: Option<String>,
    results: Option<Fields>,
    nanoseconds: Option<u64>,
    message: Option<String>,
}

/// How a call ended.
#[derive(Debug)]
pub(super) struct End {
    /// `CKR_...`
    pub(super) rv: String,
    /// As a number.
    pub(super) code: u64,
    /// Why.
    pub(super) reason: Option<String>,
    /// What it gave.
    pub(super) results: Fields,
    /// How long it took.
    pub(super) nanoseconds: Option<u64>,
}

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    /// When it began.
    pub(super) time: String,
    /// In which process.
    pub(super) pid: u32,
    /// In which thread.
    pub(super) thread: Option<u64>,
    /// `C_...`
    pub(super) function: String,
    /// What it was given.
    pub(super) arguments: Fields,
    /// Nothing when it never came back.
    pub(super) end: Option<End>,
}

/// What there is to tell.
#[derive(Debug)]
pub(super) enum Entry {
    /// A call.
    Call(Call),
    /// Something that the library noted.
    Note {
        /// When.
        time: String,
        /// In which process.
        pid: u32,
        /// What.
        text: String,
    },
}

/// The calls that have begun and not ended, by process and number.
#[derive(Debug, Default)]
pub(super) struct Book(BTreeMap<(u32, u64), Line>);

impl Book {
    /// Takes a line; what it completes can be told.
    pub(super) fn note(&mut self, text: &str) -> Option<Entry> {
        let Ok(line) = serde_json::from_str::<Line>(text) else {
            return Some(Entry::Note {
                time: String::new(),
                pid: 0,
                text: format!("a line of the log is damaged: {text}"),
            });
        };
        if let Some(text) = line.message {
            let (time, pid) = (line.time, line.pid);
            return Some(Entry::Note { time, pid, text });
        }
        if line.rv.is_some() {
            let begin = line.call.and_then(|call| self.0.remove(&(line.pid, call)));
            return Some(Entry::Call(ended(begin, line)));
        }
        let key = (line.pid, line.call?);
        // A program that another takes the place of may have left a call behind.
        self.0
            .insert(key, line)
            .map(|lost| Entry::Call(unfinished(lost)))
    }

    /// The calls that never came back.
    pub(super) fn unfinished(&mut self) -> Vec<Entry> {
        let calls = std::mem::take(&mut self.0);
        let calls = calls.into_values().map(unfinished);
        calls.map(Entry::Call).collect()
    }
}

fn unfinished(begin: Line) -> Call {
    Call {
        time: begin.time,
        pid: begin.pid,
        thread: begin.thread,
        function: begin.function.unwrap_or_default(),
        arguments: begin.arguments.unwrap_or_default(),
        end: None,
    }
}

fn ended(begin: Option<Line>, end: Line) -> Call {
    let (time, arguments) = match begin {
        Some(begin) => (begin.time, begin.arguments),
        None => (end.time, None),
    };
    let needed = end
        .needed
        .map(|needed| format!("the output needs {needed} bytes"));
    Call {
        time,
        pid: end.pid,
        thread: end.thread,
        function: end.function.unwrap_or_default(),
        arguments: arguments.unwrap_or_default(),
        end: Some(End {
            rv: end.rv.unwrap_or_default(),
            code: end.code.unwrap_or_default(),
            reason: end.reason.or(needed),
            results: end.results.unwrap_or_default(),
            nanoseconds: end.nanoseconds,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_find_their_ends_whatever_stands_between() {
        let mut book = Book::default();
        let begin = |pid, call| {
            format!(
                r#"{{"pid":{pid},"call":{call},"function":"C_Sign","arguments":{{"hSession":{call}}}}}"#
            )
        };
        let end = |pid, call| {
            format!(r#"{{"pid":{pid},"call":{call},"function":"C_Sign","rv":"CKR_OK","code":0}}"#)
        };
        assert!(book.note(&begin(1, 1)).is_none());
        assert!(book.note(&begin(1, 2)).is_none());
        assert!(book.note(&begin(2, 1)).is_none());
        let Some(Entry::Call(call)) = book.note(&end(1, 2)) else {
            panic!("a call ended");
        };
        assert_eq!(
            (call.pid, call.arguments.to_string().as_str()),
            (1, "hSession=2")
        );
        assert!(matches!(book.note("{"), Some(Entry::Note { .. })));
        assert_eq!(book.unfinished().len(), 2);
    }
}
