//! `csv`: one row a line, as RFC 4180 has it, but ended by LF alone.
//!
//! `2026-11-21T12:05:36.123456Z,INFO,APP,logged in,"{""user_id"":7}"`
//!
//! The columns are `timestamp,level,logger,message,fields`, and `file,line` where the source is
//! shown. All fields are one JSON object in the column `fields` (empty if there are none), so that
//! a table has the same columns whatever its records hold.
//!
//! A row is one line: a message's newlines and other controls are escaped, so that
//! [`unescape`](super::unescape) gives them back. A cell that a spreadsheet would take for a
//! formula (it begins with `= + - @`, one of their full-width forms, or TAB, behind white space too,
//! and is not a plain number) gets a leading apostrophe; so does one that begins with apostrophes
//! before such a character, so that taking one apostrophe away always gives the text back.
//!
//! Lossless: time, level, layer, message, and the fields as JSON has them.

use std::borrow::Cow;
use std::sync::Arc;

use super::escape::{json_escape, push_escaped, push_reversible, shown_name, unescape};
use super::shown::emptied;
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext, json};
use crate::key::KeyPieces;
use crate::scan::is_control;
use crate::{Buffer, Level, Record, Text, TextClass, Value};

/// CSV bound to a layer.
pub(super) struct Csv {
    time: Arc<TimeText>,
    /// From the time's end to the message's cell, for each level.
    heads: [Box<[u8]>; Level::ALL.len()],
    key_color: Option<(&'static str, &'static str)>,
    source: bool,
}

impl Csv {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<Csv, FormatError> {
        let quote = if settings.has_default_time() {
            ""
        } else {
            "\""
        };
        let head = |level: Level| {
            let (start, end) = settings.level_color(level);
            let mut head = Buffer::default();
            head.push_str(&format!(",{start}{level}{end},"));
            push_cell(Text::new(layer), &mut head);
            head.push(b',');
            head.as_bytes().into()
        };
        Ok(Csv {
            time: settings.rfc3339(quote, quote)?,
            heads: Level::ALL.map(head),
            key_color: settings.theme.map(|_| settings.key_color()),
            source: settings.source,
        })
    }

    /// The key with what stands before it; `first` is whether it is the first of the record.
    #[inline]
    fn push_key(&self, name: &str, pieces: &KeyPieces, first: bool, out: &mut Buffer) {
        if self.key_color.is_none() && !pieces.json.is_empty() {
            out.push_bytes(if first { b",\"{\"\"" } else { b",\"\"" });
            out.push_str(name);
            out.push_bytes(b"\"\":");
        } else {
            self.push_rare_key(name, first, out);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_rare_key(&self, name: &str, first: bool, out: &mut Buffer) {
        let (start, end) = self.key_color.unwrap_or_default();
        out.push_bytes(if first { b",\"{" } else { b"," });
        out.push_str(start);
        out.push_bytes(b"\"\"");
        push_json_text(shown_name(name), out);
        out.push_bytes(b"\"\"");
        out.push_str(end);
        out.push(b':');
    }
}

impl LineFormat for Csv {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        self.time.render(&mut context.times, record.unix_ns, out);
        out.push_bytes(&self.heads[record.level.index()]);
        push_cell(record.message, out);
        let scratch = &mut context.scratch;
        let mut first = true;
        record.each_field(|name, pieces, value| {
            self.push_key(name, pieces, std::mem::take(&mut first), out);
            push_value(value, scratch, out);
        });
        out.push_bytes(if first { b"," } else { b"}\"" });
        if self.source {
            push_source(record, out);
        }
        out.push(b'\n');
    }

    fn header(&self) -> Option<Vec<u8>> {
        let columns = ["timestamp", "level", "logger", "message", "fields"];
        let source: &[&str] = if self.source { &["file", "line"] } else { &[] };
        let (start, end) = self.key_color.unwrap_or_default();
        let names: Vec<String> = columns
            .iter()
            .chain(source)
            .map(|name| format!("{start}{name}{end}"))
            .collect();
        Some(format!("{}\n", names.join(",")).into_bytes())
    }
}

fn push_source(record: &Record<'_>, out: &mut Buffer) {
    out.push(b',');
    if let Some(location) = record.location {
        push_cell(Text::new(location.file), out);
        out.push(b',');
        out.push_u64(u64::from(location.line));
    } else {
        out.push(b',');
    }
}

/// A cell: bare where it can be, in quotes where it holds a comma, a quote or an outer space.
#[inline]
fn push_cell(text: Text<'_>, out: &mut Buffer) {
    let bytes = text.as_str().as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return;
    };
    // What begins with a letter or a digit is no formula; most messages do.
    if !text.class().is_clean() || !first.is_ascii_alphanumeric() || *last == b' ' {
        push_rare_cell(text.as_str(), out);
    } else if bytes.contains(&b',') {
        out.push(b'"');
        out.push_str(text.as_str());
        out.push(b'"');
    } else {
        out.push_str(text.as_str());
    }
}

