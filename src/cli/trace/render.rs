// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls as text for people, and as JSON lines.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::call::{Call, End, Entry};
use super::summary::Summary;
use crate::cli::table::printable;
use crate::log::{Fields, Value};
use crate::pkcs11::ReturnCode;
use crate::pkcs11::rv::CKR_OK;

/// Longer calls are written on several lines.
const WIDTH: usize = 120;

/// An entry as text, with its end.
pub(super) fn text(entry: &Entry) -> String {
    match entry {
        Entry::Note { time, pid, text } => {
            printable(&format!("{} [{pid}] {text}", clock(time))) + "\n"
        }
        Entry::Call(call) => call_text(call),
    }
}

fn call_text(call: &Call) -> String {
    let place = place(call);
    let Call {
        function,
        arguments,
        ..
    } = call;
    let end = call.end.as_ref();
    let outcome = end.map_or_else(|| "did not return".to_owned(), outcome);
    let begin = printable(&format!("{place} {function}({arguments})"));
    let outcome = printable(&format!("= {outcome}"));
    let mut text = if fits(&format!("{begin} {outcome}")) {
        format!("{begin} {outcome}\n")
    } else {
        let begin = if fits(&begin) {
            begin + "\n"
        } else {
            printable(&format!("{place} {function}")) + "\n" + &block(arguments)
        };
        let end = match end {
            Some(end) if !fits(&outcome) => format!("    = {}\n{}", rv(end), block(&end.results)),
            _ => format!("    {outcome}\n"),
        };
        begin + &end
    };
    if let Some(end) = end {
        text.push_str(&why(end));
    }
    text
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

/// When and where.
fn place(call: &Call) -> String {
    let time = clock(&call.time);
    match call.thread {
        Some(thread) if thread != u64::from(call.pid) => format!("{time} [{}/{thread}]", call.pid),
        _ => format!("{time} [{}]", call.pid),
    }
}

/// The time of the day of a time stamp.
fn clock(time: &str) -> &str {
    let time = time.split_once('T').map_or(time, |(_, clock)| clock);
    time.trim_end_matches('Z')
}

/// The code, the time, the results.
fn outcome(end: &End) -> String {
    let rv = rv(end);
    if end.results.0.is_empty() {
        rv
    } else {
        format!("{rv}, {}", end.results)
    }
}

fn rv(end: &End) -> String {
    match end.nanoseconds {
        Some(nanoseconds) => format!("{} ({})", end.rv, duration(nanoseconds)),
        None => end.rv.clone(),
    }
}

/// A time in the unit that fits.
pub(super) fn duration(nanoseconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
    for (size, unit) in UNITS {
        if nanoseconds >= size {
            let (whole, tenth) = (nanoseconds / size, nanoseconds % size * 10 / size);
            return format!("{whole}.{tenth} {unit}");
        }
    }
    format!("{nanoseconds} ns")
}

/// What the code means and why it was given, below a call that failed.
fn why(end: &End) -> String {
    if ReturnCode(end.code) == CKR_OK {
        return String::new();
    }
    let mut text = String::new();
    if let Some(meaning) = ReturnCode(end.code).meaning() {
        text.push_str(&format!("      meaning: {meaning}\n"));
    }
    if let Some(reason) = &end.reason {
        text.push_str(&format!("      reason:  {}\n", printable(reason)));
    }
    text
}

/// One line an argument; templates and parameters are folded.
fn block(fields: &Fields) -> String {
    let mut text = String::new();
    for (name, value) in &fields.0 {
        let line = printable(&format!("    {name} = {value}"));
        match value {
            Value::Fields(inner) if !fits(&line) => {
                text.push_str(&printable(&format!("    {name} =")));
                text.push_str(&folded(inner));
                text.push('\n');
            }
            _ => text.push_str(&(line + "\n")),
        }
    }
    text
}

/// Names and values, as many in a line as fit.
fn folded(fields: &Fields) -> String {
    let mut text = String::new();
    let mut width = WIDTH;
    for (name, value) in &fields.0 {
        let word = printable(&format!("{name}={value}"));
        let len = word.chars().count() + 1;
        if width + len > WIDTH {
            text.push_str("\n       ");
            width = 7;
        }
        text.push(' ');
        text.push_str(&word);
        width += len;
    }
    text
}

/// How the program ended, if that is worth a line.
pub(super) fn text_end(status: ExitStatus) -> Option<String> {
    match (status.signal(), status.code()) {
        (Some(signal), _) => Some(format!(
            "the program was ended by signal {signal} ({})\n",
            signal_name(signal)
        )),
        (None, Some(code)) if code != 0 => Some(format!("the program ended with code {code}\n")),
        _ => None,
    }
}

/// The name of a signal that ends programs.
fn signal_name(signal: i32) -> &'static str {
    const NAMES: &[(i32, &str)] = &[
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (4, "SIGILL"),
        (6, "SIGABRT"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (13, "SIGPIPE"),
        (14, "SIGALRM"),
        (15, "SIGTERM"),
    ];
    let found = NAMES.iter().find(|(number, _)| *number == signal);
    found.map_or("see signal(7)", |(_, name)| name)
}

/// A call as JSON, in this order.
#[derive(Serialize)]
struct CallLine<'a> {
    time: &'a str,
    pid: u32,
    thread: Option<u64>,
    function: &'a str,
    arguments: &'a Fields,
    returned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rv: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<&'a Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<u64>,
}

