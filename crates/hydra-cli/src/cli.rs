//! What the program can be told to do.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, check, completions, convert, demo, man, pipe, presets, recover, redact, schema, tail,
    verify,
};
use crate::failure::Failure;

/// The arguments of the program.
#[derive(Debug, Parser)]
#[command(
    name = "hydra",
    version,
    about = "One logger with many heads: log what programs print, check configurations, read logs",
    after_help = "Examples:
  hydra demo                                see it work on real logs
  my-program 2>&1 | hydra pipe --layer APP  log what a program prints
  hydra tail --level WARNING app.log        follow a log over rotation
  my-program | hydra redact                 take personal data and secrets out
  hydra verify audit.log                    prove that no line of an audit file was changed
  hydra presets production > hydra.yaml     begin a configuration of your own
  hydra check hydra.yaml                    see whether it is right

hydra COMMAND --help says more about each command.",
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A command; its first comment line is its help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Args),
    Pipe(pipe::Args),
    Tail(tail::Args),
    Convert(convert::Args),
    Redact(redact::Args),
    Recover(recover::Args),
    Verify(verify::Args),
    Audit(audit::Args),
    Check(check::Args),
    Schema(schema::Args),
    Presets(presets::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Command::Demo(args) => demo::run(&args),
            Command::Pipe(args) => pipe::run(&args),
            Command::Tail(args) => tail::run(&args),
            Command::Convert(args) => convert::run(&args),
            Command::Redact(args) => redact::run(&args),
            Command::Recover(args) => recover::run(&args),
            Command::Verify(args) => verify::run(&args),
            Command::Audit(args) => audit::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Schema(args) => schema::run(&args),
            Command::Presets(args) => presets::run(&args),
            Command::Completions(args) => completions::run(&args),
            Command::Man(args) => man::run(&args),
        }
    }
}
