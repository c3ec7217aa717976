//! A name, a separator and a value: `password=x`, `"api_key": "x"`, `Authorization: Bearer x`.

use std::ops::Range;

use super::value::{
    Quote, Shape, balanced_end, is_marker, is_quote, is_secret, marker_end, number_end, phrase_end,
};
use super::{credentials, header, url};
use crate::detect::{self, Kind};
use crate::keys::{Keys, Sensitive, Weight};
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, is_blank, rest, skip, skip_back, slice};

/// How far a name reaches back from its separator.
const LONGEST_NAME: usize = 64;

/// A name before a separator.
pub(super) struct NameAt {
    pub(super) range: Range<usize>,
    pub(super) quote: Option<Quote>,
}

/// Takes the secret behind the separator at `at`, when the name before it is sensitive.
pub(crate) fn after_separator(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    if byte(text, at) == b':' && rest(text, at + 1).starts_with(b"//") {
        url::after_scheme(scan, at);
        return;
    }
    // Most names say nothing, and stand without quotes before their separator.
    let last = before(text, at);
    if last.is_ascii_alphabetic()
        && !scan.rules.keys.may_end_at(text, at)
        && byte(text, at + 1) != b'$'
    {
        return;
    }
    if byte(text, at + 1) == b'$' {
        take_crypt(scan, at + 1);
    }
    let keys = &scan.rules.keys;
    let Some(name) = name_before(text, at) else {
        return;
    };
    let end = name.range.end;
    // The label in a marker is no name.
    if name.range.start > 0 && marker_end(text, name.range.start - 1).is_some() {
        return;
    }
    let declared = byte(text, at) == b'=' && before(text, name.range.start) == b' ';
    if !declared && !keys.may_end_at(text, end) && !before(text, end).is_ascii_digit() {
        return;
    }
    let typed =
        || declared_name(text, at, &name).and_then(|range| keys.look_up(slice(text, range)));
    let Some(sensitive) = look_up(text, &name.range, keys).or_else(typed) else {
        return;
    };
    let Some(shape) = shape_of(text, at, &name) else {
        return;
    };
    let lone = sensitive.weight == Weight::Random && name.range.len() <= 8;
    if lone && shape != Shape::Query {
        return;
    }
    let (shape, sensitive) = match before(text, name.range.start) {
        // `/pass:x`, an option of Windows.
        b'/' if shape == Shape::Told && sensitive.kind == Kind::Password => (
            Shape::Assigned,
            Sensitive {
                weight: Weight::Any,
                ..sensitive
            },
        ),
        _ => (shape, sensitive),
    };
    let start = value_start(text, at, &name);
    if start < text.len() {
        take_value(scan, start, shape, name.quote, sensitive);
    }
}

/// The name of a declaration with a type: `password: String = …`.
fn declared_name(text: &[u8], separator: usize, kind: &NameAt) -> Option<Range<usize>> {
    let colon = skip_back(text, kind.range.start, 2, is_blank);
    if byte(text, separator) != b'=' || before(text, colon) != b':' {
        return None;
    }
    let end = skip_back(text, colon - 1, 2, is_blank);
    let start = skip_back(text, end, LONGEST_NAME, is_name_byte);
    (start < end).then_some(start..end)
}

/// A hash of a password as `crypt` writes it: `user:$6$salt$hash:…`.
///
/// Source: crypt(5).
fn take_crypt(scan: &mut Scan<'_>, start: usize) {
    let text = scan.text;
    let method = skip(slice(text, 0..start + 12), start + 1, |b| {
        b.is_ascii_alphanumeric() || b == b'-'
    });
    let end = skip(slice(text, 0..start + 256), method, |b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'$' | b'.' | b'/' | b'=' | b',' | b'+' | b'_' | b'-')
    });
    if method > start + 1 && byte(text, method) == b'$' && end - start >= 24 {
        scan.take(Span::new(start..end, Kind::Password));
    }
}

