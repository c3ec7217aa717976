//! Functions that wait, read, or show data in an error.

use super::super::scan::{Seen, Sign};
use super::super::text::{
    holds, holds_any, is_first, is_word, near, skip, skip_back, skip_space, word_of,
};
use super::syntax::{comment, gap, gap_and_open};
use crate::text::{before, byte};

/// `select sleep(5)`, `(select*from(select(sleep(20)))a)`.
pub(super) fn selects_a_wait(text: &[u8], end: usize) -> Option<Sign> {
    let at = gap_and_open(text, end);
    let waits: [&[u8]; 4] = [b"sleep", b"pg_sleep", b"benchmark", b"load_file"];
    let call = word_of(text, at, &waits)?;
    (byte(text, call) == b'(').then(|| Sign::sure("a function that waits or reads"))
}

pub(super) fn function(seen: &Seen<'_>, start: usize, end: usize, name: &[u8]) -> Option<Sign> {
    let text = seen.text;
    let open = gap(text, end);
    if byte(text, open) != b'(' {
        return None;
    }
    let argument = skip_space(text, open + 1);
    let arguments = near(text, argument);
    match name {
        b"pg_sleep" | b"load_file" | b"randomblob" | b"load_extension" | b"lo_import" => {
            Some(Sign::sure("a function that waits or reads"))
        }
        b"benchmark"
            if byte(text, argument).is_ascii_digit()
                && holds(&arguments[..arguments.len().min(16)], b",") =>
        {
            Some(Sign::sure("a function that waits or reads"))
        }
        b"extractvalue" | b"updatexml"
            if holds_any(arguments, &[b"concat", b"0x", b"select", b"version", b"@@"]) =>
        {
            Some(Sign::sure("a function that shows data in an error"))
        }
        b"sleep" if byte(text, argument).is_ascii_digit() => {
            // `time.sleep(5)` and `sleep(5);` are programs.
            let lead = skip_back(text, start, |b| b.is_ascii_whitespace() || b == b'(');
            let joined = matches!(
                before(text, lead),
                b'\'' | b'"' | b'|' | b'^' | b'-' | b'*' | b','
            );
            let last_word = skip_back(text, lead, is_word);
            let words: [&[u8]; 9] = [
                b"and", b"or", b"xor", b"select", b"if", b"when", b"then", b"rlike", b"div",
            ];
            let word = word_of(text, last_word, &words).is_some_and(|end| end == lead);
            let close = skip(text, argument, |b| b.is_ascii_digit() || b == b')');
            let first = is_first(text, lead)
                && (comment(text, gap(text, close)) || byte(text, close) == b'=')
                || matches!(before(text, lead), b'&' | b'+') && lead <= 3;
            let sql = first || (joined && seen.in_quotes()) || (word && !holds(arguments, b";"));
            sql.then(|| Sign::sure("a function that waits or reads"))
        }
        b"concat" | b"group_concat" | b"char" | b"chr" | b"convert" | b"ascii" | b"substring"
            if !seen.statement
                && (holds_any(arguments, &[b"0x", b"select", b"@@", b"char("])
                    || name == b"group_concat") =>
        {
            Some(Sign::new(6, "a function that hides a text"))
        }
        _ => None,
    }
}
