//! What SQL is written with: what separates words, comments, the sides of a comparison.

use super::super::text::{any_stands, leading, near, skip, word_end, word_of};
use crate::text::{byte, has_word};

/// Past what separates words in SQL: white space, `+` of a query string, comments.
pub(super) fn gap(text: &[u8], mut at: usize) -> usize {
    for _ in 0..16 {
        let start = at;
        at = skip(text, at, |b| {
            b.is_ascii_whitespace() || matches!(b, b'+' | 0x0b | 0xa0)
        });
        if has_word(text, at, b"/*!") {
            at = skip(text, at + 3, |b| b.is_ascii_digit());
        } else if has_word(text, at, b"/*") {
            let end = near(text, at).windows(2).position(|pair| pair == b"*/");
            at = end.map_or(at, |end| at + end + 2);
        } else if has_word(text, at, b"*/") {
            at += 2;
        }
        if at == start {
            break;
        }
    }
    at
}

/// Past separators and opening brackets.
pub(super) fn gap_and_open(text: &[u8], at: usize) -> usize {
    let mut at = gap(text, at);
    for _ in 0..8 {
        if byte(text, at) != b'(' {
            break;
        }
        at = gap(text, at + 1);
    }
    at
}

/// Whether a comment begins here that makes the rest of a statement go away.
pub(super) fn comment(text: &[u8], at: usize) -> bool {
    let after = |length: usize| byte(text, at + length);
    (has_word(text, at, b"--")
        && (after(2).is_ascii_whitespace()
            || matches!(after(2), 0 | b'-' | b'+' | b'&' | b'\'' | b'"')))
        || byte(text, at) == b'#'
        || has_word(text, at, b"/*")
        || has_word(text, at, b";%00")
        || (byte(text, at) == b';' && after(1) == 0)
}

/// Whether the whole text ends in a comment that hides what would follow.
pub(super) fn ends_in_comment(text: &[u8]) -> bool {
    let text = leading(text, text.len()).trim_ascii_end();
    let text = text.strip_suffix(b"-").unwrap_or(text).trim_ascii_end();
    let text = text
        .strip_suffix(b"'")
        .or(text.strip_suffix(b"\""))
        .unwrap_or(text);
    text.trim_ascii_end().ends_with(b"--") || text.ends_with(b"/*")
}

/// A side of a comparison.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operand<'t> {
    Constant(&'t [u8]),
    Name(&'t [u8]),
}

/// The operand here, and where it ends. A text need not be closed.
pub(super) fn operand(text: &[u8], at: usize) -> Option<(Operand<'_>, usize)> {
    let at = gap_and_open(text, at);
    let at = skip(text, at, |b| matches!(b, b'-' | b'~' | b'!'));
    let first = byte(text, at);
    if matches!(first, b'\'' | b'"') {
        let inner = near(text, at + 1);
        let length = inner
            .iter()
            .position(|b| *b == first)
            .unwrap_or(inner.len());
        let end = text.len().min(at + length + 2);
        return (length <= 24).then_some((Operand::Constant(&inner[..length]), end));
    }
    let mut end = word_end(text, at);
    if first.is_ascii_digit() && byte(text, end) == b'.' {
        end = word_end(text, end + 1);
    }
    let word = text.get(at..end).filter(|word| !word.is_empty())?;
    let constant = first.is_ascii_digit()
        || [&b"true"[..], b"false", b"null"]
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w));
    let operand = if constant {
        Operand::Constant(word)
    } else {
        Operand::Name(word)
    };
    Some((operand, end))
}

/// The end of a comparison's sign or word; whether it asks which side is larger.
pub(super) fn comparison(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let at = skip(text, gap(text, at), |b| b == b')');
    let at = gap(text, at);
    let signs: [&[u8]; 10] = [
        b"<=>", b"<>", b"!=", b"==", b">=", b"<=", b"=", b"<", b">", b"^",
    ];
    if let Some(length) = any_stands(text, at, &signs) {
        let ordered = byte(text, at) != b'=' && matches!(byte(text, at + length - 1), b'<' | b'>');
        return Some((at + length, ordered));
    }
    let words: [&[u8]; 7] = [
        b"like", b"is", b"in", b"rlike", b"regexp", b"between", b"not",
    ];
    let end = word_of(text, at, &words)?;
    let second = word_of(text, gap(text, end), &[b"like", b"in", b"between", b"not"]);
    Some((second.unwrap_or(end), false))
}