fn name_before(text: &[u8], separator: usize) -> Option<NameAt> {
    let mut end = skip_back(text, separator, 8, is_blank);
    // `**name**: …`, as in a chat.
    end = skip_back(text, end, 3, |b| b == b'*');
    if before(text, end) == b']' {
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
        is_name_byte(b) || (quote.is_some() && b == b' ')
    });
    (start < end).then_some(NameAt {
        range: start..end,
        quote,
    })
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// Looks a name up alone, then with up to three words before it: `api key: …`.
pub(super) fn look_up(text: &[u8], name: &Range<usize>, keys: &Keys) -> Option<Sensitive> {
    let alone = keys.verdict(slice(text, name.clone()));
    match alone {
        None => {}
        Some(Some(known)) if known.weight == Weight::Random => {}
        Some(known) => return known,
    }
    let mut start = name.start;
    for _ in 0..3 {
        if before(text, start) != b' ' {
            break;
        }
        start = skip_back(text, start - 1, 24, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
        });
    }
    let longer = (start < name.start).then(|| keys.look_up(slice(text, start..name.end)));
    longer.flatten().or(alone.flatten())
}

fn shape_of(text: &[u8], separator: usize, name: &NameAt) -> Option<Shape> {
    let (last, next) = (before(text, separator), byte(text, separator + 1));
    match byte(text, separator) {
        b'=' if matches!(last, b'!' | b'<' | b'>' | b'=' | b'~') => None,
        b'=' if matches!(before(text, name.range.start), b'?' | b'&') => Some(Shape::Query),
        b'=' => Some(Shape::Assigned),
        b':' if next == b':' || last == b':' => None,
        b':' if name.quote.is_some() => Some(Shape::Quoted),
        b':' => Some(Shape::Told),
        _ => None,
    }
}

fn value_start(text: &[u8], separator: usize, name: &NameAt) -> usize {
    let mut at = separator + 1;
    if rest(text, at).starts_with(b"** ") {
        at += 2;
    }
    if matches!(byte(text, at), b'=' | b'>') {
        at += 1;
    }
    let line = skip(text, at, is_blank);
    // `password:` and the value alone on the next line, indented.
    if byte(text, separator) == b':' && name.quote.is_none() && byte(text, line) == b'\n' {
        let next = skip(text, line + 1, is_blank);
        let end = skip(text, next, |b| b > b' ');
        let alone = matches!(byte(text, end), b'\n' | b'\r' | 0 | b'"');
        let pair = slice(text, next..end)
            .iter()
            .any(|b| matches!(b, b':' | b'='));
        return if next > line + 1 && alone && !pair {
            next
        } else {
            line
        };
    }
    skip(text, at, |b| {
        is_blank(b) || (name.quote.is_some() && matches!(b, b'\n' | b'\r'))
    })
}

