//! Small questions about the bytes around a place. Each reads a bounded number of them, so that a
//! scan that asks them at every byte stays linear.

use crate::text::{has_word, run_end, run_start, slice};

/// How far a look ahead or back goes, in bytes.
pub(super) const NEAR: usize = 160;

/// Letters, digits, `_`.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether one of these stands at a place; its length.
pub(super) fn any_stands(text: &[u8], at: usize, lower: &[&[u8]]) -> Option<usize> {
    let found = lower.iter().find(|word| has_word(text, at, word))?;
    Some(found.len())
}

/// Whether one of these words stands at a place as a whole word; its end.
pub(super) fn word_of(text: &[u8], at: usize, lower: &[&[u8]]) -> Option<usize> {
    let end = word_end(text, at);
    let word = &text[at.min(end)..end];
    lower
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
        .then_some(end)
}

/// Where the word that begins at a place ends (at most 64 bytes on).
#[inline]
pub(super) fn word_end(text: &[u8], at: usize) -> usize {
    run_end(text, at, 64, is_word)
}

/// The first place from `at` on where the byte is none of these (at most [`NEAR`] bytes on).
pub(super) fn skip(text: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    run_end(text, at, NEAR, is)
}

/// The same backwards: the end of what stands before a stretch of such bytes.
pub(super) fn skip_back(text: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    run_start(text, at, NEAR, is)
}

/// Past white space.
pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    skip(text, at, |b| b.is_ascii_whitespace())
}

/// At most [`NEAR`] bytes from a place on.
pub(super) fn near(text: &[u8], at: usize) -> &[u8] {
    slice(text, at..at + NEAR)
}

/// Whether a lower-case text stands anywhere in a short stretch, in any case.
pub(super) fn holds(stretch: &[u8], lower: &[u8]) -> bool {
    #[cfg(test)]
    crate::steps::add(stretch.len());
    stretch
        .windows(lower.len())
        .any(|window| window.eq_ignore_ascii_case(lower))
}

/// Whether one of these does. One pass, which compares only where a first byte fits.
pub(super) fn holds_any(stretch: &[u8], lower: &[&[u8]]) -> bool {
    let first = |word: &&[u8]| word.first().map_or(0, |b| 1_u128 << (b & 127));
    let firsts = lower.iter().map(first).fold(0, |all, bit| all | bit);
    #[cfg(test)]
    crate::steps::add(stretch.len() + lower.len());
    stretch.iter().enumerate().any(|(at, b)| {
        firsts >> (b.to_ascii_lowercase() & 127) & 1 != 0
            && lower.iter().any(|word| has_word(stretch, at, word))
    })
}

/// At most [`NEAR`] bytes up to a place.
pub(super) fn leading(text: &[u8], at: usize) -> &[u8] {
    slice(text, at.saturating_sub(NEAR)..at)
}

/// Whether nothing but white space stands before a place.
pub(super) fn is_first(text: &[u8], at: usize) -> bool {
    skip_back(text, at, |b| b.is_ascii_whitespace()) == 0
}

/// Whether nothing but white space stands from a place on.
pub(super) fn is_last(text: &[u8], at: usize) -> bool {
    skip_space(text, at) >= text.len()
}

/// Where the token that ends before a place begins: back to white space, a quote or a bracket.
pub(super) fn token_start(text: &[u8], at: usize) -> usize {
    skip_back(text, at, |b| {
        !b.is_ascii_whitespace() && !matches!(b, b'"' | b'\'' | b'(' | b'[' | b'{' | b'<' | b'`')
    })
}
