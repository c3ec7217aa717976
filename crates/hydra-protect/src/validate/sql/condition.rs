//! A condition after a value: `or 1=1`, `and exists(select …)`.

use super::super::scan::{Seen, Sign};
use super::super::text::{holds, holds_any, is_first, near, skip, skip_back, word_of};
use super::syntax::{Operand, comment, comparison, gap, gap_and_open, operand};
use crate::text::{before, byte};

/// `or 1=1`: what follows a word or a sign that joins conditions.
pub(super) fn condition(seen: &Seen<'_>, start: usize, end: usize) -> Option<Sign> {
    let text = seen.text;
    let end = word_of(text, gap(text, end), &[b"not"]).unwrap_or(end);
    if let Some(sign) = called(seen, start, end) {
        return Some(sign);
    }
    let (left, end) = operand(text, end)?;
    if let Some((end, ordered)) = comparison(text, end) {
        // `3 > 2 and 2 > 1` is arithmetic.
        if ordered && !seen.in_quotes() && !holds(near(text, end), b"--") {
            return None;
        }
        return match (left, operand(text, end).map(|(right, _)| right)) {
            (Operand::Constant(_), Some(Operand::Constant(_))) => {
                Some(Sign::sure("a condition between constants"))
            }
            (
                Operand::Constant(_),
                Some(Operand::Name(b"cast" | b"CAST" | b"convert" | b"CONVERT")),
            ) if follows_value(seen, start) => {
                Some(Sign::sure("a conversion that shows data in an error"))
            }
            (Operand::Name(a), Some(Operand::Name(b))) if a == b && follows_value(seen, start) => {
                Some(Sign::sure("a name compared with itself"))
            }
            _ => None,
        };
    }
    let end = skip(text, gap(text, end), |b| b == b')');
    let constant = matches!(left, Operand::Constant(_));
    let commented = comment(text, gap(text, end));
    let ends = commented || gap(text, end) >= text.len() || text.len() - end <= 2;
    let first = is_first(text, start) && commented;
    if constant && ends && (first || follows_value(seen, start)) {
        return Some(Sign::sure("a constant condition at the end"));
    }
    None
}

/// Whether what stands before is a value that somebody gave: an open quote, a number, a bracket.
pub(super) fn follows_value(seen: &Seen<'_>, at: usize) -> bool {
    let text = seen.text;
    let end = skip_back(text, at, |b| {
        b.is_ascii_whitespace() || matches!(b, b'+' | b'/' | b'*')
    });
    let last = before(text, end);
    if matches!(last, b'\'' | b'"') {
        return seen.in_quotes();
    }
    let start = skip_back(text, end, |b| b.is_ascii_digit() || b == b'-');
    let is_number = start < end && matches!(before(text, start), 0 | b'=' | b'/' | b':' | b'"');
    !seen.statement && (is_number || (last == b')' && seen.unopened > 0))
}

/// `and (select …)`, `or exists(select …)`, `and ascii(substr(…))` after a value.
fn called(seen: &Seen<'_>, start: usize, end: usize) -> Option<Sign> {
    const FUNCTIONS: [&[u8]; 22] = [
        b"exists",
        b"ascii",
        b"substr",
        b"substring",
        b"mid",
        b"ord",
        b"length",
        b"if",
        b"iif",
        b"char_length",
        b"extractvalue",
        b"updatexml",
        b"sleep",
        b"benchmark",
        b"pg_sleep",
        b"elt",
        b"make_set",
        b"row",
        b"case",
        b"unicode",
        b"hex",
        b"database",
    ];
    let text = seen.text;
    let open = gap_and_open(text, end);
    let subquery = word_of(text, open, &[b"select"])
        .is_some_and(|end| holds_any(near(text, end), &[b"from", b"(", b"@", b"count", b"1)"]));
    let function = word_of(text, open, &FUNCTIONS).is_some_and(|end| {
        matches!(byte(text, gap(text, end)), b'(')
            || word_of(text, gap(text, end), &[b"when"]).is_some()
    });
    ((subquery || function) && follows_value(seen, start))
        .then(|| Sign::sure("a question to the database after a value"))
}
