//! Lines that hold structure.

use hydra_core::format::FormatKind;
use hydra_logger::OwnedValue;

use crate::read::{OwnedRecord, read};

/// How lines are taken apart.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(super) enum Syntax {
    /// A JSON object in each line
    Json,
    /// key=value pairs, separated by blanks
    Logfmt,
    /// JSON where a line begins with {, logfmt where it consists of pairs, else text
    Auto,
}

impl Syntax {
    /// The record that a line holds, or `None` where the line is not of this syntax.
    ///
    /// What its program calls logger, file, line and host comes back as fields: the layer is that
    /// of this program, and a place in the source its own.
    pub(super) fn record(self, line: &str) -> Option<OwnedRecord> {
        let is_json = match self {
            Syntax::Json => true,
            Syntax::Logfmt => false,
            Syntax::Auto => line.starts_with('{'),
        };
        // GELF is JSON with names and levels of its own.
        let formats: &[FormatKind] = match is_json {
            true if line.contains("\"short_message\"") => &[FormatKind::Gelf, FormatKind::Json],
            true => &[FormatKind::Json],
            false => &[FormatKind::Logfmt],
        };
        let mut records = formats.iter().map(|format| read(*format, line.as_bytes()));
        let mut record = records.find_map(Result::ok)?;
        let mut add = |name: &str, value| record.fields.push((name.to_owned(), value));
        let text = |text: String| OwnedValue::Str(text.into());
        if !record.layer.is_empty() {
            add("logger", text(std::mem::take(&mut record.layer)));
        }
        if let Some(place) = record.place.take() {
            add("file", text(place.file));
            add("line", OwnedValue::U64(place.line.into()));
        }
        if let Some(host) = record.origin.host.take() {
            add("host", text(host));
        }
        Some(record)
    }
}
