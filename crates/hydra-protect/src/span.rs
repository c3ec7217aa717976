//! Where something was found, and what it is.

use std::ops::Range;

use crate::context::value::Quote;
use crate::detect::Kind;

/// A stretch of the scanned bytes that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    /// Set where a bare JSON value goes: the marker needs quotes of the same depth.
    pub(crate) quote: Option<Quote>,
    /// The place of the custom rule that found it, from 1; 0 for a detector of ours.
    pub(crate) custom: u16,
    /// How the text around is written: the marker must be, too.
    pub(crate) width: Width,
}

/// How many bytes a character of ASCII takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Width {
    #[default]
    One,
    /// UTF-16, the NUL behind the character.
    LittleEndian,
    /// UTF-16, the NUL before the character.
    BigEndian,
}

impl Span {
    pub(crate) fn new(range: Range<usize>, kind: Kind) -> Span {
        Span {
            start: range.start,
            end: range.end,
            kind,
            quote: None,
            custom: 0,
            width: Width::One,
        }
    }

    /// The same stretch, whose marker is to be written between quotes.
    pub(crate) fn quoted(self, quote: Quote) -> Span {
        Span {
            quote: Some(quote),
            ..self
        }
    }
}

/// Makes one of those sorted spans that overlap: the widest stretch, the kind of the longest.
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.dedup_by(|next, kept| {
        if next.start >= kept.end {
            return false;
        }
        if next.end - next.start > kept.end - kept.start {
            kept.kind = next.kind;
            kept.custom = next.custom;
        }
        kept.end = kept.end.max(next.end);
        true
    });
}
