//! `hydra recover`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use hydra_logger::recovery::{self, Left, Outcome};
use hydra_logger::state_dir;

use crate::failure::Failure;

/// Deliver what killed processes have left to where it was going
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra recover                          what was left in the default state directory
  hydra recover /var/lib/shop            in this one
  hydra recover --list /var/lib/shop     only look
  hydra recover --export /var/lib/shop   print the records as JSON, and leave them there

An asynchronous logger with `durability: process` keeps its records in a ring file of the state
directory until they are delivered, and what its destinations do not take, or with `durability:
power` every record, in a spool. What a killed process has left also holds its configuration; so
its records go to the files and consoles that it was logging to: those of a ring file once into
files, those of a spool at least once. A line leaves the spool when its destination has taken and
synced it. The next start of the program does this by itself. Processes that live are left alone.

`--export` prints lines of a spool as they were rendered, as messages of the layer `spool` with
their destination. What nothing says how to open, a destination of the program's own or a spool
of an earlier version, waits for the next start of its logger.

The state directory, where none is named: HYDRA_LOG_STATE_DIR, STATE_DIRECTORY, or
$XDG_STATE_HOME/hydra-logger (~/.local/state/hydra-logger). One that is missing or empty holds
nothing to recover. The exit code is 1 where something could not be delivered: it stays there.")]
pub(crate) struct Args {
    /// The state directory
    #[arg(value_name = "STATE_DIR")]
    directory: Option<PathBuf>,
    /// Only say what is there
    #[arg(long, conflicts_with = "export")]
    list: bool,
    /// Write the records to stdout, as JSON lines, and leave them there
    #[arg(long)]
    export: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let directory = state_dir::find(args.directory.as_deref())?;
    let mut out = io::stdout().lock();
    let left = if args.export {
        recovery::export(&directory, &mut out)
    } else if args.list {
        recovery::list(&directory)
    } else {
        recovery::recover(&directory)
    };
    let left = left.map_err(|source| match source.kind() {
        io::ErrorKind::BrokenPipe => Failure::Io(source),
        _ => Failure::File {
            action: "cannot recover from",
            path: directory.clone(),
            source,
        },
    })?;
    let mut text = String::new();
    for left in &left {
        line(left, &mut text);
    }
    if left.is_empty() {
        let _ = writeln!(text, "nothing to recover in {}", directory.display());
    }
    if args.export {
        // What is exported is alone on stdout.
        io::stderr().write_all(text.as_bytes())?;
    } else {
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    let only_looks = args.list || args.export;
    let is_kept = |left: &Left| match left.outcome {
        Outcome::Kept(_) => true,
        Outcome::ForItsLogger => !only_looks,
        _ => false,
    };
    Ok(if left.iter().any(is_kept) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn line(left: &Left, text: &mut String) {
    let records = if left.records == 1 {
        "record"
    } else {
        "records"
    };
    let _ = write!(
        text,
        "{}: {} {records} of process {}",
        left.path.display(),
        left.records,
        left.pid
    );
    let _ = match &left.outcome {
        Outcome::Found => writeln!(text),
        Outcome::Delivered => writeln!(text, ": {} lines delivered", left.delivered),
        other => writeln!(text, ": {other}"),
    };
    if left.damaged > 0 {
        let _ = writeln!(
            text,
            "  damaged in {} places: {} bytes were passed over",
            left.damaged, left.damaged_bytes
        );
    }
}
