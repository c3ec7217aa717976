//! What verifying a file found.

use std::fmt;

use super::control::{FileId, Position, Removal};

/// The three ways that verifying ends.
///
/// ```
/// use hydra_protect::audit::{Verdict, VerifyOptions, verify};
/// let report = verify(&b"not a chain\n"[..], None, &VerifyOptions::default())?;
/// assert_eq!(report.verdict(), Verdict::Damaged);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every line is as it was written, and the last is the writer's closing checkpoint.
    Whole,
    /// Every line that is there is as it was written, but the file was not closed: it is still
    /// written to, or its writer was killed, or its end was cut off.
    Open,
    /// Something was changed, removed, added or moved.
    Damaged,
}

/// What a piece of damage was found by.
///
/// ```
/// assert_eq!(hydra_protect::audit::Check::Chain.name(), "chain");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// `header`: the first line says what file this is.
    Header,
    /// `form`: a line carries its tag.
    Form,
    /// `chain`: a line's tag follows from the line and the tag before.
    Chain,
    /// `checkpoint`: a checkpoint fits what stands before it.
    Checkpoint,
    /// `count`: a checkpoint counts as many lines and records as there are.
    Count,
    /// `signature`: a checkpoint is signed with the key.
    Signature,
    /// `key`: the file was begun with the key.
    Key,
    /// `end`: the last line is whole.
    End,
    /// `file`: the files of a chain are all there and fit.
    File,
}

impl Check {
    /// Its name, as reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Check::Header => "header",
            Check::Form => "form",
            Check::Chain => "chain",
            Check::Checkpoint => "checkpoint",
            Check::Count => "count",
            Check::Signature => "signature",
            Check::Key => "key",
            Check::End => "end",
            Check::File => "file",
        }
    }
}

/// One thing that is not as it was written. It never holds what the line says.
///
/// ```
/// use hydra_protect::audit::{Check, VerifyOptions, verify};
/// let report = verify(&b"somebody's card\n"[..], None, &VerifyOptions::default())?;
/// let damage = &report.damages[0];
/// assert_eq!((damage.line, damage.offset, damage.check), (1, 0, Check::Form));
/// assert!(!report.to_string().contains("card"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The line, from 1, as the file is now.
    pub line: u64,
    /// Where the line begins, in bytes from the beginning of the file.
    pub offset: u64,
    /// What found it.
    pub check: Check,
    /// What there should be.
    pub expected: String,
    /// What there is.
    pub found: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage {
            line,
            offset,
            check,
            expected,
            found,
        } = self;
        let check = check.name();
        write!(
            f,
            "line {line}, byte {offset}: {check}: expected {expected}; found {found}"
        )
    }
}

/// A place where a writer ended without closing the file and a later one went on.
///
/// ```
/// use hydra_protect::audit::Interruption;
/// let one = Interruption { line: 12, time: "2026-11-21T12:05:36.000000Z".into(), unsealed: 3, cut: 0 };
/// assert_eq!(one.unsealed, 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    /// The line that records it.
    pub line: u64,
    /// When the later writer began.
    pub time: String,
    /// How many lines before it no checkpoint had sealed until then.
    pub unsealed: u64,
    /// How many bytes of a line that was never whole were cut off.
    pub cut: u64,
}

/// What the header of a file says.
///
/// ```
/// # use hydra_protect::audit::{ChainWriter, SigningKey, VerifyOptions, verify};
/// # let mut file = Vec::new();
/// # ChainWriter::begin(SigningKey::generate()?, None, 0, &mut file)?.close(0, &mut file);
/// let header = verify(&file[..], None, &VerifyOptions::default())?.header.expect("it begins with one");
/// assert_eq!((header.number, header.previous), (1, None));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHeader {
    /// The file's random name.
    pub file: FileId,
    /// Which file of its chain it is, from 1.
    pub number: u64,
    /// When it was begun, RFC 3339.
    pub time: String,
    /// The fingerprint of its key.
    pub key: String,
    /// The records in the files before it.
    pub records_before: u64,
    /// The file before it: its name, its lines, and the tag of its last line.
    pub previous: Option<(FileId, u64, String)>,
}

