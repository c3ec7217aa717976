//! `hydra man`.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::failure::Failure;

/// Print the manual page, or write the pages of all commands into a directory
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra man | man -l -
  hydra man --out ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// Write hydra.1 and a page for each command here; the directory is made if need be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if let Some(directory) = &args.out {
        let failure = |source| Failure::File {
            action: "cannot write manual pages to",
            path: directory.clone(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(failure)?;
        clap_mangen::generate_to(Cli::command(), directory).map_err(failure)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        let mut out = io::stdout().lock();
        out.write_all(&page)?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}