#[cold]
#[inline(never)]
fn push_rare_cell(text: &str, out: &mut Buffer) {
    out.push(b'"');
    if looks_like_formula(text) {
        out.push(b'\'');
    }
    push_reversible(
        text,
        out,
        "\\",
        |c| c == '"',
        |_, out| out.push_bytes(b"\"\""),
    );
    out.push(b'"');
}

/// Gives back the text of which a cell was made, its quotes already taken off: what
/// [`unescape`](super::unescape) undoes, and the apostrophe before what a spreadsheet would run.
///
/// ```
/// use hydra_core::format::text_of_cell;
/// assert_eq!(text_of_cell("'=1+1"), "=1+1");
/// assert_eq!(text_of_cell(r"one\ntwo"), "one\ntwo");
/// assert_eq!(text_of_cell("'tis"), "'tis");
/// ```
pub fn text_of_cell(cell: &str) -> Cow<'_, str> {
    let text = unescape(cell);
    match text.strip_prefix('\'') {
        Some(bare) if looks_like_formula(bare) => bare.to_owned().into(),
        _ => text,
    }
}

/// Whether a spreadsheet might run a cell, or would show it without its first apostrophe.
fn looks_like_formula(text: &str) -> bool {
    // Some take white space away before they look.
    let lead = |c: char| c == '\'' || (c.is_whitespace() && c != '\t');
    let starts = |c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '＝' | '＋' | '－' | '＠');
    text.trim_start_matches(lead).starts_with(starts) && !is_plain_number(text)
}

/// A sign, digits, and at most one point.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// A value as JSON inside a quoted cell: each quote stands twice.
#[inline]
fn push_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    match value {
        Value::Str(text) => {
            out.push_bytes(b"\"\"");
            push_json_text(text, out);
            out.push_bytes(b"\"\"");
        }
        Value::U64(n) => out.push_u64(n),
        Value::I64(n) => out.push_i64(n),
        Value::F64(n) if n.is_finite() => out.push_f64(n),
        _ => push_rare_value(value, scratch, out),
    }
}

#[inline(never)]
fn push_rare_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    let json = emptied(scratch);
    json::push_value(value, json);
    for piece in json.as_bytes().split_inclusive(|byte| *byte == b'"') {
        out.push_bytes(piece);
        if piece.ends_with(b"\"") {
            out.push(b'"');
        }
    }
}

#[inline]
fn push_json_text(text: &str, out: &mut Buffer) {
    if TextClass::of(text).is_clean() {
        out.push_str(text);
    } else {
        push_escaped(
            text,
            out,
            |c| is_control(c) || matches!(c, '"' | '\\' | '\t'),
            |c, out| match c {
                '"' => out.push_str("\\\"\""),
                c => json_escape(c, out),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_told_from_what_it_would_not() {
        for text in [
            "=1+1", "+x", "-x", "@sum(A1)", "\tx", "'=1", "''-x", "-1-1", "+1.2.3", "-", "＝1",
            " =1", "\u{a0}@x", "' -x", " -5",
        ] {
            assert!(looks_like_formula(text), "{text:?}");
        }
        for text in ["-5", "+3.25", "5", "a=b", "'tis", "", "'", "1-1"] {
            assert!(!looks_like_formula(text), "{text:?}");
        }
    }
}
