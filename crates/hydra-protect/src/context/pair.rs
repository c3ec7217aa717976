//! A name, a separator and a value: `password=x`, `"api_key": "x"`, `Authorization: Bearer x`.

use std::ops::Range;

use super::value::{Quote, Shape, is_quote, is_secret, unquoted_end};
use crate::keys::{Keys, Sensitive};
use crate::span::Span;
use crate::text::{before, byte, is_blank, skip, skip_back, slice};

/// How far a name reaches back from its separator.
const LONGEST_NAME: usize = 64;

/// A name before a separator.
struct NameAt {
    range: Range<usize>,
    quote: Option<Quote>,
}

/// The secret behind the separator at `at`, when the name before it is sensitive.
pub(crate) fn after_separator(text: &[u8], at: usize, keys: &Keys) -> Option<Span> {
    let name = name_before(text, at)?;
    if !keys.may_end_at(text, name.range.end)
        && !byte(text, name.range.end.wrapping_sub(1)).is_ascii_digit()
    {
        return None;
    }
    let sensitive = look_up(text, &name, keys)?;
    let shape = shape_of(text, at, &name)?;
    let start = value_start(text, at, &name)?;
    value_at(text, start, shape, &name, sensitive)
}

fn name_before(text: &[u8], separator: usize) -> Option<NameAt> {
    let mut end = skip_back(text, separator, 8, is_blank);
    if byte(text, end.wrapping_sub(1)) == b']' {
        end -= 1;
    }
    let mut quote = None;
    if is_quote(before(text, end)) {
        let mark = before(text, end);
        let slashes_end = end - 1;
        end = skip_back(text, slashes_end, 16, |b| b == b'\\');
        quote = Some(Quote {
            mark,
            slashes: slashes_end - end,
        });
    }
    let start = skip_back(text, end, LONGEST_NAME, |b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'-' | b'.')
            || !b.is_ascii()
            || (quote.is_some() && b == b' ')
    });
    (start < end).then_some(NameAt {
        range: start..end,
        quote,
    })
}

/// Looks the name up alone, then with up to three words before it: `api key: …`.
fn look_up(text: &[u8], name: &NameAt, keys: &Keys) -> Option<Sensitive> {
    if let Some(known) = keys.verdict(slice(text, name.range.clone())) {
        return known;
    }
    let mut start = name.range.start;
    for _ in 0..3 {
        if before(text, start) != b' ' {
            break;
        }
        start = skip_back(text, start - 1, 24, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
        });
    }
    let longer = (start < name.range.start).then(|| slice(text, start..name.range.end))?;
    keys.look_up(longer)
}

fn shape_of(text: &[u8], separator: usize, name: &NameAt) -> Option<Shape> {
    let (last, next) = (before(text, separator), byte(text, separator + 1));
    match byte(text, separator) {
        b'=' if matches!(last, b'!' | b'<' | b'>' | b'=' | b'~') => None,
        b'=' if matches!(before(text, name.range.start), b'?' | b'&') => Some(Shape::Query),
        b'=' => Some(Shape::Assigned),
        b':' if next == b':'
            || last == b':'
            || (next == b'/' && byte(text, separator + 2) == b'/') =>
        {
            None
        }
        b':' if name.quote.is_some() => Some(Shape::Quoted),
        b':' => Some(Shape::Told),
        _ => None,
    }
}

fn value_start(text: &[u8], separator: usize, name: &NameAt) -> Option<usize> {
    let mut at = separator + 1;
    if matches!(byte(text, at), b'=' | b'>') {
        at += 1;
    }
    let start = skip(text, at, |b| {
        is_blank(b) || (name.quote.is_some() && matches!(b, b'\n' | b'\r'))
    });
    (start < text.len()).then_some(start)
}

fn value_at(
    text: &[u8],
    start: usize,
    shape: Shape,
    name: &NameAt,
    sensitive: Sensitive,
) -> Option<Span> {
    if let Some((quote, inside)) = Quote::open(text, start) {
        let range = inside..quote.close(text, inside);
        return is_secret(text, &range, sensitive.weight, Shape::Quoted)
            .then(|| Span::new(range, sensitive.kind));
    }
    let range = start..unquoted_end(text, start, shape);
    let span = Span::new(range.clone(), sensitive.kind);
    is_secret(text, &range, sensitive.weight, shape).then(|| match name.quote {
        Some(quote) => span.quoted(quote),
        None => span,
    })
}
