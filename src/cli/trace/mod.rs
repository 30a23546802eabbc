// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead trace`: runs a program and shows its calls of the library.
//!
//! The program runs with the call log at its highest level, as JSON lines in a file of this run; the
//! tool follows the file, joins the beginning and the end of each call, and writes them for people.
//! What a line can hold is the log's affair: names, numbers and sizes, never a PIN, a key or data.

mod call;
mod follow;
mod render;
mod summary;

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use clap::Args;
use signal_hook::consts::{SIGINT, SIGQUIT};

use super::failure::{self, Failure, Outcome};
use super::{Common, desk};
use call::{Book, Entry};
use follow::Journal;
use summary::Summary;

/// Runs a program and shows its calls of the library
///
/// Each call is shown with its arguments and results by name, its return code and what it means, the
/// reason of a failure, and its time. PINs, keys and data are never shown, only how long they are.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead trace -- p11tool --list-tokens
  keystead trace --summary --output calls.txt -- nginx -g 'daemon off;'
  keystead trace --json --output calls.jsonl -- java -jar app.jar

The calls go to standard error, or to --output; the program keeps its own standard input and output.
Calls of all its threads and children are shown, each with [process] or [process/thread].
A program that empties its environment must be told to keep KEYSTEAD_LOG, KEYSTEAD_LOG_FILE and
KEYSTEAD_LOG_FORMAT.

The exit code is the program's; 128 + the signal's number when a signal ended it, 127 when there is no
such program, 126 when it cannot be run.")]
pub(super) struct Trace {
    /// Write the calls to this file instead of standard error
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// At the end, show how often each function was called, its failures and its time
    #[arg(long)]
    summary: bool,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(20);

impl Trace {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome<ExitCode> {
        let mut journal = Journal::make()?;
        let mut output = Output::open(self, common.json)?;
        leave_interrupts()?;
        let store = common.store.as_deref().map(desk::place).transpose()?;
        let config = common.config.as_deref().map(desk::place).transpose()?;
        let places = [("KEYSTEAD_STORE", store), ("KEYSTEAD_CONFIG", config)];
        let mut child = match self.start(places, &journal) {
            Ok(child) => child,
            Err(error) => return Ok(not_started(&self.command, &error)),
        };
        let (told, done) = mpsc::channel();
        let status = std::thread::scope(|scope| {
            scope.spawn(move || {
                let status = child.wait();
                // The other side waits until it hears this.
                let _ = told.send(status);
            });
            loop {
                match done.recv_timeout(LOOK) {
                    Ok(status) => break Ok(status),
                    Err(RecvTimeoutError::Timeout) => output.take(&mut journal)?,
                    Err(RecvTimeoutError::Disconnected) => break Err(lost()),
                }
            }
        })?
        .map_err(|_| lost())?;
        output.take(&mut journal)?;
        output.finish(status)?;
        Ok(exit_code(status))
    }

    fn start(&self, places: [(&str, Option<String>); 2], journal: &Journal) -> io::Result<Child> {
        let mut words = self.command.iter();
        let program = words.next().map_or("", String::as_str);
        let mut command = std::process::Command::new(program);
        command
            .args(words)
            .env("KEYSTEAD_LOG", "trace")
            .env("KEYSTEAD_LOG_FORMAT", "json")
            .env("KEYSTEAD_LOG_FILE", journal.path());
        for (name, place) in places {
            if let Some(place) = place {
                command.env(name, place);
            }
        }
        command.spawn()
    }
}

/// An interrupt from the terminal goes to the program, too, and is for it alone: this tool stays and
/// tells how the program ended. The program starts with the signals' usual effects.
fn leave_interrupts() -> Outcome {
    for signal in [SIGINT, SIGQUIT] {
        let seen = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal, seen)
            .map_err(|error| Failure::new(format!("signal {signal}: {error}")))?;
    }
    Ok(())
}

fn lost() -> Failure {
    Failure::new("the program's end was not heard of")
}

fn not_started(command: &[String], error: &io::Error) -> ExitCode {
    let program = command.first().map_or("", String::as_str);
    failure::note(&format!("{program} cannot be run: {error}"));
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    ExitCode::from(if is_missing { 127 } else { 126 })
}

/// The program's own code, or what shells make of a signal.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Where the calls go, and in which form.
struct Output {
    to: Box<dyn Write>,
    name: String,
    json: bool,
    book: Book,
    summary: Option<Summary>,
    calls: u64,
}

impl Output {
    fn open(trace: &Trace, json: bool) -> Outcome<Self> {
        let (to, name): (Box<dyn Write>, String) = match &trace.output {
            None => (Box::new(io::stderr()), "standard error".to_owned()),
            Some(path) => {
                let name = path.display().to_string();
                let file =
                    File::create(path).map_err(|error| Failure::new(format!("{name}: {error}")))?;
                (Box::new(file), name)
            }
        };
        Ok(Self {
            to,
            name,
            json,
            book: Book::default(),
            summary: trace.summary.then(Summary::default),
            calls: 0,
        })
    }

    /// Writes what has come since the last time.
    fn take(&mut self, journal: &mut Journal) -> Outcome {
        let lines = journal.read()?;
        let mut text = String::new();
        for line in lines.lines() {
            let Some(entry) = self.book.note(line) else {
                continue;
            };
            text.push_str(&self.tell(&entry));
        }
        self.write(&text)
    }

    fn tell(&mut self, entry: &Entry) -> String {
        if let Entry::Call(call) = entry {
            self.calls += 1;
            if let Some(summary) = &mut self.summary {
                summary.count(call);
            }
        }
        if self.json {
            render::json(entry)
        } else {
            render::text(entry)
        }
    }

    /// Tells what never ended, how the program ended, and the summary.
    fn finish(&mut self, status: ExitStatus) -> Outcome {
        let mut text = String::new();
        for entry in self.book.unfinished() {
            text.push_str(&self.tell(&entry));
        }
        if self.json {
            text.push_str(&render::json_end(status, self.summary.as_ref()));
        } else {
            if let Some(summary) = &self.summary {
                text.push_str(&summary.table());
            }
            if let Some(end) = render::text_end(status) {
                text.push_str(&end);
            }
        }
        self.write(&text)?;
        if self.calls == 0 {
            failure::note("the program made no call of the library; does it load libkeystead.so?");
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Outcome {
        let written = self.to.write_all(text.as_bytes());
        match written.and_then(|()| self.to.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(format!("{}: {error}", self.name)))
            }
            _ => Ok(()),
        }
    }
}
