//! Reading bytes without an index that could panic: past the end stands a NUL.

use std::ops::Range;

/// The byte at `at`, or NUL outside the text.
#[inline]
pub(crate) fn byte(text: &[u8], at: usize) -> u8 {
    #[cfg(test)]
    crate::steps::add(1);
    text.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, or NUL at the start of the text.
#[inline]
pub(crate) fn before(text: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(text, at))
}

/// The bytes of `range`, cut to what there is.
#[inline]
pub(crate) fn slice(text: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(text.len());
    text.get(range.start.min(end)..end).unwrap_or_default()
}

/// Everything from `at` on.
#[inline]
pub(crate) fn rest(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

/// Whether `text` has `word` at `at`, in any case. `word` is in lower case.
#[inline]
pub(crate) fn has_word(text: &[u8], at: usize, word: &[u8]) -> bool {
    slice(text, at..at + word.len()).eq_ignore_ascii_case(word)
}

/// The first position from `at` on whose byte is not accepted.
#[inline]
pub(crate) fn skip(text: &[u8], at: usize, accepted: impl Fn(u8) -> bool) -> usize {
    let len = rest(text, at).iter().take_while(|&&b| accepted(b)).count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    at + len
}

/// The first position up to `at` from which on all bytes are accepted, at most `most` bytes back.
#[inline]
pub(crate) fn skip_back(
    text: &[u8],
    at: usize,
    most: usize,
    accepted: impl Fn(u8) -> bool,
) -> usize {
    let head = slice(text, at.saturating_sub(most)..at);
    let len = head.iter().rev().take_while(|&&b| accepted(b)).count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    at - len
}

/// Space and tabulator.
#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
