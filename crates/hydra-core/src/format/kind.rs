//! The names of the formats.

use std::fmt;
use std::str::FromStr;

/// How a line is laid out. Colour is another setting: [`ColorMode`](crate::format::ColorMode).
///
/// ```
/// use hydra_core::format::FormatKind;
/// assert_eq!("json".parse(), Ok(FormatKind::Json));
/// assert_eq!("text".parse(), Ok(FormatKind::PlainText));
/// assert_eq!(FormatKind::PlainText.name(), "plain-text");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum FormatKind {
    /// `plain-text`: date, time, layer, message, fields. The default.
    #[default]
    PlainText,
    /// `json`: one object a line.
    Json,
    /// `csv`: one row a line, as RFC 4180 has it, but ended by LF.
    Csv,
    /// `syslog`: RFC 5424, with structured data.
    Syslog,
    /// `gelf`: GELF 1.1.
    Gelf,
    /// `logfmt`: `key=value` pairs.
    Logfmt,
}

impl FormatKind {
    /// Every format, in the order in which the documentation lists them.
    pub const ALL: [FormatKind; 6] = [
        FormatKind::PlainText,
        FormatKind::Json,
        FormatKind::Csv,
        FormatKind::Syslog,
        FormatKind::Gelf,
        FormatKind::Logfmt,
    ];

    /// Other words that are accepted, and what each stands for. In a configuration, `plain` also
    /// turns colour off, unless `color_mode` is set beside it.
    pub const ALIASES: [(&'static str, FormatKind); 2] = [
        ("text", FormatKind::PlainText),
        ("plain", FormatKind::PlainText),
    ];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            FormatKind::PlainText => "plain-text",
            FormatKind::Json => "json",
            FormatKind::Csv => "csv",
            FormatKind::Syslog => "syslog",
            FormatKind::Gelf => "gelf",
            FormatKind::Logfmt => "logfmt",
        }
    }
}

impl fmt::Display for FormatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for FormatKind {
    type Err = ParseFormatError;

    /// Reads a name or an alias, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        FormatKind::ALL
            .into_iter()
            .map(|kind| (kind.name(), kind))
            .chain(FormatKind::ALIASES)
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|(_, kind)| kind)
            .ok_or_else(|| ParseFormatError {
                found: text.to_owned(),
            })
    }
}

/// A word that names no [`FormatKind`].
///
/// ```
/// use hydra_core::format::FormatKind;
/// let error = "colored".parse::<FormatKind>().unwrap_err();
/// assert!(error.to_string().contains("color_mode"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFormatError {
    found: String,
}

impl fmt::Display for ParseFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a format; the formats are plain-text, json, csv, syslog, gelf, logfmt \
             (a format is the layout of a line; its colour is color_mode: auto, always or never)",
            self.found
        )
    }
}

impl std::error::Error for ParseFormatError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_reads_back_in_any_case() {
        for kind in FormatKind::ALL {
            assert_eq!(kind.name().to_uppercase().parse(), Ok(kind));
        }
        for (alias, kind) in FormatKind::ALIASES {
            assert_eq!(alias.parse(), Ok(kind));
        }
    }

    #[test]
    fn a_word_that_is_no_format_is_told_with_those_there_are_and_where_colour_is_set() {
        let error = "colored".parse::<FormatKind>().unwrap_err().to_string();
        assert!(error.starts_with("\"colored\" is not a format"), "{error}");
        assert!(error.contains("color_mode"), "{error}");
        for kind in FormatKind::ALL {
            assert!(error.contains(kind.name()), "{error}");
        }
    }
}
