//! What was wrong with a line: [`ReadError`].

use std::fmt;

use hydra_core::format::FormatKind;

/// How much of a line an error shows.
const SHOWN: usize = 24;

/// A line that is not one of its format.
///
/// ```
/// use hydra_cli::read::read;
/// use hydra_core::format::FormatKind;
/// let error = read(FormatKind::Syslog, b"<14>2 x").unwrap_err();
/// assert_eq!(error.column, 5);
/// assert!(error.to_string().starts_with("not a line of syslog: at byte 5"), "{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// The format it was read as.
    pub format: FormatKind,
    /// The byte of the line, counted from 1 and without colours, from which on it is wrong.
    pub column: usize,
    /// What should have stood there.
    pub expected: String,
    /// The beginning of what stands there; empty at the line's end.
    pub found: String,
}

impl ReadError {
    /// An error at the end of what `rest` leaves of a line of `length` bytes.
    pub(super) fn new(
        format: FormatKind,
        at: usize,
        expected: impl Into<String>,
        rest: &str,
    ) -> ReadError {
        ReadError {
            format,
            column: at + 1,
            expected: expected.into(),
            found: rest[..rest.floor_char_boundary(SHOWN)].to_owned(),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReadError {
            format,
            column,
            expected,
            found,
        } = self;
        write!(
            f,
            "not a line of {format}: at byte {column} expected {expected}, found "
        )?;
        if found.is_empty() {
            f.write_str("its end")
        } else {
            write!(f, "{found:?}")
        }
    }
}

impl std::error::Error for ReadError {}
