// SPDX-License-Identifier: MIT OR Apache-2.0
//! One event as one line, in either form.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::{Fields, Format, Level};
use crate::error::Error;
use crate::pkcs11::rv::CKR_OK;

/// What happened.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A call ended.
    Call {
        /// `C_...`
        function: &'static str,
        /// How.
        outcome: Result<(), &'a Error>,
        /// More about it, when its beginning was told.
        ended: Option<Ended<'a>>,
    },
    /// A call began.
    Arguments {
        /// `C_...`
        function: &'static str,
        /// The call's own number in this process.
        number: u64,
        /// The thread.
        thread: u64,
        /// Names, numbers and sizes.
        arguments: &'a Fields,
    },
    /// Something else.
    Note {
        /// In words.
        text: &'a str,
    },
}

/// What is told about the end of a call whose beginning was told.
#[derive(Debug)]
pub(super) struct Ended<'a> {
    /// The call's own number in this process.
    pub(super) number: u64,
    /// The thread.
    pub(super) thread: u64,
    /// How long it took.
    pub(super) took: Duration,
    /// What it gave, by the names of its arguments.
    pub(super) results: &'a Fields,
}

/// The line for an event, with its end.
pub(super) fn line(format: Format, level: Level, event: &Event<'_>, now: SystemTime) -> String {
    let time = timestamp(now);
    let pid = std::process::id();
    match format {
        Format::Text => {
            let text = escape(&words(event));
            format!("{time} keystead[{pid}] {} {text}\n", name(level))
        }
        Format::Json => {
            let mut object = Object {
                time,
                pid,
                level: name(level),
                ..Object::default()
            };
            object.fill(event);
            // Strings and numbers can always be written.
            let text = serde_json::to_string(&object).unwrap_or_default();
            format!("{text}\n")
        }
    }
}

fn words(event: &Event<'_>) -> String {
    match event {
        Event::Call {
            function,
            outcome,
            ended,
        } => {
            let mut text = match outcome {
                Ok(()) => format!("{function} {CKR_OK}"),
                Err(error) => format!("{function} {error}"),
            };
            if let Some(ended) = ended {
                let (number, took) = (ended.number, ended.took);
                text.push_str(&format!(" (call {number}, {took:.1?}"));
                if !ended.results.0.is_empty() {
                    text.push_str(&format!(": {}", ended.results));
                }
                text.push(')');
            }
            text
        }
        Event::Arguments {
            function,
            number,
            arguments,
            ..
        } => format!("{function}({arguments}) (call {number})"),
        Event::Note { text } => (*text).to_owned(),
    }
}

/// A line as JSON, in this order.
#[derive(Default, Serialize)]
struct Object<'a> {
    time: String,
    pid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<u64>,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<&'a Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl<'a> Object<'a> {
    fn fill(&mut self, event: &Event<'a>) {
        match event {
            Event::Call {
                function,
                outcome,
                ended,
            } => {
                let code = outcome.map_or_else(|error| error.rv().code(), |()| CKR_OK);
                self.function = Some(function);
                self.rv = Some(code.to_string());
                self.code = Some(code.0);
                match outcome {
                    Err(Error::BufferTooSmall { needed }) => self.needed = Some(*needed),
                    Err(error) => self.reason = error.reason().map(ToString::to_string),
                    Ok(()) => {}
                }
                if let Some(ended) = ended {
                    self.call = Some(ended.number);
                    self.thread = Some(ended.thread);
                    self.results = Some(ended.results);
                    self.nanoseconds = u64::try_from(ended.took.as_nanos()).ok();
                }
            }
            Event::Arguments {
                function,
                number,
                thread,
                arguments,
            } => {
                self.function = Some(function);
                self.call = Some(*number);
                self.thread = Some(*thread);
                self.arguments = Some(arguments);
            }
            Event::Note { text } => self.message = Some(text),
        }
    }
}

const fn name(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Warn => "warn",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

/// Control characters, which a label could bring in, must not begin a line of their own.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// RFC 3339 in UTC with milliseconds.
fn timestamp(now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = since.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let milliseconds = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn date(mut day: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    loop {
        let len = if is_leap(year) { 366 } else { 365 };
        if day < len {
            break;
        }
        day -= len;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for len in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < len {
            break;
        }
        day -= len;
        month += 1;
    }
    (year, month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(timestamp(at(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(at(951_782_399)), "2000-02-28T23:59:59.000Z");
        assert_eq!(timestamp(at(951_782_400)), "2000-02-29T00:00:00.000Z");
        assert_eq!(timestamp(at(1_735_689_599)), "2024-12-31T23:59:59.000Z");
        assert_eq!(timestamp(at(4_107_542_400)), "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn a_text_line_names_the_call_the_code_and_the_reason() {
        let error = Error::PinIncorrect("the PIN is wrong\nfake line".into());
        let event = Event::Call {
            function: "C_Login",
            outcome: Err(&error),
            ended: None,
        };
        let pid = std::process::id();
        assert_eq!(
            line(Format::Text, Level::Warn, &event, at(0)),
            format!(
                "1970-01-01T00:00:00.000Z keystead[{pid}] warn C_Login CKR_PIN_INCORRECT: \
                 the PIN is wrong\\nfake line\n"
            )
        );
    }

    #[test]
    fn a_json_line_is_one_object() {
        let error = Error::PinIncorrect("the \"PIN\" is wrong\n".into());
        let event = Event::Call {
            function: "C_Login",
            outcome: Err(&error),
            ended: None,
        };
        let text = line(Format::Json, Level::Warn, &event, at(0));
        assert_eq!(text.matches('\n').count(), 1);
        let object: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(object["function"], "C_Login");
        assert_eq!(object["rv"], "CKR_PIN_INCORRECT");
        assert_eq!(object["code"], 0xa0);
        assert_eq!(object["reason"], "the \"PIN\" is wrong\n");
        assert_eq!(object["time"], "1970-01-01T00:00:00.000Z");
    }
}
