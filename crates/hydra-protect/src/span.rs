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
}

impl Span {
    pub(crate) fn new(range: Range<usize>, kind: Kind) -> Span {
        Span {
            start: range.start,
            end: range.end,
            kind,
            quote: None,
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

/// Sorts the spans and makes one of those that overlap: the widest stretch, the kind of the longest.
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup_by(|next, kept| {
        if next.start >= kept.end {
            return false;
        }
        if next.end - next.start > kept.end - kept.start {
            kept.kind = next.kind;
        }
        kept.end = kept.end.max(next.end);
        true
    });
}
