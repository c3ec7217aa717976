//! Secrets told in sentences: `the password is hunter2`, `token "abc123"`, `password for bob: x9`.

use std::ops::Range;

use super::marker::is_marker;
use super::secret::{is_expression, is_told};
use super::stand_in::is_stand_in;
use super::value::{Quote, Shape, is_quote};
use crate::detect::{Kind, looks_random};
use crate::keys::{Sensitive, Weight};
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, is_blank, skip, slice};
use crate::word_list::Words;

/// Words that say that the value comes next.
static TELLING: Words = Words::new(&[
    b"is",
    b"was",
    b"=",
    b":",
    b"->",
    b"=>",
    b"to",
    b"are",
    b"as",
    b"of",
    b"now",
    b"equals",
    b"ist",
    b"es",
    b"est",
    b"with",
    "→".as_bytes(),
]);

/// How many words may stand between the name and the word that tells.
const MOST_WORDS: usize = 6;

/// Takes the value that the sentence behind a name tells.
pub(super) fn after_name(scan: &mut Scan<'_>, end: usize, sensitive: Sensitive) {
    let text = scan.text;
    let mut at = end;
    let mut told = false;
    for place in 0..=MOST_WORDS {
        at = skip(text, at, is_blank);
        if let Some(range) = quoted(text, at) {
            if (told || place == 0) && is_value(text, &range, sensitive, told) {
                let end = range.end + 1;
                scan.take(Span::new(range, sensitive.kind));
                second_value(scan, end, sensitive);
            }
            return;
        }
        let range = at..scan.ahead.unquoted_end(text, at, Shape::Told);
        let word = slice(text, range.clone());
        // The name once more tells for itself.
        let again = has_word_back(text, end, word);
        if word.is_empty() || is_marker(word) || again {
            return;
        }
        if (told || place == 0) && is_value(text, &range, sensitive, told) {
            let end = range.end;
            scan.take(Span::new(range, sensitive.kind));
            return second_value(scan, end, sensitive);
        }
        let clause = matches!(byte(text, range.end), b'.' | b',' | b';' | b')');
        let from = place == 0 && word == b"from";
        told = from
            || TELLING.has(word)
            || before(text, range.end) == b':'
            || byte(text, range.end) == b':';
        let plain = word.iter().all(|&b| {
            b.is_ascii_alphanumeric()
                || !b.is_ascii()
                || matches!(
                    b,
                    b'_' | b'-' | b'.' | b'@' | b'\'' | b':' | b'=' | b'>' | b'#'
                )
        });
        if clause || !plain || word.len() > 40 || (word.contains(&b'=') && word.len() > 2) {
            return;
        }
        at = range.end + usize::from(byte(text, range.end) == b':');
    }
}

/// Whether the word that ends at `end` is `word`.
fn has_word_back(text: &[u8], end: usize, word: &[u8]) -> bool {
    word.len() > 2 && slice(text, end.saturating_sub(word.len())..end).eq_ignore_ascii_case(word)
}

/// `changed from "x" to "y"`: the new one goes, too.
fn second_value(scan: &mut Scan<'_>, end: usize, sensitive: Sensitive) {
    let text = scan.text;
    let word = skip(text, end, is_blank);
    if slice(text, word..word + 3) != b"to " {
        return;
    }
    let at = skip(text, word + 3, is_blank);
    let range =
        quoted(text, at).unwrap_or_else(|| at..scan.ahead.unquoted_end(text, at, Shape::Told));
    if is_value(text, &range, sensitive, true) {
        scan.take(Span::new(range, sensitive.kind));
    }
}

/// What stands between quotes at `at`, typographic ones among them.
fn quoted(text: &[u8], at: usize) -> Option<Range<usize>> {
    if let Some((quote, inside)) = Quote::open(text, at) {
        return Some(inside..quote.close(text, inside));
    }
    let open = slice(text, at..at + 3);
    if open == "“".as_bytes() || open == "‘".as_bytes() {
        let end = skip(slice(text, 0..at + 260), at + 3, |b| {
            b != 0xe2 && b != b'\n'
        });
        return Some(at + 3..end);
    }
    None
}

fn ends_line(text: &[u8], at: usize) -> bool {
    matches!(byte(text, at), 0 | b'\n' | b'\r' | b'"')
}

/// `v0.5.0`.
fn is_version(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"v").unwrap_or(value);
    digits.contains(&b'.') && digits.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// Whether what stands in a sentence behind a name is a secret, and no word of the sentence.
fn is_value(text: &[u8], range: &Range<usize>, sensitive: Sensitive, told: bool) -> bool {
    let value = slice(text, range.clone());
    let padding = value.iter().rev().take_while(|&&b| b == b'=').count();
    let value = slice(value, 0..value.len() - padding.min(2));
    if is_stand_in(value) || is_told(text, range) || value.len() > 512 {
        return false;
    }
    let quoted = is_quote(before(text, range.start)) && is_quote(byte(text, range.end));
    let count = |is: fn(&u8) -> bool| value.iter().filter(|b| is(b)).count();
    let digits = count(u8::is_ascii_digit);
    let letters = count(u8::is_ascii_alphabetic);
    let structured = value.contains(&b'=') && !told
        || value.starts_with(b"/")
        || value.contains(&b'(')
        || value.starts_with(b"http");
    if structured || value.contains(&b' ') || is_version(value) || is_expression(value) {
        return false;
    }
    match (sensitive.weight, sensitive.kind) {
        (Weight::Digits, _) => told && digits >= 3,
        (_, Kind::Password) => {
            let dashes = value
                .split(|&b| b == b'-')
                .filter(|part| part.len() > 2)
                .count();
            let marks = value
                .iter()
                .filter(|b| {
                    matches!(
                        b,
                        b'!' | b'@'
                            | b'#'
                            | b'$'
                            | b'%'
                            | b'^'
                            | b'&'
                            | b'*'
                            | b'_'
                            | b'-'
                            | b'.'
                            | b'?'
                            | b'~'
                    )
                })
                .count();
            let made = digits > 0 && letters > 0;
            let phrase = dashes > 2 && (told || ends_line(text, range.end));
            let strong = phrase || marks > 0 && letters > 0 && !value.contains(&b'-') && told;
            value.len() >= 5 && (made || strong || told && quoted)
                || letters == 0 && (told && digits >= 4 || digits >= 8 && digits == value.len())
        }
        _ => {
            value.len() >= 8
                && (told && digits > 0 && letters > 0 || looks_random(value) && value.len() >= 12)
        }
    }
}
