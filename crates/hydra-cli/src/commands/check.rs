//! `hydra check`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use hydra_logger::config::{self, ConfigError, Loaded, Problem};

use serde_json::json;

use crate::failure::Failure;

/// Check configuration files: every error with its place and what would be right
///
/// The exit code is 0 if the file is right, with or without warnings, and 1 if it is not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra check hydra.yaml
  hydra check --format json config/*.toml    one object for each file, for editors and CI")]
pub(crate) struct Args {
    /// YAML, TOML or JSON, as the name ends
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to tell what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// Lines of FILE:LINE:COLUMN, as compilers write them
    #[default]
    Text,
    /// A JSON object in a line for each file
    Json,
}

/// What was found in one file.
struct Finding<'a> {
    file: String,
    errors: &'a [Problem],
    warnings: &'a [Problem],
    layers: usize,
    destinations: usize,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let mut right = true;
    for file in &args.files {
        let result = config::load_file(file);
        right &= result.is_ok();
        let finding = Finding::new(file.display().to_string(), &result);
        let text = match args.format {
            Format::Text => finding.text(),
            Format::Json => finding.json(),
        };
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    Ok(if right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl<'a> Finding<'a> {
    fn new(file: String, result: &'a Result<Loaded, ConfigError>) -> Finding<'a> {
        match result {
            Ok(loaded) => {
                let layers = &loaded.config.layers;
                Finding {
                    file,
                    errors: &[],
                    warnings: &loaded.warnings,
                    layers: layers.len(),
                    destinations: layers.values().map(|layer| layer.destinations.len()).sum(),
                }
            }
            Err(error) => Finding {
                file,
                errors: &error.problems,
                warnings: &error.warnings,
                layers: 0,
                destinations: 0,
            },
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let all = [("error", self.errors), ("warning", self.warnings)];
        for (severity, problems) in all {
            for problem in problems {
                let _ = writeln!(text, "{}", self.line(severity, problem));
            }
        }
        let _ = if self.errors.is_empty() {
            writeln!(
                text,
                "{}: right: {}, {}{}",
                self.file,
                count(self.layers, "layer"),
                count(self.destinations, "destination"),
                match self.warnings.len() {
                    0 => String::new(),
                    n => format!(", {}", count(n, "warning")),
                }
            )
        } else {
            writeln!(text, "{}: {}", self.file, count(self.errors.len(), "error"))
        };
        text
    }
}

impl Finding<'_> {
    /// `hydra.yaml:7:9: error: …`: editors and terminals make a link of the beginning.
    fn line(&self, severity: &str, problem: &Problem) -> String {
        let file = problem.file.as_ref().unwrap_or(&self.file);
        let place = match problem.line {
            0 => String::new(),
            line => format!("{line}:{}:", problem.column),
        };
        let mut rest = problem.clone();
        (rest.file, rest.line) = (None, 0);
        format!("{file}:{place} {severity}: {rest}")
    }

    fn json(&self) -> String {
        let list = |problems: &[Problem]| problems.iter().map(json).collect::<Vec<_>>();
        let finding = json!({
            "file": self.file,
            "ok": self.errors.is_empty(),
            "errors": list(self.errors),
            "warnings": list(self.warnings),
        });
        format!("{finding}\n")
    }
}

fn json(problem: &Problem) -> serde_json::Value {
    json!({
        "kind": problem.kind.name(),
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "found": problem.found,
        "message": problem.message,
        "allowed": problem.allowed,
        "suggestion": problem.suggestion,
    })
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
