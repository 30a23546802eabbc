// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tool `keystead`: makes tokens, keys and PINs, and shows what is there. One file a sub-command.
//!
//! It works through [`Module`](crate::module::Module) like any application; it has no other way into a
//! token. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 `verify` found something wrong.
#![forbid(unsafe_code)]

mod config;
mod config_for;
mod delete;
mod desk;
mod failure;
mod generate;
mod init;
mod list;
mod mechanisms;
mod object;
mod output;
mod pin;
mod pin_entry;
mod table;
mod token;
mod trace;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use failure::Outcome;

/// Makes and looks after Keystead tokens: PKCS#11 tokens whose keys live in encrypted files.
#[derive(Debug, Parser)]
#[command(name = "keystead", version, after_help = AFTER_HELP, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  keystead init --label work            makes a token, asks for its PINs
  keystead generate ec:p256 --label tls makes a key pair in it
  keystead list --login                 shows what is in it
  keystead config show                  shows where tokens live, and why there
  keystead config for openssl           prints the configuration of a program
  keystead trace -- COMMAND             shows a program's calls of the library

PINs are asked for without echo, or come from --pin-env VAR, --pin-file PATH, --pin-fd N (the user)
and --so-pin-env, --so-pin-file, --so-pin-fd (the Security Officer); never from the command line.

Exit codes:
  0  done
  1  refused or failed; the reason is on standard error
  2  wrong usage
  3  verify found something wrong in a token";

/// What every command takes.
#[derive(Args, Debug)]
struct Common {
    /// Directory of the tokens, instead of the configured one
    #[arg(long, global = true, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Configuration file to read instead of all others
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write JSON instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Token(token::Token),
    Pin(pin::Pin),
    List(list::List),
    Generate(generate::Generate),
    Delete(delete::Delete),
    Mechanisms(mechanisms::Mechanisms),
    Verify(verify::Verify),
    Config(config::Config),
    Trace(trace::Trace),
}

/// Runs the tool with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout, mistakes go to stderr; a closed pipe is nobody's fault.
            let _ = error.print();
            return if error.use_stderr() {
                failure::Exit::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(&cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.report();
            failure.exit().into()
        }
    }
}

fn run(cli: &Cli) -> Outcome<ExitCode> {
    let common = &cli.common;
    let done = match &cli.command {
        Command::Init(command) => command.run(common),
        Command::Token(command) => command.run(common),
        Command::Pin(command) => command.run(common),
        Command::List(command) => command.run(common),
        Command::Generate(command) => command.run(common),
        Command::Delete(command) => command.run(common),
        Command::Mechanisms(command) => command.run(common),
        Command::Verify(command) => command.run(common),
        Command::Config(command) => command.run(common),
        Command::Trace(command) => return command.run(common),
    };
    done.map(|()| ExitCode::SUCCESS)
}
