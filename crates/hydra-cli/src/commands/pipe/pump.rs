//! From a line to a record.

use hydra_logger::{Fields, Key, Layer, Level, Message, OwnedValue, ToValue as _, Value};

use super::Args;
use super::syntax::Syntax;
use crate::lines::Line;
use crate::read::OwnedRecord;
use crate::recognise;

/// Room for the mark at the end of a line that was cut.
pub(super) const MARK: usize = 64;

/// What became of the lines, as far as it is known before the destinations.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Records: lines that are not empty.
    pub(super) read: u64,
    /// Empty lines.
    pub(super) empty: u64,
    /// Records below the level of the layer, of its destinations, or of `--min-level`.
    pub(super) below: u64,
    /// Records that `--parse` could not take apart.
    pub(super) unparsed: u64,
}

/// Logs lines.
pub(super) struct Pump {
    layer: Layer,
    level: Option<Level>,
    min_level: Level,
    syntax: Option<Syntax>,
    counts: Counts,
    /// A line with what is no UTF-8 in it made readable.
    text: String,
}

impl Pump {
    pub(super) fn new(layer: Layer, args: &Args) -> Pump {
        Pump {
            layer,
            level: args.level,
            min_level: args.min_level.unwrap_or(Level::Trace),
            syntax: args.parse,
            counts: Counts::default(),
            text: String::new(),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Logs a line. Of a line in UTF-8 that is not taken apart, nothing is copied.
    pub(super) fn log(&mut self, line: Line<'_>) {
        if line.bytes.is_empty() {
            self.counts.empty += 1;
            return;
        }
        self.counts.read += 1;
        let mut buffer = std::mem::take(&mut self.text);
        let text = match std::str::from_utf8(line.bytes) {
            Ok(text) if line.cut == 0 => text,
            _ => {
                make_readable(line, &mut buffer);
                &buffer
            }
        };
        match self.syntax.and_then(|syntax| syntax.record(text)) {
            Some(record) => self.log_record(&record),
            None => self.log_text(line.bytes, text),
        }
        self.text = buffer;
    }

    fn log_text(&mut self, line: &[u8], text: &str) {
        let should_parse = matches!(self.syntax, Some(Syntax::Json | Syntax::Logfmt));
        self.counts.unparsed += u64::from(should_parse);
        let level = self
            .level
            .or_else(|| recognise::level(line))
            .unwrap_or_default();
        if self.takes(level) {
            self.layer
                .emit(level, Message::Str(text), Fields::NONE, None);
        }
    }

    fn log_record(&mut self, record: &OwnedRecord) {
        let level = self.level.unwrap_or(record.level);
        if !self.takes(level) {
            return;
        }
        let fields = &record.fields;
        let keys: Vec<Key<'_>> = fields.iter().map(|(key, _)| Key::dynamic(key)).collect();
        let values: Vec<Value<'_>> = fields
            .iter()
            .map(|(_, v)| OwnedValue::to_value(v))
            .collect();
        let (message, fields) = (Message::Str(&record.message), Fields::new(&keys, &values));
        match record.unix_ns {
            Some(time) => self.layer.emit_at(time, level, message, fields, None),
            None => self.layer.emit(level, message, fields, None),
        }
    }

    fn takes(&mut self, level: Level) -> bool {
        let takes = level >= self.min_level && self.layer.is_enabled(level);
        self.counts.below += u64::from(!takes);
        takes
    }
}

/// The line with `\xNN` for each byte that is no UTF-8, and the mark of what was cut.
#[cold]
fn make_readable(line: Line<'_>, out: &mut String) {
    use std::fmt::Write as _;
    out.clear();
    // A character that the cut has torn is cut whole.
    let torn = match std::str::from_utf8(line.bytes) {
        Err(error) if line.cut > 0 && error.error_len().is_none() => {
            line.bytes.len() - error.valid_up_to()
        }
        _ => 0,
    };
    let (kept, torn) = line.bytes.split_at(line.bytes.len() - torn);
    for chunk in kept.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    if line.cut > 0 {
        let cut = line.cut + torn.len() as u64;
        let _ = write!(out, "...[{cut} bytes truncated]");
    }
}
