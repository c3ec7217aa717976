//! Is a file whole, and where does it break?

use std::fmt;

use serde::de::IgnoredAny;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// One JSON value.
    Json,
    /// One JSON value a line; blank lines are passed over.
    JsonLines,
    /// Comma-separated values (RFC 4180), each row with as many cells as the first.
    Csv,
}

/// Where a file breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The line, from 1.
    pub line: u64,
    /// The byte in the file, from 0, at which what is whole ends.
    pub offset: u64,
    /// What is wrong there; never a part of the contents.
    pub reason: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, byte {}: {}",
            self.line, self.offset, self.reason
        )
    }
}

/// What [`CorruptionDetector::check`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Integrity {
    /// How many values, lines or rows are whole.
    pub whole_records: u64,
    /// The first damage.
    pub damage: Option<Damage>,
}

impl Integrity {
    /// Whether there is no damage.
    pub fn is_whole(&self) -> bool {
        self.damage.is_none()
    }
}

/// Says whether contents are whole, and where they break.
///
/// ```
/// use hydra_protect::fallback::{CorruptionDetector, Layout};
///
/// let found = CorruptionDetector::check(b"{\"a\":1}\n{\"a\":", Layout::JsonLines);
/// assert_eq!(found.whole_records, 1);
/// assert_eq!(found.damage.unwrap().line, 2);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CorruptionDetector;

impl CorruptionDetector {
    /// Reads contents through.
    pub fn check(contents: &[u8], layout: Layout) -> Integrity {
        let mut integrity = Integrity {
            whole_records: 0,
            damage: None,
        };
        let pieces: Box<dyn Iterator<Item = Piece<'_>>> = match layout {
            Layout::Json => Box::new(std::iter::once(json(contents, 1, 0))),
            Layout::JsonLines => Box::new(json_lines(contents)),
            Layout::Csv => Box::new(csv_rows(contents)),
        };
        for piece in pieces {
            match piece {
                Ok(_) => integrity.whole_records += 1,
                Err(damage) => {
                    integrity.damage.get_or_insert(damage);
                }
            }
        }
        integrity
    }
}

/// A record's bytes, or why it is none.
pub(super) type Piece<'t> = Result<&'t [u8], Damage>;

fn json(text: &[u8], first_line: u64, offset: u64) -> Piece<'_> {
    match serde_json::from_slice::<IgnoredAny>(text) {
        Ok(_) => Ok(text),
        Err(error) => {
            let line = u64::try_from(error.line()).unwrap_or(1).max(1);
            let reason = match error.classify() {
                serde_json::error::Category::Eof => "it ends before it is complete",
                _ => "it is no JSON",
            };
            Err(Damage {
                line: first_line + line - 1,
                offset: offset + offset_of(text, error.line(), error.column()),
                reason: reason.into(),
            })
        }
    }
}

fn offset_of(text: &[u8], line: usize, column: usize) -> u64 {
    let start: usize = text
        .split_inclusive(|b| *b == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (start + column).min(text.len()) as u64
}

/// Each line that is not blank.
pub(super) fn json_lines(contents: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut offset = 0;
    let lines = contents.split_inclusive(|b| *b == b'\n').zip(1..);
    lines.filter_map(move |(text, line)| {
        let start = offset;
        offset += text.len() as u64;
        let text = text.trim_ascii();
        (!text.is_empty()).then(|| json(text, line, start))
    })
}

/// Each row, its line's end included. Rows are split by hand, so that a quote that is never closed
/// is known from a cell of many lines.
pub(super) fn csv_rows(contents: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = contents;
    let (mut line, mut offset) = (1, 0);
    let mut width = None;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (row, quoted) = split_row(rest);
            let (start, first) = (offset, line);
            rest = rest.get(row.len()..).unwrap_or_default();
            offset += row.len() as u64;
            line += memchr::memchr_iter(b'\n', row).count() as u64;
            if row.trim_ascii().is_empty() {
                continue;
            }
            let damage = |reason: &str| Damage {
                line: first,
                offset: start,
                reason: reason.into(),
            };
            if quoted {
                return Some(Err(damage("a quote is never closed")));
            }
            if row.contains(&0) {
                return Some(Err(damage("it holds NUL bytes")));
            }
            let cells = cells(row);
            if *width.get_or_insert(cells) != cells {
                return Some(Err(damage("it has more or fewer cells than the first row")));
            }
            return Some(Ok(row));
        }
        None
    })
}

/// The first row, and whether it ends inside a quote.
fn split_row(text: &[u8]) -> (&[u8], bool) {
    let mut quoted = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return (text.get(..=at).unwrap_or(text), false),
            _ => {}
        }
    }
    // Where a quote is never closed, the row is its first line: what follows may be whole.
    let end = if quoted {
        memchr::memchr(b'\n', text)
    } else {
        None
    };
    let row = end.and_then(|end| text.get(..=end)).unwrap_or(text);
    (row, quoted)
}

fn cells(row: &[u8]) -> usize {
    let mut quoted = false;
    let commas = row.iter().filter(|byte| {
        quoted ^= **byte == b'"';
        **byte == b',' && !quoted
    });
    commas.count() + 1
}
