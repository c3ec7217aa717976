//! Makes the spans of a text fit what stands around them: no half of an escape or of a UTF-16
//! character is left, and a bare JSON number becomes a string.

use std::ops::Range;

use crate::context::value::Quote;
use crate::json::{is_json, is_number_byte, string_end};
use crate::span::{Span, Width};
use crate::text::{before, byte, is_blank, rest, run_start, skip, slice};

/// How many backslashes are counted: more than two levels of JSON within JSON need.
const MOST_SLASHES: usize = 64;

/// The longest number that is looked at, in bytes.
const LONGEST_NUMBER: usize = 512;

/// Adjusts the spans of `text`, which are sorted.
pub(crate) fn settle(text: &[u8], spans: &mut [Span]) {
    let mut strings = Strings::new(text);
    for span in spans {
        keep_escapes(text, span);
        keep_width(text, span);
        if strings.are_json {
            keep_json(text, span, &mut strings);
        }
        if span.quote.is_none() {
            span.quote = quote_of_number(text, span);
        }
    }
}

/// In JSON a span stays within its string, and outside of strings only whole numbers go, and what is
/// hidden for its name.
fn keep_json(text: &[u8], span: &mut Span, strings: &mut Strings<'_>) {
    if let Some(end) = strings.end_around(span.start) {
        span.end = span.end.min(end);
    } else if span.quote.is_none() {
        span.start = run_start(text, span.start, LONGEST_NUMBER, is_number_byte);
        span.end = skip(
            slice(text, 0..span.start + LONGEST_NUMBER),
            span.start,
            is_number_byte,
        );
        span.quote = Some(Quote {
            mark: b'"',
            slashes: 0,
        });
    }
}

/// A span that begins with the `n` of `\n`, or ends with a backslash that belongs to what follows,
/// leaves the escape whole.
fn keep_escapes(text: &[u8], span: &mut Span) {
    if before(text, span.start) == b'\\' && slashes_before(text, span.start) % 2 == 1 {
        let len = if byte(text, span.start) == b'u' { 5 } else { 1 };
        span.start = (span.start + len).min(span.end);
    }
    let cut = before(text, span.end) == b'\\' && span.end < text.len();
    if cut && slashes_before(text, span.end) % 2 == 1 {
        span.end = (span.end - 1).max(span.start);
    }
}

/// A span within UTF-16 covers whole characters.
fn keep_width(text: &[u8], span: &mut Span) {
    if byte(text, span.start + 1) != 0 || span.start + 1 >= span.end {
        return;
    }
    if span.start > 0 && before(text, span.start) == 0 && byte(text, span.end) != 0 {
        span.start -= 1;
        span.width = Width::BigEndian;
    } else {
        span.end += usize::from((span.end - span.start) % 2 == 1 && span.end < text.len());
        span.width = Width::LittleEndian;
    }
}

fn slashes_before(text: &[u8], at: usize) -> usize {
    at - run_start(text, at, MOST_SLASHES, |b| b == b'\\')
}

/// The quotes that the marker of a bare number behind a quoted name needs, as deep as the name's.
fn quote_of_number(text: &[u8], span: &Span) -> Option<Quote> {
    if !slice(text, span.start..span.end)
        .iter()
        .all(|&b| is_number_byte(b))
    {
        return None;
    }
    let white = |b: u8| is_blank(b) || matches!(b, b'\n' | b'\r');
    let last = run_start(text, span.start, 64, white);
    let next = skip(slice(text, 0..span.end + 64), span.end, white);
    let enclosed = before(text, last) == b':' && matches!(byte(text, next), b',' | b'}' | b']');
    let name = enclosed.then(|| run_start(text, last - 1, 64, white))?;
    (before(text, name) == b'"').then(|| Quote {
        mark: b'"',
        slashes: slashes_before(text, name - 1),
    })
}

/// The strings of a JSON text; asked from front to back.
struct Strings<'t> {
    text: &'t [u8],
    are_json: bool,
    /// Where the next string is looked for.
    at: usize,
    /// The inside of the last string that was found.
    last: Range<usize>,
}

impl Strings<'_> {
    fn new(text: &[u8]) -> Strings<'_> {
        Strings {
            text,
            are_json: is_json(text),
            at: 0,
            last: 0..0,
        }
    }

    /// The end of the inside of the string that holds `at`.
    fn end_around(&mut self, at: usize) -> Option<usize> {
        while self.last.end < at {
            let open = self.at + memchr::memchr(b'"', rest(self.text, self.at))?;
            let end = string_end(self.text, open)?;
            self.last = open + 1..end - 1;
            self.at = end;
        }
        (self.last.start <= at && at < self.last.end).then_some(self.last.end)
    }
}
