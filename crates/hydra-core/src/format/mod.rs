//! How a record becomes a line: which layout ([`FormatKind`]) and which colours ([`Color`],
//! [`ColorMode`], [`Theme`]).
//!
//! One record is one line, whatever bytes it holds: in every format C0 but TAB, DEL, C1, NEL,
//! U+2028, U+2029 and the bidirectional controls are escaped, in message, names and values.
//!
//! A [`LineFormat`] is bound to a layer when a route is made: level, layer, literals and colours
//! are folded into one text for each level, so that a call copies them and formats the rest.
//!
//! What a reader gets back from a line:
//!
//! | format | message | names of fields | values |
//! |---|---|---|---|
//! | plain-text | for people: a control and its escape look the same | as they are | as text; nested ones as JSON |
//! | json | exact | exact | exact, but NaN and infinity are null, a duration is seconds |
//! | csv | exact, by [`unescape`] and one leading `'` less | exact | those of JSON, in one cell |
//! | syslog | exact, by [`unescape`] | exact up to 32 bytes, `%XX` for what RFC 5424 forbids | as text, by [`unescape`]; nested ones as JSON |
//! | gelf | exact: `full_message`, else `short_message` | `_` for what GELF forbids | texts, finite numbers of 64 bits, seconds; all else as text |
//! | logfmt | exact | `_` for what logfmt forbids | as text; nested ones as JSON |
//!
//! Level, layer and time are exact in all of them, the time to the digits that are shown. In every
//! format a field that is named like a core key ([`CORE_KEYS`](crate::CORE_KEYS)) gets a trailing
//! underscore. The lines with colour are the lines without, and the sequences that set colours.

mod color;
mod color_decision;
mod csv;
mod error;
mod escape;
mod facility;
mod fraction;
mod gelf;
mod json;
mod kind;
mod logfmt;
mod plain_text;
mod shown;
mod syslog;
mod template;
mod time_text;

pub use color::{Color, ColorMode, ParseColorError, ParseColorModeError, Theme};
pub use csv::text_of_cell;
pub use error::FormatError;
pub(crate) use escape::in_one_line;
pub use escape::unescape;
pub use facility::{Facility, ParseFacilityError};
pub(crate) use gelf::is_reserved as is_gelf_name;
pub use kind::{FormatKind, ParseFormatError};
pub(crate) use time_text::hold_over_fork;
pub(crate) use time_text::{TimeCache, find_zone};

use crate::config::{Templates, TimeZoneSetting};
use crate::{Buffer, Level, Record};

/// What rendering keeps from record to record, one for each thread.
///
/// ```
/// let mut context = hydra_core::format::RenderContext::default();
/// # let _ = &mut context;
/// ```
#[derive(Debug, Default)]
pub struct RenderContext {
    pub(crate) times: TimeCache,
    /// What a value is shown in before the format escapes it.
    scratch: Buffer,
}

/// Renders records of one layer into lines.
///
/// ```
/// use hydra_core::format::{LineFormat, RenderContext};
/// use hydra_core::{Buffer, Record};
///
/// struct Shout;
/// impl LineFormat for Shout {
///     fn render(&self, record: &Record<'_>, _: &mut RenderContext, out: &mut Buffer) {
///         out.push_str(&record.message().as_str().to_uppercase().escape_debug().to_string());
///         out.push(b'\n');
///     }
/// }
/// ```
pub trait LineFormat: Send + Sync {
    /// Appends the record as one line, its newline included.
    fn render(&self, record: &Record<'_>, context: &mut RenderContext, out: &mut Buffer);

    /// What stands once at the head of a file, its newline included; nothing by default.
    fn header(&self) -> Option<Vec<u8>> {
        None
    }
}

/// A format with all its settings, before it is bound to a layer.
///
/// ```
/// use hydra_core::format::{FormatKind, FormatSettings, RenderContext};
/// use hydra_core::{Buffer, Level, Record};
///
/// let format = FormatSettings::new(FormatKind::Json).bind("APP")?;
/// let mut line = Buffer::default();
/// format.render(&Record::new(0, Level::Info, "APP", "up"), &mut RenderContext::default(), &mut line);
/// assert_eq!(
///     line.as_bytes(),
///     br#"{"timestamp":"1970-01-01T00:00:00.000000Z","level":"INFO","logger":"APP","message":"up"}
/// "#
/// );
/// # Ok::<(), hydra_core::format::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormatSettings {
    /// The layout.
    pub kind: FormatKind,
    /// The templates of date, time, layer and message. Plain-text uses all; JSON, CSV and logfmt
    /// those of date and time; syslog and GELF, whose times their standards lay down, none.
    pub templates: Templates,
    /// Digits after the second, 0 to 9 (syslog: at most 6 are written); unless set 6, or none
    /// where `time_format` is set.
    pub subsecond_digits: Option<u8>,
    /// The zone of the time; unless set UTC, but in plain-text the machine's. GELF's time is a
    /// number and has none.
    pub time_zone: Option<TimeZoneSetting>,
    /// The colours, or `None` for a line without any.
    pub theme: Option<Theme>,
    /// Whether file and line of the call are shown. Off by default.
    pub source: bool,
    /// Syslog's facility. Default: user.
    pub facility: Facility,
    /// Syslog's APP-NAME; unless set the file name of the running program.
    pub app_name: Option<String>,
    /// The host in syslog and GELF; unless set the machine's name.
    pub host_name: Option<String>,
    /// The name of syslog's element of fields, `name@number`, where the number is a private
    /// enterprise number of IANA's; unless set [`FormatSettings::STRUCTURED_DATA_ID`].
    pub structured_data_id: Option<String>,
}

