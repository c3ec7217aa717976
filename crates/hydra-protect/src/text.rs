//! Reading bytes around a place without an index that could panic.
//!
//! Outside of the text every byte is NUL, which belongs to no shape: the borders of the text need
//! no case of their own.

use std::ops::Range;

/// The byte at `at`, NUL outside of the text.
#[inline]
pub(crate) fn byte(text: &[u8], at: usize) -> u8 {
    #[cfg(test)]
    crate::steps::add(1);
    text.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, NUL at the text's start.
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

/// Whether `text` holds `what` at `at`.
#[inline]
pub(crate) fn has(text: &[u8], at: usize, what: &[u8]) -> bool {
    rest(text, at).starts_with(what)
}

/// Whether `text` has `word` at `at`, in any ASCII case. `word` is in lower case.
#[inline]
pub(crate) fn has_word(text: &[u8], at: usize, word: &[u8]) -> bool {
    text.get(at..at + word.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(word))
}

/// The first position from `at` on whose byte is not accepted.
#[inline]
pub(crate) fn skip(text: &[u8], at: usize, accepted: impl Fn(u8) -> bool) -> usize {
    run_end(text, at, usize::MAX, accepted)
}

/// Where the run of accepted bytes ends, from `at` on, looking at most at `most`.
#[inline]
pub(crate) fn run_end(text: &[u8], at: usize, most: usize, accepted: impl Fn(u8) -> bool) -> usize {
    let window = rest(text, at).iter().take(most);
    let len = window.take_while(|&&b| accepted(b)).count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    at + len
}

/// Where the run of accepted bytes starts that ends before `at`, looking at most at `most`.
#[inline]
pub(crate) fn run_start(
    text: &[u8],
    at: usize,
    most: usize,
    accepted: impl Fn(u8) -> bool,
) -> usize {
    let window = slice(text, 0..at).iter().rev().take(most);
    let len = window.take_while(|&&b| accepted(b)).count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    at - len
}

/// Space and tabulator.
#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
