//! Dates of birth: a date that a word of birth names.

use std::ops::Range;

use super::bytes::{byte, run_end};

/// The first bytes, in lower case, of the words that [`birth_date`] knows.
pub(crate) const HEADS: [[u8; 3]; 9] = [
    *b"dob", *b"bir", *b"bor", *b"geb", *b"nai", *b"nac", *b"nas", *b"fod", *b"bda",
];

/// The date that the word of birth at `at` names.
pub(crate) fn birth_date(text: &[u8], at: usize) -> Option<Range<usize>> {
    let word = run_end(text, at, 16, |b| b.is_ascii_alphabetic());
    let start = run_end(text, word, 6, |b| {
        matches!(b, b' ' | b':' | b'=' | b'"' | b'\'')
    });
    let year = run_end(text, start, 5, |b| b.is_ascii_digit());
    let end = start + 10;
    let date = text.get(start..end)?;
    let shaped = year == start + 4
        && date.iter().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    (shaped && !byte(text, end).is_ascii_digit()).then_some(start..end)
}
