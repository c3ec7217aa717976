//! Passport numbers and national identity numbers, beside a word for them.

use super::bytes::{byte, run_end};
use crate::detect::Kind;
use crate::span::Span;

/// The first bytes, in lower case, of the words that [`identity`] knows.
pub(crate) const HEADS: [[u8; 3]; 1] = [*b"pas"];

/// The number that the word for an identity document at `at` names.
pub(crate) fn identity(text: &[u8], at: usize) -> Option<Span> {
    let word = run_end(text, at, 16, |b| b.is_ascii_alphabetic());
    if !text.get(at..word)?.eq_ignore_ascii_case(b"passport") {
        return None;
    }
    let start = run_end(text, word, 6, |b| {
        matches!(b, b' ' | b':' | b'=' | b'"' | b'\'')
    });
    let end = run_end(text, start, 10, |b| b.is_ascii_alphanumeric());
    let number = text.get(start..end)?;
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    let shaped =
        (6..=9).contains(&number.len()) && digits >= 5 && !byte(text, end).is_ascii_alphanumeric();
    shaped.then(|| Span::new(start..end, Kind::Passport))
}
