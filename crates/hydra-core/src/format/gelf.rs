//! `gelf`: one object of GELF 1.1 a line.
//!
//! `{"timestamp":1700000000.123456,"version":"1.1","host":"web1","level":6,"_logger":"APP",
//! "short_message":"logged in","_user_id":7}` (in one line).
//!
//! A message of several lines, or one that is blank, which GELF forbids, stands whole in
//! `full_message`; `short_message` then is its first line, or `-`. TRACE has no number of its own
//! in syslog's severities: such a record also has `"_level_name":"TRACE"`.
//!
//! An additional field's name has `_` before it, and `_` in place of every character that GELF
//! does not allow there. Names that GELF or the servers that read it keep for themselves (`id`,
//! `level`, `source` and so on) get a trailing underscore. Values are texts or numbers: true,
//! false, null, NaN and whole numbers beyond 64 bits are texts, a duration is a number of seconds,
//! a nested value is the text of its JSON.
//!
//! Lossless: time, level, layer, message, numbers, texts, and names of allowed characters.

use std::sync::Arc;

use super::escape::push_json;
use super::json::push_string;
use super::shown::show;
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext};
use crate::config::TimeZoneSetting;
use crate::key::{KeyPieces, is_core_key, is_one_of};
use crate::{Buffer, Level, Record, Text, TextClass, Value};

/// GELF bound to a layer.
pub(super) struct Gelf {
    /// The time with what stands before it.
    time: Arc<TimeText>,
    /// The same for a time before 1970, which `time` cannot show as a negative number.
    before_1970: Box<str>,
    /// From the time's end to the key of the message, for each level.
    heads: [Box<[u8]>; Level::ALL.len()],
    short_message: Box<str>,
    full_message: Box<str>,
    key_color: Option<(&'static str, &'static str)>,
    source: bool,
}

impl Gelf {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<Gelf, FormatError> {
        let (start, end) = settings.key_color();
        let host = settings.host_name.clone().or_else(crate::sys::host_name);
        let host = host.filter(|host| !host.is_empty());
        let host = json_text(host.as_deref().unwrap_or("localhost"));
        let layer = json_text(layer);
        let key = |name: &str| format!("{start}\"{name}\"{end}:");
        let head = |level: Level| {
            let (level_start, level_end) = settings.level_color(level);
            let severity = level.syslog_severity();
            let trace = match level {
                Level::Trace => format!(",{}\"TRACE\"", key("_level_name")),
                _ => String::new(),
            };
            let head = format!(
                ",{}\"1.1\",{}{host},{}{level_start}{severity}{level_end}{trace},{}{layer},",
                key("version"),
                key("host"),
                key("level"),
                key("_logger"),
            );
            head.into_bytes().into_boxed_slice()
        };
        let seconds = match settings.subsecond_digits.unwrap_or(6) {
            0 => "%s".to_owned(),
            digits => format!("%s%.{digits}f"),
        };
        let before_time = format!("{{{}", key("timestamp"));
        Ok(Gelf {
            time: TimeText::new(&format!("{before_time}{seconds}"), &TimeZoneSetting::Utc)?,
            before_1970: before_time.into(),
            heads: Level::ALL.map(head),
            short_message: key("short_message").into(),
            full_message: key("full_message").into(),
            key_color: settings.theme.map(|_| (start, end)),
            source: settings.source,
        })
    }

    #[cold]
    #[inline(never)]
    fn push_time_before_1970(&self, unix_ns: i64, out: &mut Buffer) {
        let (seconds, fraction) = (unix_ns / 1_000_000_000, unix_ns % 1_000_000_000);
        out.push_str(&self.before_1970);
        out.push_fmt(format_args!("-{}.{:09}", -seconds, -fraction));
    }

