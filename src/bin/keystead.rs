// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tool `keystead`; everything is in `keystead::cli`.
fn main() -> std::process::ExitCode {
    keystead::cli::main()
}
