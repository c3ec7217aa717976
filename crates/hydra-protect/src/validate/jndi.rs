//! Lookups of Log4j: `${jndi:…}`, also where its letters come from other lookups.

use super::scan::Sign;
use crate::text::{byte, has_word};

/// How far the name of a lookup is followed, in bytes.
const FAR: usize = 384;

/// What a `${` begins.
pub(super) fn lookup(text: &[u8], at: usize) -> Option<Sign> {
    if byte(text, at + 1) != b'{' {
        return None;
    }
    if has_word(text, at + 2, b"jndi:") {
        return Some(Sign::sure("a lookup that loads code"));
    }
    if !text[at + 2..text.len().min(at + FAR)].contains(&b'$') {
        return None;
    }
    name_of(text, at)
        .starts_with(b"jndi:")
        .then(|| Sign::sure("a lookup that loads code, in pieces"))
}

/// The first letters of what a lookup asks for, with the lookups inside it resolved: `${lower:J}`
/// and `${upper:j}` give their letter, `${env:X:-j}` its default.
fn name_of(text: &[u8], at: usize) -> Vec<u8> {
    let mut name = Vec::with_capacity(8);
    let end = text.len().min(at + FAR);
    let mut place = at + 2;
    while place < end && name.len() < 5 {
        if has_word(text, place, b"${") {
            let (value, next) = inner(text, place, end);
            name.extend(value.iter().map(u8::to_ascii_lowercase));
            place = next;
        } else {
            name.push(byte(text, place).to_ascii_lowercase());
            place += 1;
        }
    }
    name
}

/// The value of a lookup inside a lookup, and what follows it.
fn inner(text: &[u8], at: usize, end: usize) -> (&[u8], usize) {
    let mut depth = 0_usize;
    let mut close = at;
    while close < end {
        match byte(text, close) {
            b'{' => depth += 1,
            b'}' if depth == 1 => break,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        close += 1;
    }
    let body = &text[(at + 2).min(close)..close];
    let default = body
        .windows(2)
        .rposition(|pair| pair == b":-")
        .map(|place| place + 2);
    let from = default.or_else(|| body.iter().rposition(|b| *b == b':').map(|place| place + 1));
    let value = &body[from.unwrap_or(body.len())..];
    let value = value.split(|b| *b == b'}').next().unwrap_or_default();
    // `${date:'j'}`: text in quotes is a date's own text.
    let value = value
        .strip_prefix(b"'")
        .and_then(|v| v.strip_suffix(b"'"))
        .unwrap_or(value);
    (value, close + 1)
}
