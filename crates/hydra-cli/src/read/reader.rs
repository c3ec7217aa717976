//! A whole log, line by line: [`Reader`].

use hydra_core::format::FormatKind;

use super::{OwnedRecord, ReadError, detect, is_header, read};

/// What a line turned out to be.
///
/// ```
/// use hydra_cli::read::{Line, Reader};
/// let mut reader = Reader::new(None);
/// assert!(matches!(reader.read(b"level=info msg=up\n"), Ok(Line::Record(_))));
/// assert!(matches!(reader.read(b"\n"), Ok(Line::Nothing)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A record.
    Record(OwnedRecord),
    /// An empty line, the header of a CSV file, or a line that an audit chain has for itself.
    Nothing,
}

/// Reads the lines of a log whose format is given or found out.
///
/// Where it is found out, each line that is not of the format of those before it is tried as every
/// other: a log may change its format when its program is configured anew.
///
/// ```
/// use hydra_cli::read::Reader;
/// use hydra_core::format::FormatKind;
/// let mut reader = Reader::new(None);
/// reader.read(br#"{"level":"INFO","message":"up"}"#)?;
/// assert_eq!(reader.format(), Some(FormatKind::Json));
/// # Ok::<(), Option<hydra_cli::read::ReadError>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    given: Option<FormatKind>,
    found: Option<FormatKind>,
}

impl Reader {
    /// Reads lines of this format, or of those that are found.
    pub fn new(format: Option<FormatKind>) -> Reader {
        Reader {
            given: format,
            found: format,
        }
    }

    /// The format of the last line that could be read, or the one that was given.
    pub fn format(&self) -> Option<FormatKind> {
        self.found
    }

    /// Reads a line; its end may be missing.
    ///
    /// # Errors
    /// What is wrong with it, or `None` where its format is not known.
    pub fn read(&mut self, line: &[u8]) -> Result<Line, Option<ReadError>> {
        let may_be_header = matches!(self.given, None | Some(FormatKind::Csv));
        if line.trim_ascii().is_empty() || hydra_protect::audit::is_of_chain(line) {
            return Ok(Line::Nothing);
        }
        if may_be_header && is_header(line) {
            self.found = Some(FormatKind::Csv);
            return Ok(Line::Nothing);
        }
        let first = self.found.map(|format| read(format, line));
        match first {
            Some(Ok(record)) => Ok(Line::Record(record)),
            Some(Err(error)) if self.given.is_some() => Err(Some(error)),
            failed => {
                let Some(format) = detect(line) else {
                    return Err(failed.and_then(Result::err));
                };
                self.found = Some(format);
                read(format, line).map(Line::Record).map_err(Some)
            }
        }
    }
}
