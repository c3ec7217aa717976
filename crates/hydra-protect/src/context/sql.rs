//! `INSERT INTO users (name, password) VALUES ('bob', 'x')`: a column's name says what the value in
//! the same place is.

use std::ops::Range;

use super::stand_in::is_stand_in;
use super::value::{Quote, is_quote};
use crate::keys::Sensitive;
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{byte, has_word, run_start, skip, slice};

/// How much of a list of columns, and of a row, is read.
const LONGEST: usize = 512;

/// Takes the value of the column `name` in the rows behind its list, and tells whether there is one.
pub(super) fn inserted(scan: &mut Scan<'_>, name: &Range<usize>, sensitive: Sensitive) -> bool {
    let text = scan.text;
    let close = scan.ahead.list_end(text, name.end);
    let white = |b: u8| b.is_ascii_whitespace();
    let word = skip(text, close + 1, white);
    if byte(text, close) != b')' || close > name.end + LONGEST || !has_word(text, word, b"values") {
        return false;
    }
    let open = run_start(text, name.start, LONGEST, |b| !matches!(b, b'(' | b')'));
    let place = memchr::memchr_iter(b',', slice(text, open..name.start)).count();
    let row = skip(text, word + 6, white);
    if byte(text, row) != b'(' {
        return false;
    }
    let Some(value) = item(text, row + 1, place) else {
        return false;
    };
    let found = !is_stand_in(slice(text, value.clone()));
    if found {
        scan.take(Span::new(value, sensitive.kind));
    }
    found
}

/// The item of a row that stands in that place, without its quotes.
fn item(text: &[u8], start: usize, place: usize) -> Option<Range<usize>> {
    let text = slice(text, 0..start + 4 * LONGEST);
    let mut at = start;
    for current in 0.. {
        at = skip(text, at, |b| b.is_ascii_whitespace());
        let slashes = skip(text, at, |b| b == b'\\');
        let (range, end) = match Quote::open(text, at) {
            Some((quote, inside)) if is_quote(byte(text, slashes)) => {
                let end = quote.close(text, inside);
                (inside..end, end + quote.slashes + 1)
            }
            _ => {
                let end = skip(text, at, |b| !matches!(b, b',' | b')'));
                (at..end, end)
            }
        };
        if current == place {
            return (range.start < range.end).then_some(range);
        }
        if byte(text, end) != b',' {
            return None;
        }
        at = end + 1;
    }
    None
}
