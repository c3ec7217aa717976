//! `plain-text`: date, time, layer, message, fields, for people.
//!
//! `2026-11-21 13:05:36.123456+01:00 APP INFO - logged in user_id=7 name="Ada L."`

use std::sync::Arc;

use super::escape::{plain_escape, push_plain, shown_name};
use super::shown::show;
use super::template::{self, Field, Part, padded};
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext, Theme, around};
use crate::config::TimeZoneSetting;
use crate::key::{KeyPieces, is_bare_word};
use crate::scan::{TextClass, is_control};
use crate::{Buffer, Level, Location, Record, Text, Value, process};

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
    /// Not folded: it is another one after a fork.
    Process {
        width: usize,
        left: bool,
    },
}

impl PlainText {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<PlainText, FormatError> {
        let templates = &settings.templates;
        let zone = settings.time_zone.clone().unwrap_or(TimeZoneSetting::Local);
        let date = templates.date_format.as_deref().unwrap_or("%Y-%m-%d");
        let parts = [date, &settings.time_template("%:z")?];
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
            if !segments.is_empty() && !message.is_empty() {
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
                    push_plain(Text::new(&padded(text, *width, *left)), out);
                }
                Segment::Process { width, left } => {
                    out.push_str(&padded(&process::id().to_string(), *width, *left));
                }
                Segment::Thread { width, left } => {
                    let current = std::thread::current();
                    let name = current.name().unwrap_or("unnamed");
                    push_plain(Text::new(&padded(name, *width, *left)), out);
                }
            }
        }
    }

    /// A field, the common kinds first, as in JSON.
    #[inline]
    fn push_field(&self, name: &str, pieces: &KeyPieces, value: Value<'_>, out: &mut Buffer) {
        if self.theme.is_some() || pieces.text.is_empty() {
            return self.push_rare_key(name, value, out);
        }
        if let Value::Str(text) = value {
            if crate::scan::is_bare(text) {
                return out.push_keyed_str(&pieces.text, text);
            }
        } else if let Value::U64(n) = value {
            return out.push_keyed_u64(&pieces.text, n);
        } else if let Value::F64(n) = value
            && out.push_keyed_short_f64(&pieces.text, n)
        {
            return;
        }
        out.push_piece(&pieces.text);
        push_value(value, out);
    }

    #[inline(never)]
    fn push_rare_key(&self, name: &str, value: Value<'_>, out: &mut Buffer) {
        if self.theme.is_some() {
            self.push_colored_key(shown_name(name), out);
        } else {
            out.push(b' ');
            push_text_value(shown_name(name), out);
            out.push(b'=');
        }
        push_value(value, out);
    }

    fn push_colored_key(&self, name: &str, out: &mut Buffer) {
        let (start, end) = self.theme.map_or(("", ""), |theme| around(theme.key));
        out.push(b' ');
        out.push_str(start);
        push_text_value(name, out);
        out.push_str(end);
        out.push(b'=');
    }

    #[cold]
    #[inline(never)]
    fn push_source(&self, record: &Record<'_>, out: &mut Buffer) {
        if let Some(location) = record.location {
            self.push_colored_key("file", out);
            push_text_value(location.file, out);
            self.push_colored_key("line", out);
            out.push_u64(u64::from(location.line));
        }
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
                    push_literal(escaped(text).as_bytes(), segments);
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
                Field::Process => {
                    segments.push(Segment::Process { width, left });
                    continue;
                }
                Field::Level => self.colored(&padded(self.level.name(), width, left)),
                Field::LevelNumber => padded(&self.level.number().to_string(), width, left),
                Field::Layer => escaped(&padded(self.layer, width, left)),
            };
            push_literal(fixed.as_bytes(), segments);
        }
    }

    fn colored(&self, text: &str) -> String {
        let colors = self.theme.map(|theme| around(theme.level(self.level)));
        let (start, end) = colors.unwrap_or_default();
        format!("{start}{text}{end}")
    }
}

/// A text of the configuration as a line may hold it.
fn escaped(text: &str) -> String {
    let mut out = Buffer::default();
    push_plain(Text::new(text), &mut out);
    String::from_utf8_lossy(out.as_bytes()).into_owned()
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
            self.push_field(name, pieces, value, out);
        });
        if self.source {
            self.push_source(record, out);
        }
        out.push(b'\n');
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
        _ => {
            let mut scratch = Buffer::default();
            if let Some(text) = show(value, out, &mut scratch) {
                push_text_value(&text, out);
            }
        }
    }
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
