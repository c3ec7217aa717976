//! Where something was found, and what it is.

use std::ops::Range;

use crate::detect::Kind;

/// A stretch of the scanned bytes that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

impl Span {
    pub(crate) fn new(range: Range<usize>, kind: Kind) -> Span {
        Span {
            start: range.start,
            end: range.end,
            kind,
        }
    }
}