/// What verifying a file found. `Display` tells it in English, [`Report::to_json`] to programs.
///
/// ```
/// # use hydra_protect::audit::{ChainWriter, SigningKey, VerifyOptions, verify};
/// # let mut file = Vec::new();
/// # let mut chain = ChainWriter::begin(SigningKey::generate()?, None, 0, &mut file)?;
/// # chain.record(b"one", 0, &mut file)?;
/// # chain.close(0, &mut file);
/// let report = verify(&file[..], None, &VerifyOptions::default())?;
/// assert!(report.to_string().starts_with("whole: 3 lines, 1 record; closed at "));
/// assert!(report.to_json().contains("\"verdict\":\"whole\""));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The header, if the file has one.
    pub header: Option<FileHeader>,
    /// Where the file ends, for the next one's header to be held against.
    pub position: Option<Position>,
    /// Its lines, whole or not.
    pub lines: u64,
    /// Its bytes.
    pub bytes: u64,
    /// The program's records in it.
    pub records: u64,
    /// Checkpoints whose signatures hold.
    pub checkpoints: u64,
    /// Up to which line a signature vouches for the file, where nothing is damaged.
    pub sealed_lines: u64,
    /// The time of that checkpoint.
    pub sealed_at: Option<String>,
    /// Lines behind it: their chain holds or is told as damage, but nobody has signed them.
    pub unsealed_lines: u64,
    /// Whether the last line is a closing checkpoint.
    pub is_closed: bool,
    /// The fingerprint of the key that signatures were checked with.
    pub key: Option<String>,
    /// Whether that key was given, rather than taken from the file itself, in which case anybody
    /// may have made the file.
    pub key_was_given: bool,
    /// Where writers ended without closing the file.
    pub interruptions: Vec<Interruption>,
    /// Older files of the chain that were removed because their time had come.
    pub removals: Vec<Removal>,
    /// What is not as it was written, in the file's order.
    pub damages: Vec<Damage>,
    /// How many more pieces of damage there are than [`Report::damages`] holds.
    pub more_damages: u64,
}

impl Report {
    /// How it ended.
    pub fn verdict(&self) -> Verdict {
        if !self.damages.is_empty() {
            Verdict::Damaged
        } else if self.is_closed {
            Verdict::Whole
        } else {
            Verdict::Open
        }
    }
}

impl Verdict {
    /// Its name, as reports show it: `whole`, `open` or `damaged`.
    ///
    /// ```
    /// assert_eq!(hydra_protect::audit::Verdict::Open.name(), "open");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Whole => "whole",
            Verdict::Open => "open",
            Verdict::Damaged => "damaged",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = format!(
            "{}, {}",
            count(self.lines, "line"),
            count(self.records, "record")
        );
        let sealed = match &self.sealed_at {
            None => "nothing is sealed".to_owned(),
            Some(time) => format!("sealed up to line {} at {time}", self.sealed_lines),
        };
        match self.verdict() {
            Verdict::Whole => {
                let at = self.sealed_at.as_deref().unwrap_or("an unknown time");
                write!(f, "whole: {counts}; closed at {at}")?;
            }
            Verdict::Open => write!(
                f,
                "not closed: {counts}; {sealed}; {} behind that, which nobody has signed; the file is \
                 still written to, or its writer was killed, or its end was cut off",
                count(self.unsealed_lines, "line")
            )?,
            Verdict::Damaged => {
                let damages = self.damages.len() as u64 + self.more_damages;
                write!(
                    f,
                    "DAMAGED in {}: {counts}; {sealed}",
                    count(damages, "place")
                )?;
            }
        }
        for damage in &self.damages {
            write!(f, "\n  {damage}")?;
        }
        if self.more_damages > 0 {
            write!(f, "\n  and {} more", self.more_damages)?;
        }
        for Interruption {
            line,
            time,
            unsealed,
            cut,
        } in &self.interruptions
        {
            write!(
                f,
                "\n  line {line}: a writer had ended without closing the file; at {time} another went on, \
                 sealed {} and cut off {} of a line that was never whole",
                count(*unsealed, "line"),
                count(*cut, "byte")
            )?;
        }
        for Removal {
            number,
            records,
            retention_seconds,
            ..
        } in &self.removals
        {
            write!(
                f,
                "\n  file {number} of the chain, with {}, was removed after {} as configured",
                count(*records, "record"),
                count(retention_seconds / 86_400, "day"),
            )?;
        }
        Ok(())
    }
}

fn count(number: u64, what: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{text} {what}{plural}")
}
