//! `hydra audit`.

mod count;
mod html;
mod keygen;
mod report;

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;

/// Report what was redacted and which events there were; make a key for audit files
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  hydra audit report app.log                           what was redacted, by kind, layer and day
  hydra audit report --format html *.log > report.html  the same, for reading and printing
  hydra audit keygen audit.key                         a key, before the first record

hydra verify proves that an audit file is as it was written.",
    arg_required_else_help = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Report(report::Args),
    Keygen(keygen::Args),
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.what {
        What::Report(args) => report::run(args),
        What::Keygen(args) => keygen::run(args),
    }
}
