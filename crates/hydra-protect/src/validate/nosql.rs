//! NoSQL injection: an operator where a value belongs, and a program inside a query.

use std::ops::Range;

use super::scan::{Seen, Sign};
use super::text::{
    any_stands, holds, holds_any, is_word, near, skip, skip_back, skip_space, word_end, word_of,
};
use crate::text::{before, byte, has_word};

/// Operators that hold for more than one value.
const OPERATORS: [&[u8]; 12] = [
    b"ne", b"gt", b"gte", b"lt", b"lte", b"in", b"nin", b"regex", b"exists", b"not", b"where",
    b"or",
];

/// `user[$ne]=x`.
pub(super) fn parameter(text: &[u8], at: usize) -> Option<Sign> {
    let dollar = skip(text, at + 1, |b| matches!(b, b'\'' | b'"'));
    if byte(text, dollar) != b'$' {
        return None;
    }
    let end = word_of(text, dollar + 1, &OPERATORS)?;
    let close = skip(text, end, |b| matches!(b, b'\'' | b'"' | b']'));
    let key = is_word(before(text, at)) || matches!(before(text, at), b']' | 0 | b'&' | b'?');
    let assigned = matches!(byte(text, close), b'=' | b'[') && close > end;
    (key && assigned).then(|| Sign::sure("an operator in a parameter"))
}

/// `"$where": "…"`, `{"$ne": null}` for a name that is asked for as it is.
pub(super) fn operator(text: &[u8], at: usize) -> Option<Sign> {
    let end = word_end(text, at + 1);
    let word = text.get(at + 1..end)?;
    let colon = skip(text, end, |b| {
        b.is_ascii_whitespace() || matches!(b, b'\'' | b'"')
    });
    if byte(text, colon) != b':' {
        return None;
    }
    let value = skip_space(text, colon + 1);
    let body = near(text, value);
    let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
    if is(b"where") || is(b"function") || is(b"accumulator") {
        let code: [&[u8]; 8] = [
            b"this.",
            b"return",
            b"sleep(",
            b"==",
            b"function",
            b"while",
            b"db.",
            b"new date",
        ];
        return holds_any(body, &code).then(|| Sign::sure("a program inside a query"));
    }
    if is(b"or") {
        let always = body.starts_with(b"[")
            && (holds(&body[..body.len().min(32)], b"{}") || holds(body, b"'a':'a"));
        return always.then(|| Sign::sure("a condition that is always true"));
    }
    OPERATORS
        .iter()
        .find(|known| word.eq_ignore_ascii_case(known))?;
    let empty: [&[u8]; 11] = [
        b"null",
        b"\"\"",
        b"''",
        b"undefined",
        b"\".*\"",
        b"'.*'",
        b"true",
        b"-1",
        b"\"^",
        b"'^",
        b"[]",
    ];
    let wide = any_stands(text, value, &empty).is_some()
        || regex_of_all(body)
        || is(b"ne") && is_short(body);
    (wide && asks_for_a_secret(text, at)).then(|| Sign::sure("an operator where a value belongs"))
}

fn regex_of_all(body: &[u8]) -> bool {
    any_stands(body, 0, &[b"\"a*\"", b"/.*/", b"\".+\"", b"\".{", b"/.+/"]).is_some()
}

/// A short value that nobody has: `"$ne": 1`, `"$ne": "x"`.
fn is_short(body: &[u8]) -> bool {
    let end = body
        .iter()
        .position(|b| matches!(b, b'}' | b','))
        .unwrap_or(body.len());
    end <= 8
}

/// Whether the operator stands for a user, a password and the like, or for the whole text.
fn asks_for_a_secret(text: &[u8], at: usize) -> bool {
    let brace = skip_back(text, at, |b| {
        b.is_ascii_whitespace() || matches!(b, b'\'' | b'"')
    });
    if before(text, brace) != b'{' {
        return false;
    }
    let lead = skip_back(text, brace - 1, |b| {
        b.is_ascii_whitespace() || matches!(b, b'\'' | b'"' | b':' | b'=')
    });
    let name = &text[skip_back(text, lead, is_word)..lead];
    let asked: [&[u8]; 9] = [
        b"user", b"login", b"pass", b"pwd", b"email", b"token", b"secret", b"name", b"key",
    ];
    lead == 0 || holds_any(name, &asked)
}

/// `'; return true; var x='`, `' || this.password…`.
pub(super) fn quote(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    if !seen.is_odd(byte(text, at)) {
        return None;
    }
    let start = skip(text, at + 1, |b| {
        b.is_ascii_whitespace() || matches!(b, b';' | b')' | b'}' | b'|' | b'&' | b',')
    });
    if start == at + 1 {
        return None;
    }
    if let Some(end) = word_of(text, start, &[b"return", b"while", b"sleep", b"var", b"db"]) {
        let code = near(text, end);
        let code = &code[..code.len().min(64)];
        let runs = matches!(byte(text, end), b'(' | b'.' | b' ' | b'+')
            && code.iter().any(|b| matches!(b, b';' | b'}' | b'('));
        let semicolon = text[at + 1..start].iter().any(|b| matches!(b, b';' | b'}'));
        return (runs && semicolon).then(|| Sign::sure("a program after a quote"));
    }
    let joined = matches!(before(text, start), b'|' | b'&' | b' ')
        && text[at + 1..start].iter().any(|b| matches!(b, b'|' | b'&'));
    let compared = &near(text, start)[..near(text, start).len().min(24)];
    if joined
        && compared.windows(2).any(|pair| pair == b"==")
        && !compared.windows(3).any(|three| three == b"===")
    {
        return Some(Sign::sure("a condition of a program after a quote"));
    }
    let where_clause = has_word(text, start, b"$where") || has_word(text, start, b"$or");
    (where_clause && byte(text, skip_space(text, word_end(text, start + 1))) == b':')
        .then(|| Sign::sure("an operator after a quote"))
}

/// `this.password.match(…)`.
pub(super) fn word(seen: &Seen<'_>, range: Range<usize>) -> Option<Sign> {
    let text = seen.text;
    let fields: [&[u8]; 5] = [
        b"this.password",
        b"this.username",
        b"this.user",
        b"this.email",
        b"this.pass",
    ];
    any_stands(text, range.start, &fields)?;
    let joined = skip_back(text, range.start, |b| b.is_ascii_whitespace() || b == b'(');
    let condition = matches!(before(text, joined), b'|' | b'&') && seen.in_quotes();
    let asked = holds_any(
        near(text, range.end),
        &[
            b".match(",
            b".startswith(",
            b".charat(",
            b".length",
            b".test(",
        ],
    );
    if condition && asked {
        return Some(Sign::sure("a program inside a query"));
    }
    Some(Sign::new(
        if condition { 8 } else { 0 },
        "a field of a document",
    ))
}
