//! What stands in place of a secret: nothing, a placeholder, a mask.

use super::marker::is_marker;
use crate::text::{has_word, skip, slice};
use crate::word_list::Words;

/// Whether the value is nothing, a placeholder, masked, or redacted before.
pub(crate) fn is_stand_in(value: &[u8]) -> bool {
    let Some((&first, tail)) = value.split_first() else {
        return true;
    };
    let last = tail.last().copied().unwrap_or(first);
    let closed = |marks: (u8, u8)| first == marks.0 && last == marks.1;
    if NOTHING.has(value) {
        return true;
    }
    if value.len() <= 2 && !value.iter().any(u8::is_ascii_alphanumeric) || starts_with_your(value) {
        return true;
    }
    match first {
        b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'_' | b'?'
            if tail.iter().all(|&b| b == first) =>
        {
            true
        }
        b'*' => value.starts_with(b"***"),
        b'$' => {
            matches!(tail.first(), Some(b'{' | b'('))
                || tail
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        }
        b'%' => value.len() == 2 || value.starts_with(b"%(") || last == b'%',
        b'{' => tail.first() == Some(&b'{') || (last == b'}' && tail.len() < 40),
        b'<' => closed((b'<', b'>')) && tail.len() < 40 && !value.iter().any(u8::is_ascii_digit),
        b'[' => is_marker(value) || is_remark(value),
        b'!' => tail.iter().all(u8::is_ascii_alphabetic) && !tail.is_empty(),
        b':' | b'@' => tail.iter().all(|&b| b.is_ascii_lowercase() || b == b'_'),
        _ => false,
    }
}

/// `YOUR_API_KEY`, `<your password here>`: what an example says.
fn starts_with_your(value: &[u8]) -> bool {
    let word = slice(value, skip(value, 0, |b| b == b'<')..value.len());
    has_word(word, 0, b"your") && !word.iter().any(u8::is_ascii_digit)
}

/// `[FILTERED]`, `[hidden]`: a word in brackets in place of the value.
fn is_remark(value: &[u8]) -> bool {
    let word = slice(value, 1..value.len().saturating_sub(1));
    value.ends_with(b"]")
        && word
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'_' | b'-'))
}

static NOTHING: Words = Words::new(&[
    b"null",
    b"none",
    b"nil",
    b"undefined",
    b"true",
    b"false",
    b"n/a",
    b"na",
    b"empty",
    b"redacted",
    b"masked",
    b"hidden",
    b"unset",
    b"(null)",
    b"(none)",
    b"<none>",
    b"filtered",
    b"{}",
    b"[]",
    b"\"\"",
    b"''",
    b"required",
    b"optional",
    b"missing",
    b"invalid",
    b"unknown",
    b"yes",
    b"no",
    b"await",
    b"new",
    b"self",
    b"this",
]);
