//! A quote that somebody closed: what stands behind it.

use super::super::scan::{ENOUGH, Seen, Sign};
use super::super::text::{NEAR, any_stands, holds, holds_any, near, skip, skip_back, word_of};
use super::syntax::{comment, gap, gap_and_open};
use crate::text::{before, byte};

/// What a quote says that stands open.
pub(in super::super) fn quote(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    if let Some(sign) = only_an_operator(text) {
        return Some(sign);
    }
    if !seen.is_odd(byte(text, at)) {
        return None;
    }
    let close = skip(text, at + 1, |b| b == b')');
    let next = gap(text, close);
    if comment(text, next) {
        // `'#` and `' -- ` stand in prose and in code as well.
        let glued = next == close && byte(text, next) != b'#';
        let mark = if byte(text, next) == b'#' { 1 } else { 2 };
        let last = gap(text, skip(text, next + mark, |b| b == b'-')) >= text.len();
        let empty = before(text, at) != b' ' && !seen.in_prose(at);
        let weight = if (glued && empty) || last { ENOUGH } else { 5 };
        return Some(Sign::new(weight, "a comment after a quote"));
    }
    if let Some(length) = any_stands(
        text,
        close,
        &[b"||", b"+", b"|", b"&", b"^", b"*", b"/", b"%"],
    ) {
        let call = gap_and_open(text, close + length);
        let words: [&[u8]; 8] = [
            b"select",
            b"pg_sleep",
            b"sleep",
            b"utl_http",
            b"utl_inaddr",
            b"dbms_pipe",
            b"if",
            b"case",
        ];
        if word_of(text, call, &words).is_some() {
            return Some(Sign::sure("a call joined to a text"));
        }
    }
    if let Some(end) = word_of(
        text,
        next,
        &[b"order", b"group", b"limit", b"procedure", b"having"],
    ) {
        let near = near(text, end);
        if holds_any(near, &[b"--", b"#", b"/*"]) || holds(&near[..near.len().min(24)], b"analyse(")
        {
            return Some(Sign::sure("a clause after a quote"));
        }
    }
    let compared = any_stands(text, next, &[b"=", b"like", b"<", b">"]);
    let odd_end = compared.is_some_and(|length| {
        let right = gap(text, next + length);
        matches!(byte(text, right), b'\'' | b'"') && text.len() - right <= 2
    });
    odd_end.then(|| Sign::sure("a comparison after a quote"))
}

/// `'='`, `'-'`, `' '` and the like as the whole text.
fn only_an_operator(text: &[u8]) -> Option<Sign> {
    if text.len() > NEAR {
        return None;
    }
    let text = text.trim_ascii();
    let [first @ (b'\'' | b'"'), middle @ .., last] = text else {
        return None;
    };
    let operators = |b: &u8| matches!(b, b'=' | b'-' | b'*' | b'^' | b'&' | b'+' | b'|' | b'/');
    let is_operator = (1..=2).contains(&middle.len()) && middle.iter().all(operators);
    (is_operator && first == last).then(|| Sign::sure("an operator between quotes"))
}

impl Seen<'_> {
    /// Whether a quote ends a word of prose that another quote began: `the 'x' -- y`.
    fn in_prose(&self, at: usize) -> bool {
        let start = skip_back(self.text, at, |b| !matches!(b, b'\'' | b'"'));
        start > 0 && before(self.text, start.saturating_sub(1)).is_ascii_whitespace()
    }
}
