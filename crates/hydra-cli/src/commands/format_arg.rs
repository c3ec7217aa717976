//! `--from FORMAT`, which `tail` and `convert` share.

use hydra_core::format::{FormatKind, ParseFormatError};

/// The help of `--from`.
pub(crate) const FROM_HELP: &str = "The format to read: auto finds it out line by line; plain-text, json, csv, syslog, gelf, logfmt";

/// A format, or none: it is found out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From(pub(crate) Option<FormatKind>);

/// Reads `auto` or the name of a format.
pub(crate) fn parse_from(word: &str) -> Result<From, ParseFormatError> {
    if word.eq_ignore_ascii_case("auto") {
        return Ok(From(None));
    }
    word.parse().map(|format| From(Some(format)))
}
