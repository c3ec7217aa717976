//! `syslog`: RFC 5424, with the fields as structured data.
//!
//! `<14>1 2026-11-21T12:05:36.123456Z web1 shop 4711 APP [fields@32473 user_id="7"] logged in`
//!
//! MSGID is the layer. What the header cannot hold stands in an element of our own, which is
//! there only then: `[hydra@32473 level="TRACE"]` (TRACE and DEBUG share a severity), `logger`
//! where the layer's name is not 1 to 32 printable ASCII characters, `file` and `line` where the
//! source is shown.
//!
//! Every value is a text; a nested one is its JSON. In message and values controls are escaped so
//! that [`unescape`](super::unescape) gives them back; in values `"`, `\` and `]` have a backslash
//! before them, as the RFC says, on top of that. In a name, bytes that the RFC does not allow, and
//! `%`, are written `%XX`; a name longer than 32 bytes after that is cut, an empty one is `_`.
//!
//! There is no byte-order mark before the message: the RFC asks for one, but most receivers keep
//! it as text. A line ends with LF, as files and consoles have it; a network transport frames
//! lines in its own way.
//!
//! Lossless: time to the microsecond, level, layer, message, names up to 32 bytes, and the text of
//! values. Not their types: `7` and `"7"` look the same.

use std::sync::Arc;

use super::escape::{push_reversible, shown_name};
use super::shown::show;
use super::time_text::TimeText;
use super::{FormatError, FormatSettings, LineFormat, RenderContext};
use crate::config::TimeZoneSetting;
use crate::key::KeyPieces;
use crate::{Buffer, Level, Record, Text, TextClass, Value, process, sys};

/// The longest SD-NAME, in bytes.
const LONGEST_NAME: usize = 32;

/// Syslog bound to a layer.
pub(super) struct Syslog {
    /// Priority and version, for each level.
    priorities: [Box<[u8]>; Level::ALL.len()],
    time: Arc<TimeText>,
    /// ` host program `
    origin: Box<[u8]>,
    /// ` MSGID `
    message_id: Box<[u8]>,
    /// `[fields@32473`
    fields_start: Box<[u8]>,
    /// `[hydra@32473`
    own_start: Box<[u8]>,
    /// The parameters of our own element, for each level; mostly none.
    own: [Box<[u8]>; Level::ALL.len()],
    key_color: Option<(&'static str, &'static str)>,
    source: bool,
}

impl Syslog {
    pub(super) fn bind(settings: &FormatSettings, layer: &str) -> Result<Syslog, FormatError> {
        let id = settings.structured_data_id.as_deref();
        let id = id.unwrap_or(FormatSettings::STRUCTURED_DATA_ID);
        let enterprise = enterprise_number(id)?;
        let host = settings.host_name.clone().or_else(sys::host_name);
        let program = settings.app_name.clone().or_else(process::program_name);
        let origin = format!(
            " {} {} ",
            header_word(host.as_deref().unwrap_or_default(), 255),
            header_word(program.as_deref().unwrap_or_default(), 48),
        );
        let message_id = header_word(layer, 32);
        let mut syslog = Syslog {
            priorities: Level::ALL.map(|level| {
                let priority = settings.facility.number() * 8 + level.syslog_severity();
                let (start, end) = settings.level_color(level);
                format!("{start}<{priority}>{end}1 ").into_bytes().into()
            }),
            time: time(settings)?,
            origin: origin.into_bytes().into(),
            message_id: format!(" {message_id} ").into_bytes().into(),
            fields_start: format!("[{id}").into_bytes().into(),
            own_start: format!("[hydra@{enterprise}").into_bytes().into(),
            own: Default::default(),
            key_color: settings.theme.map(|_| settings.key_color()),
            source: settings.source,
        };
        syslog.own = Level::ALL.map(|level| {
            let mut own = Buffer::default();
            if level == Level::Trace {
                syslog.push_own(b"level", level.name(), &mut own);
            }
            // A layer that is named like the absence of a name must not be taken for it.
            if message_id != layer || layer == "-" {
                syslog.push_own(b"logger", layer, &mut own);
            }
            own.as_bytes().into()
        });
        Ok(syslog)
    }

    /// A parameter of our own element.
    fn push_own(&self, name: &[u8], value: &str, out: &mut Buffer) {
        let (start, end) = self.key_color.unwrap_or_default();
        out.push(b' ');
        out.push_str(start);
        out.push_bytes(name);
        out.push_str(end);
        out.push_bytes(b"=\"");
        push_param(value, out);
        out.push(b'"');
    }

    /// Our own element; returns whether there is one.
    #[inline]
    fn push_own_element(&self, record: &Record<'_>, out: &mut Buffer) -> bool {
        let own = &self.own[record.level.index()];
        let location = record.location.filter(|_| self.source);
        if own.is_empty() && location.is_none() {
            return false;
        }
        out.push_bytes(&self.own_start);
        out.push_bytes(own);
        if let Some(location) = location {
            self.push_own(b"file", location.file, out);
            self.push_own(b"line", itoa::Buffer::new().format(location.line), out);
        }
        out.push(b']');
        true
    }

