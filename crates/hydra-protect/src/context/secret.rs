//! Whether the value of a sensitive name is a secret, and no prose about one and no code that gets one.

use std::ops::Range;

use super::stand_in::is_stand_in;
use super::value::{Shape, is_quote};
use crate::detect::looks_random;
use crate::keys::Weight;
use crate::text::{before, byte, skip, slice};

/// How much of a value is asked what it is made of, in bytes.
const MOST_ASKED: usize = 256;

/// No identifier is longer, in bytes.
pub(super) const LONGEST_NUMBER: usize = 64;

/// `/usr/local/bin`: `pwd` names a folder, and a password's file is named too. Keys in base64, which may
/// begin in this way, have capitals.
fn is_path(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/._-".contains(b);
    value.starts_with(b"/") && slice(value, 0..MOST_ASKED).iter().all(plain)
}

/// Whether the value of a name of this weight is a secret, and not a stand-in or prose about one.
pub(crate) fn is_secret(text: &[u8], range: &Range<usize>, weight: Weight, shape: Shape) -> bool {
    let value = slice(text, range.clone());
    let is_text = shape == Shape::Quoted
        || slice(value, 0..MOST_ASKED)
            .iter()
            .any(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    // What a field is called, in JSON or quotes, is believed; in prose it may be what is said of it.
    let digits = || {
        slice(value, 0..LONGEST_NUMBER)
            .iter()
            .any(u8::is_ascii_digit)
    };
    let counts = weight != Weight::Digits || shape == Shape::Quoted || digits();
    if !is_text || !counts || is_stand_in(value) {
        return false;
    }
    if shape != Shape::Quoted && shape != Shape::Query && (is_expression(value) || is_path(value)) {
        return false;
    }
    let told = shape == Shape::Told && is_told(text, range);
    match weight {
        Weight::Any => !told,
        Weight::Digits => true,
        Weight::Shaped => {
            let number =
                shape != Shape::Told && value.len() >= 8 && value.iter().all(u8::is_ascii_digit);
            let drawn = value.len() >= 12 && looks_random(value);
            // A number of a session, counted by a server, opens nothing.
            let counted = value.starts_with(b"0x") && value.len() <= 18;
            !told && !counted && !is_pair(value) && (looks_made(value) || number || drawn)
        }
        Weight::Code => {
            let code = (4..=8).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
            code || !told && looks_made(value)
        }
        Weight::Random => value.len() >= 16 && looks_random(value),
    }
}

/// `response_type=code`: a name and its value, in words alone.
fn is_pair(value: &[u8]) -> bool {
    let name = skip(slice(value, 0..LONGEST_NUMBER), 0, |b| {
        b.is_ascii_lowercase() || b == b'_'
    });
    let word = slice(value, name + 1..value.len());
    name > 1
        && byte(value, name) == b'='
        && !word.is_empty()
        && word.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
}

/// `token=680`: a number of so few digits counts something.
pub(super) fn is_count(value: &[u8]) -> bool {
    value.len() < 5 && value.iter().all(u8::is_ascii_digit)
}

/// `password: expired`, `token: is invalid`: a plain word after a colon speaks about the secret.
pub(super) fn is_told(text: &[u8], range: &Range<usize>) -> bool {
    let value = slice(text, range.clone());
    let tail = value.get(1..).unwrap_or_default();
    // Three words and more, none of them small, are a phrase that somebody chose.
    let parts = || value.split(|&b| b == b'-');
    let phrase = parts().count() > 2 && parts().all(|part| part.len() > 3);
    value.len() <= 20
        && !phrase
        && value.first().is_some_and(u8::is_ascii_alphabetic)
        && tail
            .iter()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b'\'' | b'-'))
        && !(byte(text, range.end) == b'"' && is_quote(before(text, range.start)))
}

/// Letters with digits, or with marks, and not short: what a person or a generator makes up.
pub(crate) fn looks_made(value: &[u8]) -> bool {
    let value = slice(value, 0..MOST_ASKED);
    let digit = value.iter().any(u8::is_ascii_digit);
    let letter = value.iter().any(u8::is_ascii_alphabetic);
    let mark = value.iter().any(u8::is_ascii_punctuation);
    value.len() >= 6 && ((digit && letter) || (mark && letter && value.len() >= 8))
}

/// No path of names in an expression is longer, in bytes.
const LONGEST_PATH: usize = 64;

/// Where programs keep what they read of their surroundings: a name behind these may have digits.
const PLACES: &[&[u8]] = &[
    b"process.env.",
    b"import.meta.env.",
    b"os.environ.",
    b"env.",
    b"secrets.",
    b"settings.",
    b"config.",
    b"self.",
    b"this.",
    b"vars.",
    b"var.",
];

/// `os.getenv("X")`, `os.environ['X']`, `r.Header.Get(…)`, `env::var(…)`, `config.token`: an expression
/// that gives the secret when the program runs.
pub(super) fn is_expression(value: &[u8]) -> bool {
    let path = skip(slice(value, 0..LONGEST_PATH), 0, |b| {
        b.is_ascii_alphabetic() || matches!(b, b'_' | b'.' | b':' | b'-' | b'>' | b'!' | b'&')
    });
    let begins = value
        .first()
        .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'&'));
    let calls = matches!(byte(value, path), b'(' | b'[');
    let member = path == value.len() && value.contains(&b'.') && path < 40;
    let generic = byte(value, path) == b'<' && value.ends_with(b">");
    let reference = value.first() == Some(&b'&') && path == value.len();
    begins && path > 1 && (calls || member || generic || reference || is_placed(value))
        || is_file(value)
        || is_schema(value)
}

/// `process.env.API_TOKEN1`.
fn is_placed(value: &[u8]) -> bool {
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
    value.len() <= LONGEST_PATH
        && PLACES.iter().any(|place| value.starts_with(place))
        && value.iter().all(name)
}

/// `{ type: String, required: true }`: what a field of this name must be.
pub(super) fn is_schema(value: &[u8]) -> bool {
    let word = skip(value, 1, |b| b == b' ');
    value.starts_with(b"{") && slice(value, word..word + 5) == b"type:"
}

/// `/etc/tls/server.key`: a key's file is no key.
fn is_file(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'~');
    if !matches!(value.first(), Some(b'/' | b'.' | b'~')) || !value.iter().all(plain) {
        return false;
    }
    let name = value.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let dot = name.iter().rposition(|&b| b == b'.');
    dot.is_some_and(|dot| (2..=6).contains(&(name.len() - dot)))
}
