//! A second statement behind a `;`.

use super::super::scan::{Seen, Sign};
use super::super::text::{holds, holds_any, near, skip_back, word_end, word_of};
use super::syntax::{comment, ends_in_comment, gap};
use crate::text::{before, byte};

/// What a second statement begins with: a verb, and what may follow it.
const STATEMENTS: [(&[u8], &[&[u8]]); 22] = [
    (
        b"drop",
        &[
            b"table",
            b"database",
            b"schema",
            b"view",
            b"user",
            b"index",
            b"procedure",
            b"column",
            b"role",
        ],
    ),
    (b"truncate", &[b"table"]),
    (b"delete", &[b"from"]),
    (b"insert", &[b"into"]),
    (b"replace", &[b"into"]),
    (
        b"alter",
        &[b"table", b"user", b"database", b"role", b"login", b"system"],
    ),
    (
        b"create",
        &[
            b"table",
            b"user",
            b"database",
            b"function",
            b"or",
            b"role",
            b"login",
            b"extension",
            b"view",
            b"trigger",
            b"procedure",
        ],
    ),
    (
        b"exec",
        &[
            b"master",
            b"xp_cmdshell",
            b"sp_",
            b"sp_configure",
            b"immediate",
            b"xp_dirtree",
            b"sp_oacreate",
            b"sp_executesql",
        ],
    ),
    (
        b"execute",
        &[
            b"master",
            b"xp_cmdshell",
            b"immediate",
            b"sp_configure",
            b"as",
        ],
    ),
    (b"waitfor", &[b"delay", b"time"]),
    (b"rename", &[b"table"]),
    (b"backup", &[b"database"]),
    (b"load", &[b"data"]),
    (b"grant", &[b"all", b"select", b"dba"]),
    (b"use", &[b"master"]),
    (b"shutdown", &[b"with", b"immediate", b"abort"]),
    (b"update", &[]),
    (b"select", &[]),
    (b"copy", &[]),
    (b"declare", &[]),
    (b"exec", &[]),
    (b"shutdown", &[]),
];

pub(super) fn stacked(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    let start = gap(text, at + 1);
    let end = word_end(text, start);
    let verb = text.get(start..end)?;
    let next = gap(text, end);
    let is_statement = STATEMENTS.iter().any(|(known, nouns)| {
        verb.eq_ignore_ascii_case(known)
            && match *known {
                _ if !nouns.is_empty() => word_of(text, next, nouns).is_some(),
                b"update" => holds(near(text, next), b" set"),
                b"select" => holds_any(
                    near(text, next),
                    &[b"from ", b"sleep(", b"benchmark(", b"@@", b"version("],
                ),
                b"copy" => holds_any(
                    near(text, next),
                    &[b" to program", b" from program", b" to '"],
                ),
                b"declare" => byte(text, next) == b'@',
                b"exec" => matches!(byte(text, next), b'(' | b'@'),
                _ => comment(text, next) || next >= text.len() || byte(text, next) == b';',
            }
    });
    if !is_statement {
        return None;
    }
    let quoted = matches!(
        before(text, skip_back(text, at, |b| matches!(b, b')' | b' '))),
        b'\'' | b'"'
    );
    if !seen.statement || (quoted && seen.in_quotes()) || ends_in_comment(text) {
        return Some(Sign::sure("a second statement"));
    }
    None
}
