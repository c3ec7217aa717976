//! The program `hydra`: one module for each command in `commands`, what they share beside it.
//!
//! A command gets its arguments, prints on stdout, and returns the exit code or a [`Failure`],
//! which is told on stderr in one place. A reader of stdout that goes away (`hydra schema | head`)
//! ends a command quietly.

mod cli;
mod commands;
mod failure;
mod lines;
pub mod read;
mod recognise;
pub mod render;
mod settings;
mod signals;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

pub use failure::Failure;

/// Runs the program on the arguments of this process; the whole of `main`.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     hydra_cli::run()
/// }
/// ```
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

/// Runs the program on arguments, the first of which is its own name: for a process that is another
/// program, which must not end here.
///
/// ```
/// let code = hydra_cli::run_with(["hydra", "schema"]);
/// assert_eq!(code, std::process::ExitCode::SUCCESS);
/// ```
pub fn run_with(arguments: impl IntoIterator<Item: Into<OsString> + Clone>) -> ExitCode {
    let ended = match cli::Cli::try_parse_from(arguments) {
        Ok(cli) => cli.command.run(),
        Err(wrong) => {
            // Help and version are such errors too. With the stream closed there is nobody to tell.
            let _ = wrong.print();
            Ok(ExitCode::from(u8::try_from(wrong.exit_code()).unwrap_or(2)))
        }
    };
    let code = ended.unwrap_or_else(|failure| failure.tell());
    // Only a `main` of Rust does this by itself. A reader that has gone has been told of already.
    let _ = std::io::stdout().flush();
    code
}
