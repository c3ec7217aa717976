//! `json`: one object a line. Core keys first, then every field at the top level.
//!
//! `{"timestamp":"…","level":"INFO","logger":"APP","message":"…","user_id":7}`

use std::sync::Arc;

use super::escape::{push_json, shown_name};
use super::shown::show;
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext, Theme, around};
use crate::key::KeyPieces;
use crate::{Buffer, Level, Record, Text, TextClass, Value};

/// JSON bound to a layer.
pub(super) struct Json {
    /// The time with what stands before it.
    time: Arc<TimeText>,
    /// From the time's end to the message's first byte, for each level.
    heads: [Box<[u8]>; Level::ALL.len()],
    theme: Option<Theme>,
    source: bool,
}

impl Json {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<Json, FormatError> {
        let (start, end) = settings.key_color();
        let head = |level: Level| {
            let (level_start, level_end) = settings.level_color(level);
            let mut name = Buffer::default();
            push_json(Text::new(layer), &mut name);
            let mut head = Buffer::default();
            head.push_str(&format!(
                "\",{start}\"level\"{end}:{level_start}\"{level}\"{level_end},{start}\"logger\"{end}:\""
            ));
            head.push_bytes(name.as_bytes());
            head.push_str(&format!("\",{start}\"message\"{end}:\""));
            head.as_bytes().into()
        };
        Ok(Json {
            time: settings.rfc3339(&format!("{{{start}\"timestamp\"{end}:\""), "")?,
            heads: Level::ALL.map(head),
            theme: settings.theme,
            source: settings.source,
        })
    }

    /// A field. The common kinds are asked for first: after a system call a jump table is a cold
    /// indirect jump.
    #[inline]
    fn push_field(&self, name: &str, pieces: &KeyPieces, value: Value<'_>, out: &mut Buffer) {
        if self.theme.is_some() || pieces.json.is_empty() {
            return self.push_rare_key(name, value, out);
        }
        if let Value::Str(text) = value {
            if TextClass::of(text).is_clean() {
                return out.push_keyed_quoted(&pieces.json, text);
            }
        } else if let Value::U64(n) = value {
            return out.push_keyed_u64(&pieces.json, n);
        } else if let Value::F64(n) = value
            && out.push_keyed_short_f64(&pieces.json, n)
        {
            return;
        }
        out.push_piece(&pieces.json);
        push_value(value, out);
    }

    #[inline(never)]
    fn push_rare_key(&self, name: &str, value: Value<'_>, out: &mut Buffer) {
        let (start, end) = self.theme.map_or(("", ""), |theme| around(theme.key));
        out.push(b',');
        out.push_str(start);
        push_string(shown_name(name), out);
        out.push_str(end);
        out.push(b':');
        push_value(value, out);
    }

    #[cold]
    #[inline(never)]
    fn push_source(&self, record: &Record<'_>, out: &mut Buffer) {
        let Some(location) = record.location else {
            return;
        };
        let (start, end) = self.theme.map_or(("", ""), |theme| around(theme.key));
        out.push_fmt(format_args!(",{start}\"file\"{end}:"));
        push_string(location.file, out);
        out.push_fmt(format_args!(",{start}\"line\"{end}:{}", location.line));
    }
}

impl LineFormat for Json {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        self.time.render(&mut context.times, record.unix_ns, out);
        out.push_bytes(&self.heads[record.level.index()]);
        push_json(record.message, out);
        out.push(b'"');
        record.each_field(|name, pieces, value| {
            self.push_field(name, pieces, value, out);
        });
        if self.source {
            self.push_source(record, out);
        }
        out.push_bytes(b"}\n");
    }
}

/// A value as JSON.
#[inline]
pub(crate) fn push_value(value: Value<'_>, out: &mut Buffer) {
    if let Value::Str(text) = value {
        push_string(text, out);
    } else if let Value::U64(n) = value {
        out.push_u64(n);
    } else if let Value::F64(n) = value {
        push_number(n, out);
    } else {
        push_rare(value, out);
    }
}

#[inline]
pub(crate) fn push_string(text: &str, out: &mut Buffer) {
    let text = Text::new(text);
    if text.class().is_clean() {
        out.push_quoted(text.as_str());
    } else {
        out.push(b'"');
        push_json(text, out);
        out.push(b'"');
    }
}

#[inline]
fn push_number(n: f64, out: &mut Buffer) {
    if n.is_finite() {
        out.push_f64(n);
    } else {
        out.push_str("null");
    }
}

#[inline(never)]
fn push_rare(value: Value<'_>, out: &mut Buffer) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(v) => out.push_str(if v { "true" } else { "false" }),
        Value::I64(v) => out.push_i64(v),
        Value::U64(v) => out.push_u64(v),
        Value::I128(v) => out.push_str(itoa::Buffer::new().format(*v)),
        Value::U128(v) => out.push_str(itoa::Buffer::new().format(*v)),
        Value::F64(v) => push_number(v, out),
        Value::Str(v) => push_string(v, out),
        Value::Duration(v) => push_number(v.as_secs_f64(), out),
        Value::List(items) => {
            push_joined(*b"[]", out, |add| {
                for value in items {
                    add(None, *value);
                }
            });
        }
        Value::Map(items) => {
            push_joined(*b"{}", out, |add| {
                for (key, value) in items {
                    add(Some(key), *value);
                }
            });
        }
        Value::Sequence(v) => push_joined(*b"[]", out, |add| v.each(&mut |v| add(None, v))),
        Value::Mapping(v) => push_joined(*b"{}", out, |add| v.each(&mut |k, v| add(Some(k), v))),
        Value::Time(_)
        | Value::Bytes(_)
        | Value::Display(_)
        | Value::Debug(_)
        | Value::Error(_) => {
            out.push(b'"');
            if let Some(text) = show(value, out, &mut Buffer::default()) {
                push_json(Text::new(&text), out);
            }
            out.push(b'"');
        }
    }
}

fn push_joined(
    brackets: [u8; 2],
    out: &mut Buffer,
    each: impl FnOnce(&mut dyn FnMut(Option<&str>, Value<'_>)),
) {
    out.push(brackets[0]);
    let mut first = true;
    each(&mut |key, value| {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        if let Some(key) = key {
            push_string(key, out);
            out.push(b':');
        }
        push_value(value, out);
    });
    out.push(brackets[1]);
}
