//! What follows the name of an authentication scheme: `Bearer …`, `Basic …`.
//!
//! Sources: RFC 9110, 11.4 (credentials), RFC 6750 (Bearer), RFC 7617 (Basic).

use std::ops::Range;

use super::marker::marker_end;
use super::stand_in::is_stand_in;
use crate::base64::{decoded, is_either};
use crate::scan::Scan;
use crate::text::{byte, is_blank, skip, slice};
use crate::word_list::Words;

/// Schemes whose credentials are one token.
static SCHEMES: Words = Words::new(&[
    b"bearer",
    b"basic",
    b"token",
    b"apikey",
    b"api-key",
    b"negotiate",
    b"ntlm",
    b"jwt",
    b"splunk",
    b"genie",
    b"bot",
    b"key",
    b"sso-key",
    b"sharedkey",
    b"sharedkeylite",
    b"aws",
    b"glpat",
    b"oauth",
    b"dpop",
    b"ghtoken",
    b"discogs",
]);

/// The characters of RFC 9110's `token68`, and those that tokens of other makers have.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'+'
                | b'/'
                | b'='
                | b':'
                | b'%'
                | b'|'
                | b'!'
                | b'$'
                | b'*'
        )
}

/// The credentials in a value from `start` to `end`: without the name of a scheme that is known, or
/// of any where the value is that of an Authorization header.
pub(super) fn in_value(
    scan: &Scan<'_>,
    start: usize,
    end: usize,
    any_scheme: bool,
) -> Option<Range<usize>> {
    let text = scan.text;
    let word = scheme_end(scan, start);
    let next = skip(text, word, is_blank);
    let named = is_scheme(slice(text, start..word));
    let scheme = named || any_scheme;
    if named && next >= end && next > word {
        return None;
    }
    let behind = scheme && next > word && next < end && !has_parameters(slice(text, 0..end), next);
    let from = if behind { next } else { start };
    let range = from..end;
    (from < end && !is_stand_in(slice(text, range.clone()))).then_some(range)
}

/// Whether a word is the name of a scheme whose credentials are one token.
pub(super) fn is_scheme(word: &[u8]) -> bool {
    SCHEMES.has(word)
}

/// Whether the name of such a scheme may start at `at`.
pub(super) fn may_be_scheme(text: &[u8], at: usize) -> bool {
    SCHEMES.may_start(text, at)
}

/// Where the name of a scheme ends that starts at `start`.
fn scheme_end(scan: &Scan<'_>, start: usize) -> usize {
    let letters = scan.ahead.word_end(scan.text, start);
    skip(scan.text, letters, |b| {
        b.is_ascii_alphanumeric() || b == b'-'
    })
}

/// The end of the credentials of an unquoted Authorization header whose value starts at `start`: one
/// token behind a known scheme, the list of parameters of any other.
pub(super) fn header_end(scan: &Scan<'_>, start: usize) -> usize {
    let text = scan.text;
    let word = scheme_end(scan, start);
    let next = skip(text, word, is_blank);
    if word == next || word == start {
        return token_end(text, start);
    }
    let name = slice(text, start..word);
    if let Some(end) = marker_end(text, next) {
        return end;
    }
    let base64 = [&b"basic"[..], b"bearer", b"negotiate", b"ntlm"];
    let plain = base64
        .iter()
        .any(|scheme| name.eq_ignore_ascii_case(scheme));
    if plain || is_scheme(name) && !has_parameters(text, next) {
        return token_end(text, next);
    }
    if has_parameters(text, next) {
        return parameters_end(text, next);
    }
    let end = token_end(text, next);
    let token = slice(text, next..end);
    if token.len() >= 8 && token.iter().any(u8::is_ascii_digit) {
        end
    } else {
        word
    }
}

fn token_end(text: &[u8], start: usize) -> usize {
    without_mark(text, start, skip(text, start, is_token_byte))
}

/// The end of a token without the mark that ends its sentence.
fn without_mark(text: &[u8], start: usize, end: usize) -> usize {
    end - usize::from(end > start && matches!(byte(text, end - 1), b'.' | b':' | b'!'))
}

/// `name=`, as in `Digest username="bob", …`; the `=` at the end of a base64 token is none.
fn has_parameters(text: &[u8], at: usize) -> bool {
    let end = skip(slice(text, 0..at + 32), at, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
    });
    end > at && byte(text, end) == b'=' && !matches!(byte(text, end + 1), b'=' | 0..=b' ')
}

/// The end of `name="value", name=value …`.
fn parameters_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while has_parameters(text, at) {
        let value = skip(text, at, |b| b != b'=') + 1;
        let end = match super::value::Quote::open(text, value) {
            Some((quote, inside)) => {
                let end = quote.close(text, inside);
                end + quote.slashes + usize::from(byte(text, end + quote.slashes) == quote.mark)
            }
            None => skip(text, value, |b| {
                b > b' ' && !matches!(b, b',' | b'"' | b'\'' | b'\\')
            }),
        };
        let next = skip(text, end, |b| is_blank(b) || b == b',');
        at = next.max(at + 1);
        if next == end || !has_parameters(text, next) {
            return end;
        }
    }
    at
}

/// How much of a token is asked whether it was made up, in bytes.
const MOST_ASKED: usize = 64;

/// The token behind `Bearer` or `Basic` at `start` in prose: it must look like one.
pub(super) fn after_scheme(scan: &Scan<'_>, word_end: usize, basic: bool) -> Option<Range<usize>> {
    let text = scan.text;
    let gap = skip(text, word_end, is_blank);
    let start = skip(slice(text, 0..gap + 2), gap, |b| {
        matches!(b, b':' | b'"' | b'\'' | b'=')
    });
    let start = skip(text, start, is_blank);
    if start == word_end {
        return None;
    }
    let range = start
        ..without_mark(
            text,
            start,
            scan.ahead.token_end(text, start, is_token_byte),
        );
    let value = slice(text, range.clone());
    if is_stand_in(value) {
        return None;
    }
    let made = || {
        let head = slice(value, 0..MOST_ASKED);
        #[cfg(test)]
        crate::steps::add(head.len());
        head.iter().any(u8::is_ascii_digit)
            || head.iter().filter(|b| b.is_ascii_uppercase()).count() > 1
    };
    let fits = if basic {
        is_basic(value)
    } else {
        value.len() >= 6 && made()
    };
    fits.then_some(range)
}

/// Whether base64 text holds `user:password`: what it decodes to is text with a colon.
fn is_basic(value: &[u8]) -> bool {
    let (mut bytes, mut colon) = (0, false);
    for byte in decoded(value) {
        if byte < b' ' {
            return false;
        }
        bytes += 1;
        colon |= byte == b':';
    }
    let end = skip(value, 0, is_either);
    colon && bytes >= 3 && value.get(end).is_none_or(|&padding| padding == b'=')
}
