//! Taking the value of a sensitive name: from where it starts to where its shape says that it ends.

use std::ops::Range;

use super::marker::{is_marker, marker_end};
use super::secret::{LONGEST_NUMBER, is_count, is_schema, is_secret, is_told};
use super::value::{Quote, Shape, balanced_end, is_quote, number_end, phrase_end};
use super::{credentials, header};
use crate::detect::{self, Kind};
use crate::keys::{Sensitive, Weight};
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, is_blank, rest, skip, slice};

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
    let may = matches!(byte(text, start), b'-' | b'&' | 0xe2);
    if may
        && [
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
    let opened = opened(scan, start);
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
    if byte(text, start) == b'{'
        && sensitive.weight == Weight::Any
        && take_object(scan, start, sensitive)
    {
        return;
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
    take_unquoted(scan, start, shape, quote, sensitive);
}

/// Takes the value without quotes that starts at `start`.
fn take_unquoted(
    scan: &mut Scan<'_>,
    start: usize,
    shape: Shape,
    quote: Option<Quote>,
    sensitive: Sensitive,
) {
    let text = scan.text;
    let numberless = sensitive.weight == Weight::Digits
        && shape != Shape::Quoted
        && !credentials::may_be_scheme(text, start)
        && !scan.ahead.has_digit(text, start, LONGEST_NUMBER);
    if numberless {
        return;
    }
    let mut end = scan.ahead.unquoted_end(text, start, shape);
    if sensitive.kind == Kind::Authorization || credentials::is_scheme(slice(text, start..end)) {
        end = end.max(credentials::header_end(scan, start));
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
    let counted = quote.is_none()
        && shape != Shape::Query
        && sensitive.kind == Kind::Token
        && is_count(slice(text, range.clone()));
    if !counted && is_secret(text, &range, sensitive.weight, shape) {
        take_bare(scan, range, quote, sensitive);
    }
}

/// Takes an object that is no schema and ends on its line, and tells whether no value is to be looked
/// for any more.
fn take_object(scan: &mut Scan<'_>, start: usize, sensitive: Sensitive) -> bool {
    let text = scan.text;
    if rest(text, start).starts_with(b"{{") {
        return false;
    }
    let end = balanced_end(text, start);
    if is_schema(slice(text, start..end)) {
        return true;
    }
    let whole =
        before(text, end) == b'}' && end - start > 2 && !slice(text, start..end).contains(&b'\n');
    if whole {
        scan.take(Span::new(start..end, sensitive.kind));
    }
    whole
}

/// The quote that opens at `start`, also behind a literal's prefix or a wrapper: `b"…"`, `Some("…")`,
/// `string(9) "…"`.
fn opened(scan: &Scan<'_>, start: usize) -> Option<(Quote, usize)> {
    let text = scan.text;
    Quote::open(text, start).or_else(|| {
        let word = scan.ahead.word_end(text, start).min(start + 16);
        let name = slice(text, start..word);
        if byte(text, word) != b'(' {
            let literal = name.len() == 1 && b"bruf".contains(&byte(text, start));
            return literal.then(|| Quote::open(text, word))?;
        }
        // PHP tells the length of a string before it.
        let digits = skip(slice(text, 0..word + 12), word + 1, |b| b.is_ascii_digit());
        if digits > word + 1 && byte(text, digits) == b')' {
            return Quote::open(text, skip(text, digits + 1, is_blank));
        }
        wraps(name).then(|| Quote::open(text, word + 1))?
    })
}

/// Whether what is called makes its argument the value: `Secret("x")`, not `input("Password: ")`.
fn wraps(name: &[u8]) -> bool {
    let known = [
        &b""[..],
        b"str",
        b"bytes",
        b"string",
        b"repr",
        b"quote",
        b"text",
        b"raw",
        b"ok",
    ];
    name.first().is_some_and(u8::is_ascii_uppercase) || known.contains(&name)
}

/// Takes a value that stands between quotes or behind a scheme's name.
fn take_within(scan: &mut Scan<'_>, range: Range<usize>, shape: Shape, sensitive: Sensitive) {
    let text = scan.text;
    if sensitive.kind == Kind::Cookie && header::cookies(scan, range.start, range.end) {
        return;
    }
    let credentials = credentials::in_value(
        scan,
        range.start,
        range.end,
        sensitive.kind == Kind::Authorization,
    );
    let Some(value) = credentials else {
        return;
    };
    let schemed = value.start > range.start;
    // `jwt: token is expired`: a sentence, whose first word is also a scheme's.
    if schemed
        && shape == Shape::Told
        && sensitive.kind != Kind::Authorization
        && is_told(text, &value)
    {
        return;
    }
    // A word alone behind `Authorization:` speaks about it, behind `Bearer` it is the token.
    let shape = if schemed { Shape::Quoted } else { shape };
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
