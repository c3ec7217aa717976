//! Makes the spans of a text fit what stands around them: no half of an escape is left, and a bare
//! JSON number becomes a string.

use crate::context::value::Quote;
use crate::span::Span;
use crate::text::{before, byte, is_blank, skip, skip_back, slice};

/// How far back the quotes are looked for that say how deep a list of numbers is nested.
const REACH: usize = 512;

/// Adjusts a span of `text`.
pub(crate) fn settle(text: &[u8], span: &mut Span) {
    keep_escapes(text, span);
    if span.quote.is_none() {
        span.quote = quote_of_number(text, span);
    }
}

/// A span that begins with the `n` of `\n`, or ends with a backslash that belongs to what follows,
/// leaves the escape whole.
fn keep_escapes(text: &[u8], span: &mut Span) {
    if before(text, span.start) == b'\\' && slashes_before(text, span.start) % 2 == 1 {
        let len = if byte(text, span.start) == b'u' { 5 } else { 1 };
        span.start = (span.start + len).min(span.end);
    }
    if before(text, span.end) == b'\\'
        && slashes_before(text, span.end) % 2 == 1
        && span.end < text.len()
    {
        span.end = (span.end - 1).max(span.start);
    }
}

fn slashes_before(text: &[u8], at: usize) -> usize {
    at - skip_back(text, at, REACH, |b| b == b'\\')
}

/// The quotes that the marker of a bare number needs, as deep as those around it.
fn quote_of_number(text: &[u8], span: &Span) -> Option<Quote> {
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
    if !slice(text, span.start..span.end)
        .iter()
        .all(|&b| numeric(b))
    {
        return None;
    }
    let white = |b: u8| is_blank(b) || matches!(b, b'\n' | b'\r');
    let last = skip_back(text, span.start, 64, white);
    let next = skip(slice(text, 0..span.end + 64), span.end, white);
    if !matches!(byte(text, next), b',' | b'}' | b']') {
        return None;
    }
    match before(text, last) {
        b':' => quote_before(text, skip_back(text, last - 1, 64, white)),
        b'[' | b',' => {
            let quote = skip_back(text, last, REACH, |b| b != b'"');
            quote_before(text, quote).or_else(|| {
                let first = skip(text, 0, white);
                matches!(byte(text, first), b'[' | b'{').then_some(Quote {
                    mark: b'"',
                    slashes: 0,
                })
            })
        }
        _ => None,
    }
}

/// The double quote that ends before `end`, with its backslashes.
fn quote_before(text: &[u8], end: usize) -> Option<Quote> {
    (before(text, end) == b'"').then(|| Quote {
        mark: b'"',
        slashes: slashes_before(text, end - 1),
    })
}
