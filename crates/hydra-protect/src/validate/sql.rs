//! SQL injection: a condition that is always true, `UNION SELECT`, a comment after a quote, a
//! second statement, functions that wait or read.
//!
//! Statements are logged too. What stands inside a whole statement (`SELECT … FROM` before it)
//! weighs less than the same after a value.

use std::ops::Range;

use super::scan::{ENOUGH, Seen, Sign};
use super::text::{
    NEAR, any_stands, holds, holds_any, is_first, is_word, leading, near, skip, skip_back,
    skip_space, word_end, word_of,
};
use crate::text::{before, byte, has_word};

/// Past what separates words in SQL: white space, `+` of a query string, comments.
fn gap(text: &[u8], mut at: usize) -> usize {
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
fn gap_and_open(text: &[u8], at: usize) -> usize {
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
fn comment(text: &[u8], at: usize) -> bool {
    let after = |length: usize| byte(text, at + length);
    (has_word(text, at, b"--")
        && (after(2).is_ascii_whitespace()
            || matches!(after(2), 0 | b'-' | b'+' | b'&' | b'\'' | b'"')))
        || byte(text, at) == b'#'
        || has_word(text, at, b"/*")
        || has_word(text, at, b";%00")
        || (byte(text, at) == b';' && after(1) == 0)
}

/// A side of a comparison.
#[derive(Clone, Copy, PartialEq)]
enum Operand<'t> {
    Constant(&'t [u8]),
    Name(&'t [u8]),
}

/// The operand here, and where it ends. A text need not be closed.
fn operand(text: &[u8], at: usize) -> Option<(Operand<'_>, usize)> {
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
fn comparison(text: &[u8], at: usize) -> Option<(usize, bool)> {
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

/// `or 1=1`: what follows a word or a sign that joins conditions.
fn condition(seen: &Seen<'_>, start: usize, end: usize) -> Option<Sign> {
    let text = seen.text;
    let end = word_of(text, gap(text, end), &[b"not"]).unwrap_or(end);
    if let Some(sign) = called(seen, start, end) {
        return Some(sign);
    }
    let (left, end) = operand(text, end)?;
    if let Some((end, ordered)) = comparison(text, end) {
        // `3 > 2 and 2 > 1` is arithmetic.
        if ordered && !seen.in_quotes() && !holds(near(text, end), b"--") {
            return None;
        }
        return match (left, operand(text, end).map(|(right, _)| right)) {
            (Operand::Constant(_), Some(Operand::Constant(_))) => {
                Some(Sign::sure("a condition between constants"))
            }
            (
                Operand::Constant(_),
                Some(Operand::Name(b"cast" | b"CAST" | b"convert" | b"CONVERT")),
            ) if follows_value(seen, start) => {
                Some(Sign::sure("a conversion that shows data in an error"))
            }
            (Operand::Name(a), Some(Operand::Name(b))) if a == b && follows_value(seen, start) => {
                Some(Sign::sure("a name compared with itself"))
            }
            _ => None,
        };
    }
    let end = skip(text, gap(text, end), |b| b == b')');
    let constant = matches!(left, Operand::Constant(_));
    let commented = comment(text, gap(text, end));
    let ends = commented || gap(text, end) >= text.len() || text.len() - end <= 2;
    let first = is_first(text, start) && commented;
    if constant && ends && (first || follows_value(seen, start)) {
        return Some(Sign::sure("a constant condition at the end"));
    }
    None
}

/// Whether what stands before is a value that somebody gave: an open quote, a number, a bracket.
fn follows_value(seen: &Seen<'_>, at: usize) -> bool {
    let text = seen.text;
    let end = skip_back(text, at, |b| {
        b.is_ascii_whitespace() || matches!(b, b'+' | b'/' | b'*')
    });
    let last = before(text, end);
    if matches!(last, b'\'' | b'"') {
        return seen.in_quotes();
    }
    let start = skip_back(text, end, |b| b.is_ascii_digit() || b == b'-');
    let is_number = start < end && matches!(before(text, start), 0 | b'=' | b'/' | b':' | b'"');
    !seen.statement && (is_number || (last == b')' && seen.unopened > 0))
}

/// `and (select …)`, `or exists(select …)`, `and ascii(substr(…))` after a value.
fn called(seen: &Seen<'_>, start: usize, end: usize) -> Option<Sign> {
    const FUNCTIONS: [&[u8]; 22] = [
        b"exists",
        b"ascii",
        b"substr",
        b"substring",
        b"mid",
        b"ord",
        b"length",
        b"if",
        b"iif",
        b"char_length",
        b"extractvalue",
        b"updatexml",
        b"sleep",
        b"benchmark",
        b"pg_sleep",
        b"elt",
        b"make_set",
        b"row",
        b"case",
        b"unicode",
        b"hex",
        b"database",
    ];
    let text = seen.text;
    let open = gap_and_open(text, end);
    let subquery = word_of(text, open, &[b"select"])
        .is_some_and(|end| holds_any(near(text, end), &[b"from", b"(", b"@", b"count", b"1)"]));
    let function = word_of(text, open, &FUNCTIONS).is_some_and(|end| {
        matches!(byte(text, gap(text, end)), b'(')
            || word_of(text, gap(text, end), &[b"when"]).is_some()
    });
    ((subquery || function) && follows_value(seen, start))
        .then(|| Sign::sure("a question to the database after a value"))
}

/// What a quote says that stands open.
pub(super) fn quote(seen: &Seen<'_>, at: usize) -> Option<Sign> {
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

fn stacked(seen: &Seen<'_>, at: usize) -> Option<Sign> {
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

/// Whether the whole text ends in a comment that hides what would follow.
fn ends_in_comment(text: &[u8]) -> bool {
    let text = leading(text, text.len()).trim_ascii_end();
    let text = text.strip_suffix(b"-").unwrap_or(text).trim_ascii_end();
    let text = text
        .strip_suffix(b"'")
        .or(text.strip_suffix(b"\""))
        .unwrap_or(text);
    text.trim_ascii_end().ends_with(b"--") || text.ends_with(b"/*")
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

/// `select sleep(5)`, `(select*from(select(sleep(20)))a)`.
fn selects_a_wait(text: &[u8], end: usize) -> Option<Sign> {
    let at = gap_and_open(text, end);
    let waits: [&[u8]; 4] = [b"sleep", b"pg_sleep", b"benchmark", b"load_file"];
    let call = word_of(text, at, &waits)?;
    (byte(text, call) == b'(').then(|| Sign::sure("a function that waits or reads"))
}

fn function(seen: &Seen<'_>, start: usize, end: usize, name: &[u8]) -> Option<Sign> {
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
