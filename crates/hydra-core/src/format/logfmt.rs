//! `logfmt`: `key=value` pairs, as go-kit's logfmt reads them.
//!
//! `timestamp=2026-11-21T12:05:36.123456Z level=INFO logger=APP message="logged in" user_id=7`
//!
//! A value stands bare unless it is a text that holds a space, a quote, `=` or a control, or is
//! empty; then it is a string of JSON, with JSON's escapes. A nested value is its JSON, in such a
//! string. In a name, what logfmt does not allow (spaces, controls, `=`, `"`) becomes `_`.
//!
//! Lossless: time, level, layer, message, names of allowed characters, and the text of values. Not
//! their types: `7` and `"7"`, null and `"null"` look the same.

use std::sync::Arc;

use super::escape::{push_json, shown_name};
use super::shown::show;
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext};
use crate::key::KeyPieces;
use crate::scan::{is_bare, is_control};
use crate::{Buffer, Level, Record, Text, Value};

/// Logfmt bound to a layer.
pub(super) struct Logfmt {
    time: Arc<TimeText>,
    /// From the time's end to the message's value, for each level.
    heads: [Box<[u8]>; Level::ALL.len()],
    key_color: Option<(&'static str, &'static str)>,
    source: bool,
}

impl Logfmt {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<Logfmt, FormatError> {
        let (start, end) = settings.key_color();
        let quote = if settings.has_default_time() {
            ""
        } else {
            "\""
        };
        let head = |level: Level| {
            let (level_start, level_end) = settings.level_color(level);
            let mut head = Buffer::default();
            head.push_str(&format!(
                "{quote} {start}level{end}={level_start}{level}{level_end} {start}logger{end}="
            ));
            push_text(Text::new(layer), &mut head);
            head.push_str(&format!(" {start}message{end}="));
            head.as_bytes().into()
        };
        Ok(Logfmt {
            time: settings.rfc3339(&format!("{start}timestamp{end}={quote}"), "")?,
            heads: Level::ALL.map(head),
            key_color: settings.theme.map(|_| (start, end)),
            source: settings.source,
        })
    }

    fn push_key(&self, name: &str, pieces: &KeyPieces, out: &mut Buffer) {
        if self.key_color.is_none() && !pieces.text.is_empty() {
            return out.push_piece(&pieces.text);
        }
        let (start, end) = self.key_color.unwrap_or_default();
        out.push(b' ');
        out.push_str(start);
        push_name(name, out);
        out.push_str(end);
        out.push(b'=');
    }

    #[cold]
    #[inline(never)]
    fn push_source(&self, record: &Record<'_>, out: &mut Buffer) {
        let Some(location) = record.location else {
            return;
        };
        let (start, end) = self.key_color.unwrap_or_default();
        out.push_fmt(format_args!(" {start}file{end}="));
        push_text(Text::new(location.file), out);
        out.push_fmt(format_args!(" {start}line{end}={}", location.line));
    }
}

impl LineFormat for Logfmt {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        self.time.render(&mut context.times, record.unix_ns, out);
        out.push_bytes(&self.heads[record.level.index()]);
        push_text(record.message, out);
        let scratch = &mut context.scratch;
        record.each_field(|name, pieces, value| {
            self.push_key(name, pieces, out);
            push_value(value, scratch, out);
        });
        if self.source {
            self.push_source(record, out);
        }
        out.push(b'\n');
    }
}

#[inline]
fn push_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    if let Value::Str(text) = value {
        push_text_value(text, out);
    } else if let Value::U64(n) = value {
        out.push_u64(n);
    } else if let Some(text) = show(value, out, scratch) {
        push_text_value(&text, out);
    }
}

#[inline]
fn push_text_value(text: &str, out: &mut Buffer) {
    if is_bare(text) {
        out.push_str(text);
    } else {
        push_quoted(Text::new(text), out);
    }
}

#[inline]
fn push_text(text: Text<'_>, out: &mut Buffer) {
    if is_bare(text.as_str()) {
        out.push_str(text.as_str());
    } else {
        push_quoted(text, out);
    }
}

#[inline]
fn push_quoted(text: Text<'_>, out: &mut Buffer) {
    out.push(b'"');
    push_json(text, out);
    out.push(b'"');
}

#[cold]
#[inline(never)]
fn push_name(name: &str, out: &mut Buffer) {
    let bad = |c: char| c <= ' ' || matches!(c, '=' | '"' | '\u{fffd}') || is_control(c);
    match name {
        "" => out.push(b'_'),
        name if name.contains(bad) => out.push_str(&name.replace(bad, "_")),
        name => out.push_str(shown_name(name)),
    }
}
