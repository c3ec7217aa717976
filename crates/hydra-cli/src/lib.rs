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
    // clap tells of wrong arguments itself, and exits with 2.
    let cli = cli::Cli::parse();
    cli.command.run().unwrap_or_else(|failure| failure.tell())
}
