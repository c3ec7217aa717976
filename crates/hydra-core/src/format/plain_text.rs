//! `plain-text`: date, time, layer, message, fields, for people.
//!
//! `2026-11-21 13:05:36.123456+01:00 APP INFO - logged in user_id=7 name="Ada L."`

use std::sync::Arc;

use super::escape::{plain_escape, push_plain, shown_name};
use super::template::{self, Field, Part, padded};
use super::time_text::TimeText;
use super::{Color, FormatError, FormatSettings, LineFormat, RenderContext, Theme};
use crate::config::TimeZoneSetting;
use crate::record::{KeyPieces, is_bare_word};
use crate::scan::{TextClass, is_control};
use crate::value::write_bytes;
use crate::{Buffer, Level, Location, Record, Text, Value};

/// Plain text bound to a layer.
pub(super) struct PlainText {
    time: Arc<TimeText>,
    /// From the time's end to the message's first byte, for each level; empty where the template
    /// has more than that.
    heads: [Box<[u8]>; Level::ALL.len()],
    /// What follows the head: the message alone, in the common case.
    rest: [Box<[Segment]>; Level::ALL.len()],
    theme: Option<Theme>,
    source: bool,
}

/// What a record fills in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Message,
    Literal(Box<[u8]>),
    Source {
        file: bool,
        width: usize,
        left: bool,
    },
    Thread {
        width: usize,
        left: bool,
    },
}

impl PlainText {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<PlainText, FormatError> {
        let templates = &settings.templates;
        let zone = settings.time_zone.clone().unwrap_or(TimeZoneSetting::Local);
        let date = templates.date_format.as_deref().unwrap_or("%Y-%m-%d");
        let parts = [date, &settings.time_template("%:z")];
        let time = parts
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        super::time_text::check(&time, &[])?;
        let time = TimeText::new(&time, &zone)?;
        let name = templates.logger_name_format.as_deref().unwrap_or("{name}");
        let message = templates
            .message_format
            .as_deref()
            .unwrap_or("{level} - {message}");
        let name = template::parse(name)?;
        let message = template::parse(message)?;
        let space = if time.is_empty() { "" } else { " " };
        let bound = Level::ALL.map(|level| {
            let binder = Binder {
                level,
                layer,
                theme: settings.theme,
            };
            let mut segments = Vec::new();
            binder.fold(&name, &mut segments);
            if !segments.is_empty() {
                push_literal(b" ", &mut segments);
            }
            binder.fold(&message, &mut segments);
            match segments.first() {
                Some(Segment::Literal(text)) => {
                    let head = [space.as_bytes(), text].concat();
                    (
                        head.into_boxed_slice(),
                        segments.split_off(1).into_boxed_slice(),
                    )
                }
                _ => (space.as_bytes().into(), segments.into_boxed_slice()),
            }
        });
        let heads = std::array::from_fn(|i| bound[i].0.clone());
        let rest = bound.map(|(_, rest)| rest);
        Ok(PlainText {
            time,
            heads,
            rest,
            theme: settings.theme,
            source: settings.source,
        })
    }

    #[cold]
    #[inline(never)]
    fn push_segments(&self, record: &Record<'_>, out: &mut Buffer) {
        for segment in &self.rest[record.level.index()] {
            match segment {
                Segment::Message => push_plain(record.message, out),
                Segment::Literal(text) => out.push_bytes(text),
                Segment::Source { file, width, left } => {
                    let unknown = Location { file: "", line: 0 };
                    let location = record.location.unwrap_or(unknown);
                    let text = if *file {
                        location.file
                    } else {
                        &location.line.to_string()
                    };
                    out.push_str(&padded(text, *width, *left));
                }
                Segment::Thread { width, left } => {
                    let current = std::thread::current();
                    let name = current.name().unwrap_or("unnamed");
                    push_plain(Text::new(&padded(name, *width, *left)), out);
                }
            }
        }
    }

    fn push_key(&self, name: &str, pieces: &KeyPieces, out: &mut Buffer) {
        let Some(theme) = self.theme else {
            return push_text_key(name, pieces, out);
        };
        out.push(b' ');
        out.push_str(theme.key.start());
        push_text_value(&shown_name(name), out);
        if theme.key != Color::None {
            out.push_str(Color::RESET);
        }
        out.push(b'=');
    }
}

/// Folds what a level and a layer decide into literals.
struct Binder<'a> {
    level: Level,
    layer: &'a str,
    theme: Option<Theme>,
}

impl Binder<'_> {
    fn fold(&self, parts: &[Part], segments: &mut Vec<Segment>) {
        for part in parts {
            let Part::Field { field, width, left } = part else {
                if let Part::Literal(text) = part {
                    let mut out = Buffer::default();
                    push_plain(Text::new(text), &mut out);
                    push_literal(out.as_bytes(), segments);
                }
                continue;
            };
            let (width, left) = (*width, *left);
            let fixed = match field {
                Field::Message => {
                    segments.push(Segment::Message);
                    continue;
                }
                Field::File | Field::Line => {
                    segments.push(Segment::Source {
                        file: *field == Field::File,
                        width,
                        left,
                    });
                    continue;
                }
                Field::Thread => {
                    segments.push(Segment::Thread { width, left });
                    continue;
                }
                Field::Level => self.colored(&padded(self.level.name(), width, left)),
                Field::LevelNumber => padded(&self.level.number().to_string(), width, left),
                Field::Layer => padded(self.layer, width, left),
                Field::Process => padded(&std::process::id().to_string(), width, left),
            };
            push_literal(fixed.as_bytes(), segments);
        }
    }

    fn colored(&self, text: &str) -> String {
        match self.theme.map(|theme| theme.level(self.level)) {
            Some(color) if color != Color::None => {
                format!("{}{text}{}", color.start(), Color::RESET)
            }
            _ => text.to_owned(),
        }
    }
}