/// An entry as one line of JSON, with its end.
pub(super) fn json(entry: &Entry) -> String {
    let text = match entry {
        Entry::Note { time, pid, text } => {
            json!({ "time": time, "pid": pid, "message": text }).to_string()
        }
        Entry::Call(call) => {
            let end = call.end.as_ref();
            let line = CallLine {
                time: &call.time,
                pid: call.pid,
                thread: call.thread,
                function: &call.function,
                arguments: &call.arguments,
                returned: end.is_some(),
                rv: end.map(|end| end.rv.as_str()),
                code: end.map(|end| end.code),
                meaning: end.and_then(|end| ReturnCode(end.code).meaning()),
                reason: end.and_then(|end| end.reason.as_deref()),
                results: end.map(|end| &end.results),
                nanoseconds: end.and_then(|end| end.nanoseconds),
            };
            // Strings and numbers can always be written.
            serde_json::to_string(&line).unwrap_or_default()
        }
    };
    text + "\n"
}

/// The last line of JSON: how the program ended.
pub(super) fn json_end(status: ExitStatus, summary: Option<&Summary>) -> String {
    let mut last = json!({
        "exit_code": status.code(),
        "signal": status.signal(),
    });
    if let (Some(summary), Json::Object(object)) = (summary, &mut last) {
        object.insert("summary".to_owned(), summary.json());
    }
    format!("{last}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(rv: &str, code: u64, reason: Option<&str>) -> Entry {
        Entry::Call(Call {
            time: "2026-01-02T03:04:05.678Z".to_owned(),
            pid: 7,
            thread: Some(8),
            function: "C_Login".to_owned(),
            arguments: Fields(vec![("pPin".into(), Value::Bytes(4))]),
            end: Some(End {
                rv: rv.to_owned(),
                code,
                reason: reason.map(str::to_owned),
                results: Fields::default(),
                nanoseconds: Some(1_250_000),
            }),
        })
    }

    #[test]
    fn a_call_is_one_line_and_a_failure_says_why() {
        assert_eq!(
            text(&call("CKR_OK", 0, None)),
            "03:04:05.678 [7/8] C_Login(pPin=(4 bytes)) = CKR_OK (1.2 ms)\n"
        );
        let failed = text(&call("CKR_PIN_INCORRECT", 0xa0, Some("no\nsuch PIN")));
        let lines: Vec<&str> = failed.lines().collect();
        assert_eq!(lines.len(), 3, "{failed}");
        assert_eq!(lines[1], "      meaning: the PIN is wrong");
        assert_eq!(lines[2], "      reason:  no\\nsuch PIN");
    }

    #[test]
    fn times_have_the_unit_that_fits() {
        assert_eq!(duration(999), "999 ns");
        assert_eq!(duration(12_345), "12.3 us");
        assert_eq!(duration(2_000_000_000), "2.0 s");
    }
}