    #[inline]
    fn push_key(&self, name: &str, pieces: &KeyPieces, out: &mut Buffer) {
        if self.key_color.is_none() && pieces.is_plain {
            out.push_piece(&pieces.text);
        } else {
            self.push_rare_key(name, out);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_rare_key(&self, name: &str, out: &mut Buffer) {
        let (start, end) = self.key_color.unwrap_or_default();
        out.push(b' ');
        out.push_str(start);
        push_name(shown_name(name), out);
        out.push_str(end);
        out.push(b'=');
    }
}

impl LineFormat for Syslog {
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer) {
        out.push_bytes(&self.priorities[record.level.index()]);
        self.time.render(&mut context.times, record.unix_ns, out);
        out.push_bytes(&self.origin);
        out.push_u64(u64::from(process::id()));
        out.push_bytes(&self.message_id);
        let own = self.push_own_element(record, out);
        let scratch = &mut context.scratch;
        let mut any = false;
        record.each_field(|name, pieces, value| {
            if !std::mem::replace(&mut any, true) {
                out.push_bytes(&self.fields_start);
            }
            self.push_key(name, pieces, out);
            push_value(value, scratch, out);
        });
        if any {
            out.push(b']');
        } else if !own {
            out.push(b'-');
        }
        let message = record.message;
        if !message.as_str().is_empty() {
            out.push(b' ');
            push_message(message, out);
        }
        out.push(b'\n');
    }
}

/// RFC 3339 with at most six digits after the second, as the RFC wants it.
fn time(settings: &FormatSettings) -> Result<Arc<TimeText>, FormatError> {
    let zone = settings.time_zone.clone().unwrap_or(TimeZoneSetting::Utc);
    let offset = if zone == TimeZoneSetting::Utc {
        "Z"
    } else {
        "%:z"
    };
    let fraction = match settings.subsecond_digits.unwrap_or(6).min(6) {
        0 => String::new(),
        digits => format!("%.{digits}f"),
    };
    TimeText::new(&format!("%Y-%m-%dT%H:%M:%S{fraction}{offset}"), &zone)
}

/// The number of `fields@32473`.
fn enterprise_number(id: &str) -> Result<&str, FormatError> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    id.split_once('@')
        .filter(|(name, number)| {
            // Our own element has a name of its own, and the same number.
            let longest = LONGEST_NAME - number.len().min(LONGEST_NAME);
            let fits = name.len() < longest && "hydra".len() < longest;
            fits && !name.is_empty()
                && *name != "hydra"
                && name.bytes().all(is_name_byte)
                && number.split('.').all(digits)
        })
        .map(|(_, number)| number)
        .ok_or_else(|| FormatError::StructuredDataId {
            name: id.to_owned(),
        })
}

/// A field of the header: printable ASCII, cut to what the RFC allows, `-` if there is nothing.
fn header_word(text: &str, longest: usize) -> String {
    let shown = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let word: String = text.chars().take(longest).map(shown).collect();
    if word.is_empty() { "-".into() } else { word }
}

/// What an SD-NAME may hold, and we write as it is.
const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'=' | b']' | b'"' | b'%')
}

fn push_name(name: &str, out: &mut Buffer) {
    let start = out.len();
    for byte in name.bytes() {
        let before = out.len();
        if is_name_byte(byte) {
            out.push(byte);
        } else {
            out.push_fmt(format_args!("%{byte:02X}"));
        }
        if out.len() - start > LONGEST_NAME {
            return out.truncate(before);
        }
    }
    if out.len() == start {
        out.push(b'_');
    }
}

#[inline]
fn push_value(value: Value<'_>, scratch: &mut Buffer, out: &mut Buffer) {
    out.push(b'"');
    if let Value::Str(text) = value {
        push_param(text, out);
    } else if let Value::U64(n) = value {
        out.push_u64(n);
    } else if let Some(text) = show(value, out, scratch) {
        push_param(&text, out);
    }
    out.push(b'"');
}

#[inline]
fn push_param(text: &str, out: &mut Buffer) {
    if TextClass::of(text).is_clean() && !text.as_bytes().contains(&b']') {
        out.push_str(text);
    } else {
        push_reversible(
            text,
            out,
            "\\\\",
            |c| matches!(c, '"' | ']'),
            |c, out| out.push_bytes(&[b'\\', c as u8]),
        );
    }
}

#[inline]
fn push_message(text: Text<'_>, out: &mut Buffer) {
    if text.class().is_clean() {
        out.push_str(text.as_str());
    } else {
        push_reversible(text.as_str(), out, "\\", |_| false, |_, _| {});
    }
}
