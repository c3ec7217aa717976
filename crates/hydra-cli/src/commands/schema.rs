//! `hydra schema`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use hydra_logger::config;

use crate::failure::Failure;

/// Print the JSON Schema of a configuration, for completion in an editor
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra schema > hydra.schema.json

In a YAML configuration, editors with the YAML language server then read this first line:
  # yaml-language-server: $schema=./hydra.schema.json")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<ExitCode, Failure> {
    let schema = config::schema();
    let mut out = io::stdout().lock();
    out.write_all(schema.trim_end().as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
