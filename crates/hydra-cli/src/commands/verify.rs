//! `hydra verify`.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hydra_protect::audit::{
    AuditError, Check, Report, Verdict, VerifyOptions, VerifyingKey, verify, verify_ties,
};

use super::log_files::{LogFile, with_rotated};
use crate::failure::Failure;

/// How often a file is read again whose last line was not whole yet when it was read.
const ATTEMPTS: usize = 3;

/// Prove that no line of an audit file was changed, removed, added, moved or cut off
///
/// The files that FILE was rotated into (FILE.1, FILE.2.gz, …) are verified with it, each for itself
/// and all against each other: one that is missing is told, unless a later one records that it was
/// removed when its time had come.
#[derive(Debug, clap::Args)]
#[command(after_help = "What a file can be:
  whole       every line is as it was written, and the writer closed the file
  not closed  every line is as it was written, but the end may have been cut off; right for a file
              that is being written at this moment, which is noticed on the writer's machine
  DAMAGED     with each place: line, byte, the check that failed, what was expected

Exit code: 0 if all is whole, 1 if not, 2 if a file cannot be read.

The key is the public one, which the writer has put beside its own: audit.pub beside FILE is taken
where --key names none. Keep a copy where whoever can change the log cannot change it. Without any
key, the one in the file itself is used: that finds accidents, but anybody could have made the file.

Examples:
  hydra verify logs/audit.log
  hydra verify --key /safe/place/audit.pub logs/audit.log*
  hydra verify --json audit.log | jq .damages")]
pub(crate) struct Args {
    /// Audit files, written by a destination with `audit: true`; compressed ones end in .gz
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The public key, a PEM file [default: audit.pub beside FILE]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Take a file that was not closed for whole: a copy of one that is being written
    #[arg(long)]
    open: bool,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut reports = Vec::new();
    let mut unread = false;
    for path in with_rotated(&args.files) {
        match Verified::of(&path, args.key.as_deref()) {
            Ok(verified) => reports.push(verified),
            Err(failure) => {
                failure.tell();
                unread = true;
            }
        }
    }
    let mut ties: Vec<Report> = reports.iter().map(|one| one.report.clone()).collect();
    verify_ties(&mut ties);
    for (one, report) in reports.iter_mut().zip(ties) {
        one.report = report;
    }
    let mut out = io::stdout().lock();
    for one in &reports {
        let text = if args.json { one.json() } else { one.text() };
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    let whole = reports.iter().all(|one| one.is_whole(args.open));
    Ok(ExitCode::from(match (unread, whole) {
        (true, _) => 2,
        (false, false) => 1,
        (false, true) => 0,
    }))
}

/// A file and what was found.
pub(super) struct Verified {
    path: PathBuf,
    report: Report,
    /// Somebody writes to it.
    is_live: bool,
}

impl Verified {
    /// Verifies a file, with the key of that file, or the one beside it, or its own.
    pub(super) fn of(path: &Path, key: Option<&Path>) -> Result<Verified, Failure> {
        let key = match key {
            Some(key) => Some(load(key)?),
            None => beside(path)?,
        };
        // Asked before it is read: a writer that closes it meanwhile leaves it closed.
        let is_live = is_live(path);
        let read = || {
            let report = verify(
                LogFile::open(path)?,
                key.as_ref(),
                &VerifyOptions::default(),
            );
            report.map_err(|source| cannot_read(path, source))
        };
        let mut report = read()?;
        for _ in 0..ATTEMPTS {
            let is_cut_short = report
                .damages
                .iter()
                .all(|damage| damage.check == Check::End);
            if !is_live || report.damages.is_empty() || !is_cut_short {
                break;
            }
            report = read()?;
        }
        Ok(Verified {
            path: path.to_owned(),
            report,
            is_live,
        })
    }

    /// Whether all is well, also with a file that is not closed because it is being written, or may be.
    pub(super) fn is_whole(&self, may_be_open: bool) -> bool {
        match self.report.verdict() {
            Verdict::Whole => true,
            Verdict::Open => self.is_live || may_be_open,
            Verdict::Damaged => false,
        }
    }

    /// The verdict alone.
    pub(super) fn in_a_word(&self) -> String {
        match self.report.verdict() {
            Verdict::Whole => "whole".to_owned(),
            Verdict::Open if self.is_live => "whole so far, being written".to_owned(),
            Verdict::Open => "not closed: its end may be missing".to_owned(),
            Verdict::Damaged => {
                let places = self.report.damages.len() as u64 + self.report.more_damages;
                format!("DAMAGED in {places} places, see hydra verify")
            }
        }
    }

    fn text(&self) -> String {
        let path = self.path.display();
        let mut text = format!("{path}: {}", self.report);
        if self.report.verdict() == Verdict::Open && self.is_live {
            text.push_str("\n  it is being written at this moment");
        }
        if let (Some(key), false) = (&self.report.key, self.report.key_was_given) {
            text.push_str("\n  checked with the key ");
            text.push_str(key);
            text.push_str(
                " from the file itself, which anybody could have put there; give yours with --key",
            );
        }
        text
    }

    fn json(&self) -> String {
        let path = serde_json::Value::from(self.path.to_string_lossy());
        let report = self.report.to_json();
        let rest = report.strip_prefix('{').unwrap_or(&report);
        format!("{{\"file\":{path},\"live\":{},{rest}", self.is_live)
    }
}

/// Whether a writer holds its lock on the file.
fn is_live(path: &Path) -> bool {
    let locked = File::open(path).map(|file| file.try_lock_shared());
    matches!(locked, Ok(Err(TryLockError::WouldBlock)))
}

fn beside(path: &Path) -> Result<Option<VerifyingKey>, Failure> {
    let key = path.with_file_name("audit.pub");
    if key.exists() {
        load(&key).map(Some)
    } else {
        Ok(None)
    }
}

fn load(path: &Path) -> Result<VerifyingKey, Failure> {
    VerifyingKey::load(path).map_err(|error| match error {
        AuditError::Io(source) => cannot_read(path, source),
        other => cannot_read(path, io::Error::new(io::ErrorKind::InvalidData, other)),
    })
}

pub(super) fn cannot_read(path: &Path, source: io::Error) -> Failure {
    Failure::File {
        action: "cannot read",
        path: path.to_owned(),
        source,
    }
}
