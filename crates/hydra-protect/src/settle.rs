//! Makes the spans of a text fit what stands around them: no half of an escape or of a UTF-16
//! character is left, and a bare JSON number becomes a string.

use crate::context::value::Quote;
use crate::span::{Span, Width};
use crate::text::{before, byte, is_blank, skip, skip_back, slice};

/// How many backslashes are counted: more than two levels of JSON within JSON need.
const MOST_SLASHES: usize = 64;

/// Adjusts the spans of `text`, which are sorted.
pub(crate) fn settle(text: &[u8], spans: &mut [Span]) {
    let mut strings = Strings::new(text);
    for span in spans {
        keep_escapes(text, span);
        keep_width(text, span);
        if span.quote.is_none() {
            span.quote = quote_of_number(text, span, &mut strings);
        }
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
    at - skip_back(text, at, MOST_SLASHES, |b| b == b'\\')
}

/// The quotes that the marker of a bare number needs, as deep as those around it.
fn quote_of_number(text: &[u8], span: &Span, strings: &mut Strings<'_>) -> Option<Quote> {
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
        b'[' | b',' if strings.are_json && !strings.inside(span.start) => Some(Quote {
            mark: b'"',
            slashes: 0,
        }),
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

/// Whether places of a JSON text are inside of its strings; asked from front to back.
struct Strings<'t> {
    text: &'t [u8],
    are_json: bool,
    at: usize,
    inside: bool,
}

impl Strings<'_> {
    fn new(text: &[u8]) -> Strings<'_> {
        let first = skip(text, 0, |b| b.is_ascii_whitespace());
        Strings {
            text,
            are_json: matches!(byte(text, first), b'{' | b'['),
            at: 0,
            inside: false,
        }
    }

    fn inside(&mut self, at: usize) -> bool {
        while self.at < at {
            match byte(self.text, self.at) {
                b'\\' if self.inside => self.at += 1,
                b'"' => self.inside = !self.inside,
                _ => {}
            }
            self.at += 1;
        }
        self.inside
    }
}
