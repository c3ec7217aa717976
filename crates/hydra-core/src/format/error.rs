//! What can be wrong with a format's settings.

use std::fmt;

/// A template, a time format or a time zone that cannot be used.
///
/// ```
/// use hydra_core::format::{FormatKind, FormatSettings};
/// let mut settings = FormatSettings::new(FormatKind::PlainText);
/// settings.templates.message_format = Some("{levle}: {message}".into());
/// let error = settings.bind("APP").err().unwrap();
/// assert!(error.to_string().contains("{levle}"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// A placeholder is not known, or not closed.
    Template {
        /// The whole template.
        template: String,
        /// Where it goes wrong: the rest of the template from there.
        at: String,
        /// The placeholders there are.
        known: Vec<&'static str>,
    },
    /// A strftime template has a conversion that is not known, or is too long.
    Time {
        /// The template.
        template: String,
        /// How long a time text may be, in bytes.
        longest: usize,
    },
    /// A strftime template has two fields of fractions.
    TwoFractions {
        /// The template.
        template: String,
    },
    /// A time format has a field of fractions, and so many digits are to be put after its seconds.
    FractionSetTwice {
        /// The template.
        template: String,
        /// The setting `subsecond_digits`.
        digits: u8,
    },
    /// The text of a date or time format holds a character that would break the line.
    TimeCharacter {
        /// The template.
        template: String,
        /// The character.
        found: char,
    },
    /// The name of syslog's element of fields is not one.
    StructuredDataId {
        /// The name.
        name: String,
    },
    /// A time zone is not known here.
    TimeZone {
        /// Its name.
        name: String,
    },
}

impl FormatError {
    pub(crate) fn template(template: &str, at: &str, known: &[&'static str]) -> FormatError {
        FormatError::Template {
            template: template.to_owned(),
            at: at.to_owned(),
            known: known.to_vec(),
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::Template {
                template,
                at,
                known,
            } => write!(
                f,
                "template {template:?}: no placeholder is written {at:?}; write one as {{name}}, \
                 {{name:<8}} or %(name)-8s, with one of: {}; write {{{{ and }}}} for braces",
                known.join(", ")
            ),
            FormatError::Time { template, longest } => write!(
                f,
                "time format {template:?}: not a strftime template whose text has at most \
                 {longest} bytes; an example is %Y-%m-%d %H:%M:%S.%3f"
            ),
            FormatError::TwoFractions { template } => write!(
                f,
                "time format {template:?}: %f, the fraction of the second, may stand only once"
            ),
            FormatError::FractionSetTwice { template, digits } => write!(
                f,
                "time format {template:?}: it shows the fraction of the second by %f, and \
                 subsecond_digits: {digits} shows it too; leave one of them out"
            ),
            FormatError::TimeCharacter { template, found } => write!(
                f,
                "time format {template:?}: its text holds {found:?}, which may not stand in a line \
                 of this format; an example that may is %Y-%m-%d %H:%M:%S.%3f"
            ),
            FormatError::StructuredDataId { name } => write!(
                f,
                "structured data id {name:?}: write a name, an @ and a private enterprise number, \
                 in at most 32 characters without space, =, ] or quote, like fields@32473"
            ),
            FormatError::TimeZone { name } => write!(
                f,
                "time zone {name:?} is not known on this machine; write local, utc, a distance \
                 like +02:00, or a name of the zoneinfo database like Europe/Vienna"
            ),
        }
    }
}

impl std::error::Error for FormatError {}
