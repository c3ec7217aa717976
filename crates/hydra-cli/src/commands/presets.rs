//! `hydra presets`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use hydra_logger::config::{self, Value, presets};

use crate::failure::Failure;

/// List the presets, or print one as a commented configuration file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra presets
  hydra presets production > hydra.yaml    begin a configuration of your own as a copy
  hydra pipe --layer APP --preset production < app.out

A configuration may also build on one: its first line is then `extends: production`.")]
pub(crate) struct Args {
    /// The preset to print
    name: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let text = match &args.name {
        None => table(),
        Some(name) => presets::get(name).ok_or_else(|| unknown(name))?.text(),
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn table() -> String {
    let presets = presets::list();
    let names = presets.iter().map(|preset| preset.name.len());
    let width = names.max().unwrap_or(0);
    let mut table = String::new();
    for preset in presets {
        let _ = writeln!(table, "{:width$}  {}", preset.name, preset.description);
    }
    table
}

/// What to say of a preset that is not there: the loader knows the others, and the nearest.
pub(crate) fn unknown(name: &str) -> Failure {
    let asked = Value::map([("extends", name.into())]);
    let problem = config::load_value(&asked)
        .err()
        .and_then(|mut e| e.problems.pop());
    let part = |lead: &str, part: Option<String>, end: &str| {
        part.map_or_else(String::new, |text| format!("{lead}{text}{end}"))
    };
    let (allowed, meant) = problem.map_or((None, None), |p| (p.allowed, p.suggestion));
    Failure::Usage(format!(
        "no preset {name:?}{}{}",
        part("; there are ", allowed, ""),
        part("; did you mean ", meant, "?")
    ))
}
