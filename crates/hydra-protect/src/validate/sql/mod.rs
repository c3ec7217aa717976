//! SQL injection: a condition that is always true, `UNION SELECT`, a comment after a quote, a
//! second statement, functions that wait or read.
//!
//! Statements are logged too. What stands inside a whole statement (`SELECT … FROM` before it)
//! weighs less than the same after a value.

mod condition;
mod function;
mod quote;
mod statement;
mod syntax;

use std::ops::Range;

use self::condition::{condition, follows_value};
use self::function::{function, selects_a_wait};
pub(super) use self::quote::quote;
use self::statement::stacked;
use self::syntax::{comment, ends_in_comment, gap, gap_and_open};
use super::scan::{Seen, Sign};
use super::text::{
    NEAR, any_stands, holds, is_first, is_word, near, skip, skip_back, word_end, word_of,
};
use crate::text::{before, byte};

/// `;` and a second statement; `||` and a condition.
pub(super) fn operator(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    match byte(text, at) {
        b';' => stacked(seen, at),
        b'|' | b'&' if byte(text, at + 1) == byte(text, at) => {
            let end = at + 2;
            let first = is_first(text, at);
            let quoted = first
                || matches!(
                    before(text, skip_back(text, at, |b| b == b' ')),
                    b'\'' | b'"'
                );
            (quoted && (first || seen.in_quotes()))
                .then(|| condition(seen, at, end))
                .flatten()
        }
        _ => None,
    }
}

/// What a word of SQL says.
pub(super) fn word(seen: &Seen<'_>, range: Range<usize>) -> Option<Sign> {
    let text = seen.text;
    let Range { start, end } = range;
    // No word that is known here begins with another letter.
    if !b"abcdeghiloprsuwx".contains(&byte(text, start).to_ascii_lowercase()) {
        return None;
    }
    let mut lower = [0; 24];
    let length = end - start;
    let name = lower.get_mut(..length)?;
    name.copy_from_slice(text.get(start..end)?);
    name.make_ascii_lowercase();
    match &*name {
        b"or" | b"and" | b"xor" | b"having" | b"when" => condition(seen, start, end),
        b"union" => union(seen, end),
        b"order" | b"group" => ordered(seen, start, end),
        b"waitfor" => word_of(text, gap(text, end), &[b"delay"])
            .is_some_and(|end| matches!(byte(text, gap(text, end)), b'\'' | b'"'))
            .then(|| Sign::sure("a statement that waits")),
        b"into" => word_of(text, gap(text, end), &[b"outfile", b"dumpfile"])
            .map(|_| Sign::sure("a statement that writes a file")),
        b"xp_cmdshell" | b"xp_dirtree" | b"xp_regread" | b"sp_oacreate" => {
            Some(Sign::sure("a procedure that reaches the system"))
        }
        b"information_schema" | b"sysobjects" | b"sqlite_master" | b"all_tables" => Some(
            Sign::new(if seen.statement { 3 } else { 5 }, "a table of tables"),
        ),
        b"dbms_pipe" | b"dbms_lock" | b"utl_http" | b"utl_inaddr" | b"ctxsys" | b"dbms_ldap" => {
            (byte(text, end) == b'.').then(|| Sign::sure("a package that reaches the system"))
        }
        b"select" => selects_a_wait(text, end),
        _ => function(seen, start, end, name),
    }
}

fn union(seen: &Seen<'_>, end: usize) -> Option<Sign> {
    let text = seen.text;
    let mut at = gap_and_open(text, end);
    if let Some(end) = word_of(text, at, &[b"all", b"distinct", b"distinctrow"]) {
        at = gap_and_open(text, end);
    }
    let at = gap(text, word_of(text, at, &[b"select"])?);
    let first = byte(text, at);
    let listed = word_end(text, at);
    let constant = first.is_ascii_digit()
        || matches!(first, b'\'' | b'"' | b'@' | b'(' | b'-')
        || word_of(text, at, &[b"null", b"char", b"concat"]).is_some();
    let columns = first == b'*' || is_word(first);
    let near = near(text, listed);
    let from = holds(near, b"from") || holds(near, b"--") || byte(text, listed) == b'(';
    if seen.statement && !(seen.in_quotes() || constant && ends_in_comment(text)) {
        return (columns || constant).then(|| Sign::new(3, "a union with another query"));
    }
    (constant || (columns && from)).then(|| Sign::sure("a union with another query"))
}

/// `order by 10--`.
fn ordered(seen: &Seen<'_>, start: usize, end: usize) -> Option<Sign> {
    let text = seen.text;
    let by = word_of(text, gap(text, end), &[b"by"])?;
    let column = gap(text, by);
    let end = skip(text, column, |b| is_word(b) || matches!(b, b',' | b'.'));
    let is_number = byte(text, column).is_ascii_digit();
    let closed =
        comment(text, gap(text, end)) || word_of(text, gap(text, end), &[b"having"]).is_some();
    ((is_number || closed) && (closed && !seen.statement || follows_value(seen, start)))
        .then(|| Sign::sure("an order by a column's number"))
}

/// `version`.
pub(super) fn variable(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let names: [&[u8]; 5] = [
        b"@version",
        b"@hostname",
        b"@datadir",
        b"@basedir",
        b"@servername",
    ];
    let found = any_stands(seen.text, at + 1, &names).is_some();
    (found && !seen.statement).then(|| Sign::new(6, "a variable of the server"))
}

const _: () = assert!(NEAR >= 128, "a look ahead holds a list of columns");