    /// A message that is blank, or has controls: lines, perhaps.
    #[cold]
    #[inline(never)]
    fn push_rare_message(&self, message: Text<'_>, out: &mut Buffer) {
        let text = message.as_str();
        let first = text.lines().next().unwrap_or_default();
        let blank = first.trim().is_empty();
        out.push_str(&self.short_message);
        out.push(b'"');
        push_json(Text::new(if blank { "-" } else { first }), out);
        out.push(b'"');
        if blank || first.len() < text.len() {
            out.push(b',');
            out.push_str(&self.full_message);
            out.push(b'"');
            push_json(message, out);
            out.push(b'"');
        }
    }

    #[inline]
    fn push_key(&self, name: &str, pieces: &KeyPieces, out: &mut Buffer) {
        if self.key_color.is_none() && pieces.is_plain {
            out.push_bytes(b",\"_");
            out.push_str(name);
            out.push_bytes(b"\":");
        } else {
            self.push_rare_key(name, out);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_rare_key(&self, name: &str, out: &mut Buffer) {
        let (start, end) = self.key_color.unwrap_or_default();
        out.push(b',');
        out.push_str(start);
        out.push_bytes(b"\"_");
        push_name(name, out);
        out.push(b'"');
        out.push_str(end);
        out.push(b':');
    }

    #[cold]
    #[inline(never)]
    fn push_source(&self, record: &Record<'_>, out: &mut Buffer) {
        let Some(location) = record.location else {
            return;
        };
        let (start, end) = self.key_color.unwrap_or_default();
        out.push_fmt(format_args!(",{start}\"_file\"{end}:"));
        push_string(location.file, out);
        out.push_fmt(format_args!(",{start}\"_line\"{end}:{}", location.line));
    }
}

impl LineFormat for Gelf {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        if record.unix_ns < 0 {
            self.push_time_before_1970(record.unix_ns, out);
        } else {
            self.time.render(&mut context.times, record.unix_ns, out);
        }
        out.push_bytes(&self.heads[record.level.index()]);
        let message = record.message;
        let first = message.as_str().as_bytes().first();
        // What begins with a visible character and has no control is neither blank nor lines.
        if message.class().has(TextClass::CONTROL)
            || first.is_none_or(|byte| !byte.is_ascii_graphic())
        {
            self.push_rare_message(message, out);
        } else {
            out.push_str(&self.short_message);
            out.push(b'"');
            push_json(message, out);
            out.push(b'"');
        }
        let scratch = &mut context.scratch;
        record.each_field(|name, pieces, value| {
            self.push_key(name, pieces, out);
            push_value(value, scratch, out);
        });
        if self.source {
            self.push_source(record, out);
        }
        out.push_bytes(b"}\n");
    }
}

#[inline]
fn push_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    match value {
        Value::Str(text) => push_string(text, out),
        Value::U64(n) => out.push_u64(n),
        Value::I64(n) => out.push_i64(n),
        Value::F64(n) if n.is_finite() => out.push_f64(n),
        _ => push_rare_value(value, scratch, out),
    }
}

#[inline(never)]
fn push_rare_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    if let Value::Duration(duration) = value {
        return out.push_f64(duration.as_secs_f64());
    }
    out.push(b'"');
    if let Some(text) = show(value, out, scratch) {
        push_json(Text::new(&text), out);
    }
    out.push(b'"');
}

fn push_name(name: &str, out: &mut Buffer) {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if name.bytes().all(allowed) {
        out.push_str(name);
        if is_reserved(name) {
            out.push(b'_');
        }
    } else {
        let shown = |c: char| u8::try_from(c).is_ok_and(allowed);
        let name = name.replace(|c| !shown(c), "_");
        out.push_str(&name);
        // `level name` has become `level_name`, and must not be taken for ours.
        if is_reserved(&name) {
            out.push(b'_');
        }
    }
}

/// Names that GELF keeps, or that a server would take for the record's own and leave out.
pub(crate) const fn is_reserved(name: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "",
        "id",
        "level_name",
        "version",
        "host",
        "source",
        "short_message",
        "full_message",
    ];
    is_core_key(name) || is_one_of(name, &OTHERS)
}

fn json_text(text: &str) -> String {
    let mut out = Buffer::default();
    push_string(text, &mut out);
    String::from_utf8_lossy(out.as_bytes()).into_owned()
}
