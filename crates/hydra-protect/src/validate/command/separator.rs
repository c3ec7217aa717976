//! A separator, a backtick or an encoded line end, and a program behind it.

use super::super::scan::Sign;
use super::super::text::{
    any_stands, holds_any, is_first, is_last, is_word, near, skip, skip_back, skip_space,
    token_start, word_of,
};
use super::programs::{
    ASKING, SECRET_FILES, USUAL, is_known_command, looks_like_argument, program,
};
use crate::text::{before, byte, has_word};

/// What `;`, `|`, `&`, a backtick or an encoded line end says.
pub(in super::super) fn separator(text: &[u8], at: usize) -> Option<Sign> {
    let mark = byte(text, at);
    if mark == b'`' {
        return backticks(text, at);
    }
    if before(text, at) == mark && mark != b'\n' {
        return None;
    }
    let start = skip(text, at, |b| b == mark);
    let start = skip(text, start, |b| {
        b.is_ascii_whitespace() || matches!(b, b'+' | b'&' | b'{' | b'"' | b'\'')
    });
    if has_word(text, start, b"$(") || byte(text, start) == b'`' {
        return None;
    }
    let net = word_of(text, start, &[b"net"]).filter(|end| byte(text, *end) == b' ');
    let accounts: [&[u8]; 3] = [b"user", b"localgroup", b"share"];
    if net.is_some_and(|end| word_of(text, end + 1, &accounts).is_some()) {
        return Some(Sign::sure("a program that asks who runs it"));
    }
    if let Some(end) = program(text, start, &ASKING) {
        let next = skip(text, end, |b| b == b' ');
        let sure = next >= text.len() || !byte(text, next).is_ascii_alphabetic() || next == end;
        return sure.then(|| Sign::sure("a program that asks who runs it"));
    }
    let end = program(text, start, &USUAL)?;
    let arguments = near(text, end);
    if holds_any(arguments, &SECRET_FILES) {
        return Some(Sign::sure("a program that reads what is secret"));
    }
    let word = text.get(start..end)?;
    let next = byte(
        text,
        if mark == b'\n' {
            skip(text, end, |b| b == b' ')
        } else {
            end
        },
    );
    let ends = next == 0
        || matches!(
            next,
            b';' | b'|' | b'&' | b'`' | b')' | b'#' | b'\'' | b'"' | b'%' | b'\n'
        );
    // `columns: name; type` and `set x; find y`: words of prose.
    let in_prose = word.eq_ignore_ascii_case(b"id")
        || word.len() > 2 && next == b' ' && !looks_like_argument(text, end);
    if in_prose && !ends {
        return None;
    }
    // `users; type; sort`: a list of words.
    let spaced = byte(text, at + 1) == b' ' && mark == b';' && next == b';';
    if spaced && before(text, at).is_ascii_alphabetic() {
        return None;
    }
    weigh_place(text, at, mark)
}

/// How much a separator before a program says, by what stands before it.
fn weigh_place(text: &[u8], at: usize, mark: u8) -> Option<Sign> {
    let reason = "a program after a separator";
    let end = skip_back(text, at, |b| b == b' ' || b == mark);
    if end == 0 || (end == 1 && matches!(byte(text, 0), b'\'' | b'"')) {
        return Some(Sign::sure(reason));
    }
    let token = token_start(text, end);
    let line = skip_back(text, end, |b| {
        !matches!(b, b';' | b'|' | b'&' | b'\n' | b'"' | b'\'')
    });
    let value = &text[token..end];
    // What somebody gave: the whole text so far, or the value of a parameter.
    let parameter = value.contains(&b'=') && at == end && mark != b'&';
    let alone = is_first(text, token) && !is_known_command(text, token);
    let closed = matches!(before(text, end), b'"' | b'\'' | b')') && line == end && at == end;
    if parameter || alone || (closed && mark != b'&') {
        return Some(Sign::sure(reason));
    }
    if mark == b'\n' && end == at {
        return Some(Sign::new(6, reason));
    }
    None
}

/// A program in backticks. Databases quote names with them, prose quotes commands.
fn backticks(text: &[u8], at: usize) -> Option<Sign> {
    let start = skip_space(text, at + 1);
    let inner = near(text, start);
    let length = inner.iter().position(|b| *b == b'`')?;
    let inner = &inner[..length];
    let reason = "a program in backticks";
    if program(text, start, &ASKING).is_some() || holds_any(inner, &SECRET_FILES) {
        return Some(Sign::sure(reason));
    }
    let end = program(text, start, &USUAL)?;
    let previous = before(text, at);
    let alone = is_first(text, at) && is_last(text, start + length + 1);
    let waits = word_of(
        text,
        start,
        &[b"sleep", b"ping", b"curl", b"wget", b"nslookup", b"nc"],
    )
    .is_some()
        && looks_like_argument(text, end);
    let glued = is_word(previous) || matches!(previous, b'=' | b';' | b'|' | b'&' | b'"');
    (alone || ((glued || waits) && looks_like_argument(text, end))).then(|| Sign::sure(reason))
}

/// `%0aid` behind one more encoding.
pub(in super::super) fn hidden_newline(text: &[u8], at: usize) -> Option<Sign> {
    let length = any_stands(text, at, &[b"%0a", b"%0d%0a"])?;
    let start = skip(text, at + length, |b| b == b'+');
    let known = program(text, start, &ASKING).or_else(|| program(text, start, &USUAL));
    known.map(|_| Sign::sure("a program after a separator"))
}