/// Appends a literal to the one before it, if there is one.
fn push_literal(text: &[u8], segments: &mut Vec<Segment>) {
    if let Some(Segment::Literal(before)) = segments.last_mut() {
        *before = [before, text].concat().into_boxed_slice();
    } else if !text.is_empty() {
        segments.push(Segment::Literal(text.into()));
    }
}

impl LineFormat for PlainText {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        self.time.render(&mut context.times, record.unix_ns, out);
        let level = record.level.index();
        out.push_bytes(&self.heads[level]);
        if let [Segment::Message] = *self.rest[level] {
            push_plain(record.message, out);
        } else {
            self.push_segments(record, out);
        }
        record.each_field(|name, pieces, value| {
            self.push_key(name, pieces, out);
            push_value(value, out);
        });
        if self.source
            && let Some(location) = record.location
        {
            out.push_str(" file=");
            push_text_value(location.file, out);
            out.push_str(" line=");
            out.push_u64(u64::from(location.line));
        }
        out.push(b'\n');
    }
}

/// ` name=`, quoted where the name needs it.
#[inline]
pub(super) fn push_text_key(name: &str, pieces: &KeyPieces, out: &mut Buffer) {
    if pieces.text.is_empty() {
        out.push(b' ');
        push_text_value(&shown_name(name), out);
        out.push(b'=');
    } else {
        out.push_piece(&pieces.text);
    }
}

/// A value: bare where it can be, quoted where it holds spaces, quotes, `=` or nothing.
#[inline]
pub(super) fn push_value(value: Value<'_>, out: &mut Buffer) {
    if let Value::Str(text) = value {
        push_text_value(text, out);
    } else if let Value::U64(n) = value {
        out.push_u64(n);
    } else if let Value::F64(n) = value {
        out.push_f64(n);
    } else {
        push_rare(value, out);
    }
}

#[inline(never)]
fn push_rare(value: Value<'_>, out: &mut Buffer) {
    match value {
        Value::List(_) | Value::Map(_) | Value::Sequence(_) | Value::Mapping(_) => {
            super::json::push_value(value, out);
        }
        _ => push_text_value(&shown(value), out),
    }
}

/// A value's text, for the formats that have only texts.
#[cold]
pub(super) fn shown(value: Value<'_>) -> String {
    let mut text = String::new();
    match value {
        Value::Null => text.push_str("null"),
        Value::Str(v) => text.push_str(v),
        Value::Time(ns) => text = rfc3339(ns),
        Value::Bytes(v) => {
            let _ = write_bytes(v, &mut text);
        }
        Value::Display(v) => crate::value::run_user_code(&mut text, |out| write!(out, "{v}")),
        Value::Debug(v) => crate::value::run_user_code(&mut text, |out| write!(out, "{v:?}")),
        Value::Error(v) => crate::value::run_user_code(&mut text, |out| write!(out, "{v}")),
        Value::F64(v) => text.push_str(zmij::Buffer::new().format(v)),
        Value::List(_) | Value::Map(_) | Value::Sequence(_) | Value::Mapping(_) => {
            let mut out = Buffer::default();
            super::json::push_value(value, &mut out);
            text.push_str(&String::from_utf8_lossy(out.as_bytes()));
        }
        // Booleans, whole numbers and durations show themselves as text should.
        _ => text = format!("{value:?}"),
    }
    text
}

/// A moment as RFC 3339 in UTC, with as many digits after the second as it needs.
pub(super) fn rfc3339(unix_ns: i64) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(unix_ns))
        .map_or_else(|_| unix_ns.to_string(), |time| time.to_string())
}

/// A text, bare or in quotes; inside them `"` and `\` are escaped as in JSON.
#[inline]
pub(super) fn push_text_value(text: &str, out: &mut Buffer) {
    if crate::scan::is_bare(text) {
        out.push_str(text);
    } else {
        push_quoted(text, out);
    }
}

#[cold]
#[inline(never)]
fn push_quoted(text: &str, out: &mut Buffer) {
    if is_bare_beyond_ascii(text) {
        return out.push_str(text);
    }
    out.push(b'"');
    super::escape::push_escaped(
        text,
        out,
        |c| is_control(c) || matches!(c, '"' | '\\'),
        |c, out| match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c => plain_escape(c, out),
        },
    );
    out.push(b'"');
}

/// Words of other scripts need no quotes either.
fn is_bare_beyond_ascii(text: &str) -> bool {
    !text.is_empty()
        && !TextClass::of(text).has(TextClass::CONTROL)
        && text.chars().all(|c| {
            if c.is_ascii() {
                is_bare_word(c.encode_utf8(&mut [0; 4])) || c == '\\'
            } else {
                !c.is_whitespace()
            }
        })
}
