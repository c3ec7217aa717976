//! A name, a separator and a value: `password=x`, `"api_key": "x"`, `Authorization: Bearer x`.

use std::ops::Range;

use super::marker::marker_end;
use super::take::take_value;
use super::value::{Quote, Shape, is_quote};
use super::{url, word};
use crate::detect::Kind;
use crate::keys::{Keys, LastWord, Sensitive, Weight, earlier_word};
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, is_blank, rest, run_start, skip, slice};

/// How far a name reaches back from its separator.
const LONGEST_NAME: usize = 64;

/// A name before a separator.
pub(super) struct NameAt {
    pub(super) range: Range<usize>,
    pub(super) quote: Option<Quote>,
}

/// Whether the separator at `at` may stand before a value of interest. Most names say nothing, and stand
/// without quotes before their separator.
#[inline]
pub(crate) fn may_separate(text: &[u8], at: usize, keys: &Keys) -> bool {
    !before(text, at).is_ascii_alphabetic()
        || matches!(byte(text, at + 1), b'$' | b'/')
        || keys.may_end_at(text, at)
}

/// Takes the secret behind the separator at `at`, which [`may_separate`], when the name before it is
/// sensitive.
pub(crate) fn after_separator(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    if byte(text, at) == b':' && rest(text, at + 1).starts_with(b"//") {
        url::after_scheme(scan, at);
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
    let start = value_start(text, at, &name);
    if lone && shape != Shape::Query {
        return word::named_by_value(scan, start);
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
    if start < text.len() && !is_member_set(text, &name, start) {
        take_value(scan, start, shape, name.quote, sensitive);
    }
}

/// `self.api_key = api_key`: a member that is set from a variable of its name.
fn is_member_set(text: &[u8], name: &NameAt, start: usize) -> bool {
    let name = slice(text, name.range.clone());
    let Some(dot) = name.iter().rposition(|&b| b == b'.') else {
        return false;
    };
    let member = slice(name, dot + 1..name.len());
    let end = start + member.len();
    slice(text, start..end) == member && !is_name_byte(byte(text, end))
}

/// The name of a declaration with a type: `password: String = …`.
fn declared_name(text: &[u8], separator: usize, kind: &NameAt) -> Option<Range<usize>> {
    let colon = run_start(text, kind.range.start, 2, is_blank);
    if byte(text, separator) != b'=' || before(text, colon) != b':' {
        return None;
    }
    let end = run_start(text, colon - 1, 2, is_blank);
    let start = run_start(text, end, LONGEST_NAME, is_name_byte);
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
    // Most names stand right before it, and few marks.
    let last = before(text, separator);
    if is_name_byte(last) {
        let range = plain_name(text, separator);
        return (!range.is_empty()).then_some(NameAt { range, quote: None });
    }
    if !is_blank(last) && !matches!(last, b'*' | b']') && !is_quote(last) {
        return None;
    }
    let mut end = run_start(text, separator, 8, is_blank);
    // `**name**: …`, as in a chat.
    end = run_start(text, end, 3, |b| b == b'*');
    if before(text, end) == b']' {
        end -= 1;
    }
    let mut quote = None;
    if is_quote(before(text, end)) {
        let mark = before(text, end);
        let slashes_end = end - 1;
        end = run_start(text, slashes_end, 16, |b| b == b'\\');
        quote = Some(Quote {
            mark,
            slashes: slashes_end - end,
        });
    }
    let range = if quote.is_some() {
        let start = run_start(text, end, LONGEST_NAME, |b| is_name_byte(b) || b == b' ');
        without_definition(text, start)..end
    } else {
        plain_name(text, end)
    };
    (!range.is_empty()).then_some(NameAt { range, quote })
}

/// The name without quotes that ends at `end`.
fn plain_name(text: &[u8], end: usize) -> Range<usize> {
    let start = run_start(text, end, LONGEST_NAME, is_name_byte);
    without_definition(text, start)..end
}

/// `-Dname=value`, a definition on a command line: where its name starts.
fn without_definition(text: &[u8], start: usize) -> usize {
    let defined = byte(text, start) == b'-'
        && byte(text, start + 1) == b'D'
        && byte(text, start + 2).is_ascii_alphabetic();
    start + 2 * usize::from(defined)
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// Looks a name up alone, then with up to three words before it: `api key: …`.
pub(super) fn look_up(text: &[u8], name: &Range<usize>, keys: &Keys) -> Option<Sensitive> {
    let key = slice(text, name.clone());
    let last = LastWord::of(key);
    let alone = keys
        .may_be_last(last)
        .then(|| keys.verdict(key, last))
        .flatten();
    match alone {
        None => {}
        Some(Some(known)) if matches!(known.weight, Weight::Random | Weight::Shaped) => {}
        Some(known) => return known,
    }
    let longer = || {
        let mut start = word_back(text, name.start);
        if start == name.start {
            return None;
        }
        let pair = slice(text, start..name.end);
        let last = if last.says() {
            last
        } else {
            LastWord::of(pair)
        };
        let earlier = || earlier_word(pair, pair.len() - last.back);
        if !keys.may_be_last(last) || !keys.may_be_pair(earlier(), last) {
            return None;
        }
        for _ in 1..3 {
            start = word_back(text, start);
        }
        keys.look_up(slice(text, start..name.end))
    };
    longer().or(alone.flatten())
}

/// Where the word begins that stands before `start`, a space between.
fn word_back(text: &[u8], start: usize) -> usize {
    if before(text, start) != b' ' {
        return start;
    }
    run_start(text, start - 1, 24, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
    })
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
    // Most values stand right behind it.
    if !matches!(byte(text, at), 0..=b' ' | b'*' | b'=' | b'>') {
        return at;
    }
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
        let value = slice(text, next..end);
        // The `=` at the end of base64 makes no pair.
        let padding = value.iter().rev().take_while(|&&b| b == b'=').count();
        let value = slice(value, 0..value.len() - padding);
        let pair = value.iter().any(|b| matches!(b, b':' | b'='));
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
