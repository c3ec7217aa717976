//! `hydra tail`: the end of logs, and what is added to them, over rotation.

mod backlog;
mod filter;
mod follow;
mod open;
mod rotation;
mod screen;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use hydra_core::Level;
use hydra_core::format::{ColorMode, FormatKind};
use regex::bytes::Regex;

use super::format_arg::{FROM_HELP, From, parse_from};
use crate::failure::Failure;
use crate::signals::Signals;
use filter::{Filter, Since};
use follow::Followed;
use screen::Screen;

/// How long nothing is looked at after nothing was found. Files are asked rather than the system's
/// notifications: these miss what other machines write to a shared folder, and end at a limit.
const PAUSE: Duration = Duration::from_millis(50);

const NOTES: &str =
    "Files are followed by name: over rotation (the old file is read to its end, and \
rotated files that
appeared meanwhile are read in their order), truncation (what its copy NAME.1 holds is read first),
removal, and from before they exist. Ctrl-C ends it, as does the reader of its output by going.

A line that is of no format that is known is shown as it is. With --layer, --level or --since such
a line is taken for the continuation of the record before it.

Examples:
  hydra tail app.log
  hydra tail --level WARNING --since 10m logs/*.log
  hydra tail --no-follow --format json --lines 1000 app.log | jq .message";

/// Show the end of logs, and what is added to them
#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Args {
    /// The logs, in any of the formats
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only records of this layer; may be given several times
    #[arg(long, value_name = "LAYER")]
    layer: Vec<String>,
    /// Only records of this level or a more severe one
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Only lines in which this regular expression is found
    #[arg(long, short, value_name = "REGEX")]
    grep: Option<Regex>,
    /// Only records from this long ago (10m, 2h, 1d), or from this time on (RFC 3339, UTC unless
    /// it says); rotated files are read too, as far back as
    /// needed, unless --lines is set
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// The format to show
    #[arg(long, value_name = "FORMAT", default_value = "plain-text")]
    format: FormatKind,
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = parse_from, help = FROM_HELP)]
    from: From,
    /// How many lines to begin with, of those that pass the filters [default: 10, or all with
    /// --since]
    #[arg(long, short = 'n', value_name = "N")]
    lines: Option<usize>,
    /// Go on showing what is added: the default, on a terminal and in a pipe
    #[arg(long, short, overrides_with = "no_follow")]
    follow: bool,
    /// End after the lines that are there
    #[arg(long, overrides_with = "follow")]
    no_follow: bool,
    /// When to colour: auto (on a terminal), always, never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorMode,
    /// Never show which file the lines are from
    #[arg(long, short)]
    quiet: bool,
}

impl Args {
    /// How many lines to begin with; all where there is a time to begin at.
    fn first_lines(&self) -> Option<usize> {
        self.lines.or(self.since.is_none().then_some(10))
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let colored = args.color.decide_for(&io::stdout());
    let mut screen = Screen::new(args.format, colored, args.files.len() > 1 && !args.quiet)?;
    let filter = Filter::new(&args.layer, args.level, args.grep.as_ref(), args.since);
    let mut all_there = true;
    let mut files = Vec::new();
    for path in &args.files {
        let mut file = Followed::new(path, args.from.0);
        all_there &= file.begin(args.first_lines(), !args.no_follow, &filter, &mut screen)?;
        files.push(file);
    }
    screen.flush()?;
    if !args.no_follow {
        follow(&mut files, &filter, &mut screen)?;
    }
    Ok(if all_there {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Shows what is added, until nobody reads it or there is nothing that could be read.
fn follow(files: &mut [Followed], filter: &Filter<'_>, screen: &mut Screen) -> io::Result<()> {
    while files.iter().any(|file| !file.is_hopeless()) {
        let mut anything = false;
        for file in &mut *files {
            anything |= file.advance(filter, screen)?;
        }
        screen.flush()?;
        if Signals::stdout_is_gone() {
            break;
        }
        if !anything {
            thread::sleep(PAUSE);
        }
    }
    Ok(())
}
