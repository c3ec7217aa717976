//! Reads lines back into records: each of the six formats, as `hydra-core` writes it with its
//! default templates, and the common shapes of other programs' JSON and logfmt.
//!
//! What is promised: any bytes may be given, nothing panics, and what the formats escape is
//! unescaped exactly. Colours are taken off first. A line is either read whole or is an error that
//! names the byte where it stopped being a line of its format; nothing is guessed in between.
//!
//! What a format does not keep cannot come back; each module's head says what that is.

mod ansi;
mod csv;
mod cursor;
mod error;
mod gelf;
mod json;
mod json_value;
mod keys;
mod logfmt;
mod plain_text;
mod reader;
mod record;

mod syslog;
mod text;
mod time;
mod value;

pub use ansi::colors_alone;
pub use error::ReadError;
pub use reader::{Line, Reader};
pub use record::{Origin, OwnedRecord, Place};

use hydra_core::format::FormatKind;

/// Reads one line (its newline may be missing) in this format.
///
/// # Errors
/// The line is not one of this format; the error says at which byte, and what was expected there.
///
/// ```
/// use hydra_cli::read::read;
/// use hydra_core::format::FormatKind;
///
/// let line = b"2026-11-21 13:05:36.123456+01:00 APP INFO - logged in user_id=7\n";
/// let record = read(FormatKind::PlainText, line)?;
/// assert_eq!((&*record.layer, &*record.message), ("APP", "logged in"));
/// assert_eq!(record.fields[0].0, "user_id");
///
/// let error = read(FormatKind::Json, b"{\"level\":").unwrap_err();
/// assert!(error.to_string().contains("byte"));
/// # Ok::<(), hydra_cli::read::ReadError>(())
/// ```
pub fn read(format: FormatKind, line: &[u8]) -> Result<OwnedRecord, ReadError> {
    let text = text::readable(line);
    let read = match format {
        FormatKind::PlainText => plain_text::read,
        FormatKind::Json => json::read,
        FormatKind::Csv => csv::read,
        FormatKind::Syslog => syslog::read,
        FormatKind::Gelf => gelf::read,
        FormatKind::Logfmt => logfmt::read,
        // Formats that are added to hydra-core need a reader here first.
        other => {
            return Err(ReadError::new(
                other,
                0,
                "a format that can be read back",
                "",
            ));
        }
    };
    read(&text)
}

/// The format of a line, or `None` if no format's reader takes it.
///
/// ```
/// use hydra_cli::read::detect;
/// use hydra_core::format::FormatKind;
///
/// assert_eq!(detect(b"level=info msg=up"), Some(FormatKind::Logfmt));
/// assert_eq!(detect(br#"{"level":30,"time":1700000000000,"msg":"up"}"#), Some(FormatKind::Json));
/// assert_eq!(detect(b"panicked at src/main.rs"), None);
/// ```
pub fn detect(line: &[u8]) -> Option<FormatKind> {
    let text = text::readable(line);
    if csv::is_header(&text) {
        return Some(FormatKind::Csv);
    }
    candidates(&text)
        .iter()
        .copied()
        .find(|format| read(*format, text.as_bytes()).is_ok())
}

/// The formats whose lines may begin as this one does, the likeliest first.
fn candidates(text: &str) -> &'static [FormatKind] {
    match text.as_bytes().first() {
        Some(b'{' | b' ') => &[FormatKind::Gelf, FormatKind::Json],
        Some(b'<') => &[FormatKind::Syslog],
        Some(b'0'..=b'9') => &[FormatKind::PlainText, FormatKind::Csv],
        Some(_) => &[FormatKind::Logfmt],
        None => &[],
    }
}

/// Reads a time as RFC 3339 has it, or with a space for its `T`, in nanoseconds since 1970-01-01;
/// UTC unless it has an offset. `None` if the text is no such time.
///
/// ```
/// assert_eq!(hydra_cli::read::parse_time("1970-01-01T01:00:00+01:00"), Some(0));
/// ```
pub fn parse_time(text: &str) -> Option<i64> {
    time::whole(text)
}

/// Whether a line is the header of a CSV file, which holds no record.
///
/// ```
/// assert!(hydra_cli::read::is_header(b"timestamp,level,logger,message,fields\n"));
/// ```
pub fn is_header(line: &[u8]) -> bool {
    csv::is_header(&text::readable(line))
}