impl FormatSettings {
    /// The default of [`FormatSettings::structured_data_id`]. 32473 is the number that RFC 5612
    /// sets aside for examples: nobody else's element can have this name.
    pub const STRUCTURED_DATA_ID: &'static str = "fields@32473";

    /// A format with its defaults: no colour, no source.
    pub fn new(kind: FormatKind) -> FormatSettings {
        FormatSettings {
            kind,
            templates: Templates::default(),
            subsecond_digits: None,
            time_zone: None,
            theme: None,
            source: false,
            facility: Facility::User,
            app_name: None,
            host_name: None,
            structured_data_id: None,
        }
    }

    /// The format for the records of one layer.
    ///
    /// # Errors
    /// A template, a time zone or [`FormatSettings::structured_data_id`] is wrong.
    pub fn bind(&self, layer: &str) -> Result<Box<dyn LineFormat>, FormatError> {
        Ok(match self.kind {
            FormatKind::PlainText => Box::new(plain_text::PlainText::bind(self, layer)?),
            FormatKind::Json => Box::new(json::Json::bind(self, layer)?),
            FormatKind::Csv => Box::new(csv::Csv::bind(self, layer)?),
            FormatKind::Syslog => Box::new(syslog::Syslog::bind(self, layer)?),
            FormatKind::Gelf => Box::new(gelf::Gelf::bind(self, layer)?),
            FormatKind::Logfmt => Box::new(logfmt::Logfmt::bind(self, layer)?),
        })
    }

    /// What stands before and after a text of this level.
    fn level_color(&self, level: Level) -> (&'static str, &'static str) {
        self.theme
            .map_or(("", ""), |theme| around(theme.level(level)))
    }

    /// What stands before and after a key.
    fn key_color(&self) -> (&'static str, &'static str) {
        self.theme.map_or(("", ""), |theme| around(theme.key))
    }

    /// Whether date and time are as RFC 3339 has them, not as templates do.
    fn has_default_time(&self) -> bool {
        self.templates.date_format.is_none() && self.templates.time_format.is_none()
    }

    /// The time's template for a format whose times are RFC 3339, between two literals.
    fn rfc3339(
        &self,
        before: &str,
        after: &str,
    ) -> Result<std::sync::Arc<time_text::TimeText>, FormatError> {
        let zone = self.time_zone.clone().unwrap_or(TimeZoneSetting::Utc);
        let offset = if zone == TimeZoneSetting::Utc {
            "Z"
        } else {
            "%:z"
        };
        let date = self.templates.date_format.as_deref().unwrap_or("%Y-%m-%d");
        let time = self.time_template(offset)?;
        time_text::check(date, &['"', '\\'])?;
        time_text::check(&time, &['"', '\\'])?;
        let joint = if date.is_empty() || time.is_empty() {
            ""
        } else {
            "T"
        };
        time_text::TimeText::new(&format!("{before}{date}{joint}{time}{after}"), &zone)
    }

    /// The time's template: as it is set, or with fraction and offset where it is not.
    fn time_template(&self, offset: &str) -> Result<String, FormatError> {
        match &self.templates.time_format {
            None => {
                let digits = self.subsecond_digits.unwrap_or(6);
                fraction::with_fraction(&format!("%H:%M:%S{offset}"), digits)
            }
            Some(time) => fraction::with_fraction(time, self.subsecond_digits.unwrap_or(0)),
        }
    }
}

/// What begins and ends a colour.
fn around(color: Color) -> (&'static str, &'static str) {
    match color {
        Color::None => ("", ""),
        color => (color.start(), Color::RESET),
    }
}