/// Takes the value at `start` of a sensitive name whose quote was `quote`.
pub(super) fn take_value(
    scan: &mut Scan<'_>,
    start: usize,
    shape: Shape,
    quote: Option<Quote>,
    sensitive: Sensitive,
) {
    let text = scan.text;
    // A key is its own detector's, and what is quoted by an entity is read decoded.
    let here = rest(text, start);
    if [
        &b"-----BEGIN"[..],
        b"&#",
        b"&quot;",
        b"&apos;",
        b"\xe2\x80\x98",
        b"\xe2\x80\x99",
        b"\xe2\x80\x9c",
        b"\xe2\x80\x9d",
    ]
    .iter()
    .any(|head| here.starts_with(head))
    {
        return;
    }
    let opened = opened(text, start);
    // `iban=DE89 3704 …`: what has a shape of its own may reach further than a value without quotes.
    if (opened.is_some() || quote.is_none())
        && let inside = opened.as_ref().map_or(start, |(_, inside)| *inside)
        && let Some(found) = detect::at_value(text, inside, scan.rules.enabled)
    {
        scan.take(found);
    }
    if let Some((open, inside)) = opened {
        // The quote behind `enter your password:` ends the sentence.
        let ends = matches!(byte(text, inside), b',' | b'}' | b']' | b')' | b':' | 0);
        if quote.is_none() && ends && shape == Shape::Told {
            return;
        }
        if rest(text, inside).starts_with(b"-----BEGIN") {
            return;
        }
        let end = open.close(text, inside);
        take_within(scan, inside..end, Shape::Quoted, sensitive);
        return;
    }
    if quote.is_some() && matches!(byte(text, start), b'{' | b'[') {
        if matches!(sensitive.weight, Weight::Shaped | Weight::Random) {
            return;
        }
        let range = start..balanced_end(text, start);
        if range.len() > 2 && !is_marker(slice(text, range.clone())) {
            take_bare(scan, range, quote, sensitive);
        }
        return;
    }
    if byte(text, start) == b'{' && sensitive.weight == Weight::Any && !here.starts_with(b"{{") {
        let end = balanced_end(text, start);
        if before(text, end) == b'}' && end - start > 2 && !slice(text, start..end).contains(&b'\n')
        {
            scan.take(Span::new(start..end, sensitive.kind));
            return;
        }
    }
    // `Authorization:[Bearer x]`, as Go prints a header.
    let list = byte(text, start) == b'[' && marker_end(text, start).is_none();
    let start = start + usize::from(list);
    if list
        && sensitive.weight == Weight::Any
        && is_quote(byte(text, skip(text, start, |b| b == b'\\')))
    {
        let line = skip(text, start, |b| b != b']' && b != b'\n');
        if line > start + 2 {
            scan.take(Span::new(start..line, sensitive.kind));
        }
        return;
    }
    if sensitive.kind == Kind::Cookie {
        let limit = scan.ahead.line_end(text, start);
        if header::cookies(scan, start, limit) {
            return;
        }
    }
    let mut end = scan.ahead.unquoted_end(text, start, shape);
    if sensitive.kind == Kind::Authorization || credentials::is_scheme(slice(text, start..end)) {
        end = end.max(credentials::header_end(text, start));
        take_within(scan, start..end, shape, sensitive);
        return;
    }
    if sensitive.weight == Weight::Digits {
        take_number(
            scan,
            start..number_end(text, start, end),
            shape,
            quote,
            sensitive,
        );
        return;
    }
    if shape == Shape::Told {
        end = phrase_end(text, start, end);
    }
    let range = start..end;
    if is_secret(text, &range, sensitive.weight, shape) {
        take_bare(scan, range, quote, sensitive);
    }
}

/// The quote that opens at `start`, also behind a literal's prefix or a wrapper: `b"…"`, `Some("…")`.
fn opened(text: &[u8], start: usize) -> Option<(Quote, usize)> {
    Quote::open(text, start).or_else(|| {
        let word = skip(slice(text, 0..start + 16), start, |b| {
            b.is_ascii_alphabetic()
        });
        let at = word + usize::from(byte(text, word) == b'(');
        let wrapped = at > word || (word == start + 1 && b"bruf".contains(&byte(text, start)));
        (wrapped && is_quote(byte(text, at)) || at > word).then(|| Quote::open(text, at))?
    })
}

/// Takes a value that stands between quotes or behind a scheme's name.
fn take_within(scan: &mut Scan<'_>, range: Range<usize>, shape: Shape, sensitive: Sensitive) {
    let text = scan.text;
    if sensitive.kind == Kind::Cookie && header::cookies(scan, range.start, range.end) {
        return;
    }
    let credentials = credentials::in_value(
        text,
        range.start,
        range.end,
        sensitive.kind == Kind::Authorization,
    );
    let Some(value) = credentials else {
        return;
    };
    // A word alone behind `Authorization:` speaks about it, behind `Bearer` it is the token.
    let shape = if value.start > range.start {
        Shape::Quoted
    } else {
        shape
    };
    if is_secret(text, &value, sensitive.weight, shape) {
        scan.take(Span::new(value, sensitive.kind));
    }
}

/// Takes an identifier, and lets the verifier of its kind say that it is longer.
fn take_number(
    scan: &mut Scan<'_>,
    range: Range<usize>,
    shape: Shape,
    quote: Option<Quote>,
    sensitive: Sensitive,
) {
    if is_secret(scan.text, &range, sensitive.weight, shape) {
        let span = Span::new(range, sensitive.kind);
        scan.note(Span { quote, ..span });
    }
}

/// Takes a value without quotes; in JSON the marker needs those of the name.
fn take_bare(scan: &mut Scan<'_>, range: Range<usize>, quote: Option<Quote>, sensitive: Sensitive) {
    let span = Span::new(range, sensitive.kind);
    scan.take(match quote {
        Some(quote) => span.quoted(quote),
        None => span,
    });
}
