//! `hydra audit report`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use hydra_core::config::parse_duration;
use hydra_protect::audit::is_of_chain;
use jiff::Timestamp;
use jiff::civil::Date;

use super::count::{Counts, KindAndLayer, Range, Tally, moment};
use super::html;
use crate::commands::log_files::{LogFile, with_rotated};
use crate::commands::verify;
use crate::failure::Failure;
use crate::lines::Lines;
use crate::read::Reader;

/// Of a longer line the beginning counts.
const LONGEST_LINE: usize = 16 << 20;

/// Tell what was redacted, by kind, layer and day, and which events there were
///
/// It counts what redaction has left in logs of any of hydra's formats, and the records of
/// logger.security, logger.audit and logger.compliance. It shows names of kinds, layers and events,
/// and never what stands in a line. Rotated files (FILE.1, FILE.2.gz, …) are read with their FILE;
/// audit files are verified, too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra audit report logs/app.log
  hydra audit report --since 30d --format html logs/*.log > report.html
  hydra audit report --since 2026-10-01 --until 2027-01-01 app.log

Exit code: 0, or 1 if an audit file among them is not whole, or a file cannot be read.")]
pub(super) struct Args {
    /// Logs, in any format that hydra writes; compressed ones end in .gz
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Only from this time on: a day, a time (2026-11-21T12:00:00Z), or how long ago (30d)
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<i64>,
    /// Only before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// Tables for a terminal
    #[default]
    Text,
    /// A page that needs nothing else
    Html,
}

/// A file that was read.
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) lines: u64,
    /// Of an audit file, what verifying it came to.
    pub(super) chain: Option<String>,
    pub(super) is_whole: bool,
}

/// All that a report says.
pub(super) struct Facts {
    pub(super) files: Vec<Seen>,
    pub(super) counts: Counts,
    pub(super) range: Range,
    /// When it was made.
    pub(super) made: String,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut facts = Facts {
        files: Vec::new(),
        counts: Counts::default(),
        range: Range {
            since: args.since,
            until: args.until,
        },
        made: moment(now()),
    };
    let mut failed = false;
    for path in with_rotated(&args.files) {
        match read(&path, &mut facts) {
            Ok(seen) => facts.files.push(seen),
            Err(failure) => {
                failure.tell();
                failed = true;
            }
        }
    }
    let text = match args.format {
        Format::Text => text(&facts),
        Format::Html => html::page(&facts),
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    let whole = facts.files.iter().all(|file| file.is_whole);
    Ok(if whole && !failed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(path: &Path, facts: &mut Facts) -> Result<Seen, Failure> {
    let mut file = LogFile::open(path)?;
    let mut lines = Lines::new(LONGEST_LINE);
    let mut reader = Reader::new(None);
    let (mut count, mut is_audit) = (0, false);
    loop {
        let more = lines.read(&mut file, |line| {
            is_audit |= count == 0 && is_of_chain(line.bytes);
            count += 1;
            facts.counts.line(&mut reader, line, facts.range);
        });
        if !more.map_err(|source| verify::cannot_read(path, source))? {
            break;
        }
    }
    drop(file);
    let mut seen = Seen {
        name: path.display().to_string(),
        lines: count,
        chain: None,
        is_whole: true,
    };
    if is_audit {
        let verified = verify::Verified::of(path, None)?;
        seen.is_whole = verified.is_whole(false);
        seen.chain = Some(verified.in_a_word());
    }
    Ok(seen)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    })
}

/// A day, a time or a length of time before now, in nanoseconds since 1970.
fn time(text: &str) -> Result<i64, String> {
    let ns = |time: Timestamp| i64::try_from(time.as_nanosecond()).ok();
    if let Ok(ago) = parse_duration(text)
        && text.ends_with(|c: char| c.is_ascii_alphabetic())
    {
        return Ok(now().saturating_sub(i64::try_from(ago.as_nanos()).unwrap_or(i64::MAX)));
    }
    let day = || {
        text.parse::<Date>()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
    };
    let found = match text.parse::<Timestamp>() {
        Ok(time) => ns(time),
        Err(_) => day().and_then(|day| ns(day.timestamp())),
    };
    found.ok_or_else(|| {
        "give a day (2026-11-21), a time (2026-11-21T12:00:00Z) or how long ago (30d)".to_owned()
    })
}

/// The range and what was in it, in words.
pub(super) fn period(facts: &Facts) -> String {
    let asked = match (facts.range.since, facts.range.until) {
        (None, None) => String::new(),
        (Some(since), None) => format!(" (asked for: from {} on)", moment(since)),
        (None, Some(until)) => format!(" (asked for: before {})", moment(until)),
        (Some(since), Some(until)) => {
            format!(
                " (asked for: from {} on, before {})",
                moment(since),
                moment(until)
            )
        }
    };
    match (facts.counts.records.first, facts.counts.records.last) {
        (Some(first), Some(last)) => format!("{} to {} UTC{asked}", moment(first), moment(last)),
        _ => format!("no record with a time{asked}"),
    }
}

fn text(facts: &Facts) -> String {
    let counts = &facts.counts;
    let mut out = String::new();
    // Writing to a String does not fail, here and below.
    let _ = writeln!(out, "Redaction and events, {}", period(facts));
    let _ = writeln!(
        out,
        "{} records, {} values redacted in {} of them, {} events; made {} UTC\n",
        counts.records.count,
        counts.values(),
        counts.touched,
        counts.all_events(),
        facts.made
    );
    let mut rows = vec![["file", "lines", "audit chain"].map(str::to_owned).to_vec()];
    rows.extend(facts.files.iter().map(|file| {
        vec![
            file.name.clone(),
            file.lines.to_string(),
            file.chain.clone().unwrap_or_else(|| "-".into()),
        ]
    }));
    table(&mut out, "Files", &rows);
    table(
        &mut out,
        "Redacted values",
        &tallies("kind", &counts.redacted),
    );
    if !counts.failed.is_empty() {
        let rows = counts
            .failed
            .iter()
            .map(|(layer, tally)| (("-".to_owned(), layer.clone()), *tally));
        let heading = "Records that could not be redacted: their text was left out";
        table(&mut out, heading, &tallies("kind", &rows.collect()));
    }
    table(&mut out, "Events", &tallies("event", &counts.events));
    let mut rows = vec![
        ["day (UTC)", "values redacted", "events"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let days = counts.days.iter();
    rows.extend(
        days.map(|(day, (values, events))| {
            vec![day.clone(), values.to_string(), events.to_string()]
        }),
    );
    table(&mut out, "By day", &rows);
    if counts.unread > 0 {
        let _ = writeln!(
            out,
            "{} lines are of no format that hydra reads; what was redacted in them is counted without \
             layer and time.",
            counts.unread
        );
    }
    out
}

/// Rows of a table of counts, the heading first.
pub(super) fn tallies(
    what: &str,
    counts: &std::collections::BTreeMap<KindAndLayer, Tally>,
) -> Vec<Vec<String>> {
    let time = |at: Option<i64>| at.map_or_else(|| "-".to_owned(), moment);
    let mut rows = vec![
        [what, "layer", "count", "first", "last"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(counts.iter().map(|((kind, layer), tally)| {
        let Tally { count, first, last } = *tally;
        vec![
            kind.clone(),
            layer.clone(),
            count.to_string(),
            time(first),
            time(last),
        ]
    }));
    rows
}

/// Writes a table whose first row is its heading; numbers stand to the right.
fn table(out: &mut String, title: &str, rows: &[Vec<String>]) {
    let _ = writeln!(out, "{title}");
    let Some((heading, body)) = rows.split_first().filter(|(_, body)| !body.is_empty()) else {
        let _ = writeln!(out, "  none\n");
        return;
    };
    let width = |i: usize| {
        rows.iter()
            .filter_map(|row| row.get(i))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..heading.len()).map(|i| width(i).unwrap_or(0)).collect();
    let is_number = |i: usize| {
        body.iter()
            .all(|row| row[i].bytes().all(|byte| byte.is_ascii_digit()))
    };
    for row in rows {
        let mut line = String::from(" ");
        for (i, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if is_number(i) {
                write!(line, " {cell:>width$} ")
            } else {
                write!(line, " {cell:<width$} ")
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out.push('\n');
}
