//! Command injection: a separator and a program after a value, a substitution that runs a program,
//! shells that call back, `${IFS}`.
//!
//! Command lines are logged too, by every build. A separator inside a command line says nothing;
//! after a value it does.

mod programs;
mod separator;

use std::ops::Range;

use self::programs::{ASKING, SECRET_FILES, USUAL, looks_like_argument, program};
pub(super) use self::separator::{hidden_newline, separator};
use super::scan::Sign;
use super::text::{
    any_stands, holds, holds_any, is_last, is_word, leading, near, skip, skip_back, skip_space,
    word_end, word_of,
};
use crate::text::{before, byte, has_word};

/// `$(…)`, `${IFS}`, `<(…)`.
pub(super) fn substitution(text: &[u8], at: usize) -> Option<Sign> {
    let separators: [&[u8]; 5] = [b"${ifs", b"$ifs", b"${path:", b"$@", b"${home:0:1}"];
    if let Some(length) = any_stands(text, at, &separators) {
        let glued = !before(text, at).is_ascii_whitespace() && at > 0;
        let word = byte(text, at + 1) != b'@'
            || is_word(before(text, at)) && is_word(byte(text, at + length));
        return (glued && word).then(|| Sign::sure("a space written as a variable"));
    }
    if has_word(text, at, b"<!--#exec cmd") || has_word(text, at, b"<!--#include virtual") {
        return Some(Sign::sure("a directive that a server runs"));
    }
    if byte(text, at + 1) != b'(' || byte(text, at + 2) == b'(' {
        return None;
    }
    let start = skip_space(text, at + 2);
    let reason = "a program in a substitution";
    if program(text, start, &ASKING).is_some() {
        return Some(Sign::sure(reason));
    }
    let inner = near(text, start);
    let inner = &inner[..inner.iter().position(|b| *b == b')').unwrap_or(inner.len())];
    if holds_any(inner, &SECRET_FILES) {
        return Some(Sign::sure(reason));
    }
    let end = program(text, start, &USUAL)?;
    let alone = !leading(text, at).trim_ascii().contains(&b' ');
    let assigned = before(text, at) == b'=' && !leading(text, at).contains(&b'?');
    let waits = word_of(
        text,
        start,
        &[
            b"sleep",
            b"ping",
            b"curl",
            b"wget",
            b"nslookup",
            b"nc",
            b"id",
        ],
    )
    .is_some();
    let value = before(text, at) == b'=' && leading(text, at).contains(&b'?');
    ((alone && !assigned)
        || value
        || (waits && !assigned && (looks_like_argument(text, end) || inner.len() <= 3)))
        .then(|| Sign::sure(reason))
}

/// `{cat,/etc/passwd}`.
pub(super) fn braces(text: &[u8], at: usize) -> Option<Sign> {
    let end = program(text, at + 1, &USUAL)?;
    let inner = near(text, end);
    let path = byte(text, at) == b'{' && byte(text, end) == b',' && inner.contains(&b'}');
    (path
        && inner
            .iter()
            .take(12)
            .any(|b| matches!(b, b'/' | b'-' | b'.')))
    .then(|| Sign::sure("a command in braces"))
}

/// `() { :; };`, and `system('…')` of a language.
pub(super) fn function(text: &[u8], at: usize) -> Option<Sign> {
    if byte(text, at + 1) == b')' {
        let brace = skip_space(text, at + 2);
        let colon = skip_space(text, brace + 1);
        let shock = byte(text, brace) == b'{' && has_word(text, colon, b":;");
        return shock.then(|| Sign::sure("a function that a shell runs on import"));
    }
    let start = skip_back(text, at, |b| is_word(b) || b == b'.');
    let name = &text[start..at];
    let calls: [&[u8]; 7] = [
        b"system",
        b"os.system",
        b"os.popen",
        b"shell_exec",
        b"passthru",
        b"popen",
        b"proc_open",
    ];
    calls.iter().find(|call| name.eq_ignore_ascii_case(call))?;
    let quote = skip_space(text, at + 1);
    let inside = quote + 1;
    let quoted = matches!(byte(text, quote), b'\'' | b'"');
    let runs = program(text, inside, &ASKING).is_some()
        || program(text, inside, &USUAL).is_some()
        || holds_any(near(text, inside), &SECRET_FILES);
    (quoted && runs).then(|| Sign::sure("a call that runs a program"))
}

/// `/dev/tcp/`, `/bin/sh` behind an option that runs it.
pub(super) fn device(text: &[u8], at: usize) -> Option<Sign> {
    if has_word(text, at, b"/dev/tcp/") || has_word(text, at, b"/dev/udp/") {
        return Some(Sign::sure("a shell that calls back"));
    }
    let shell = any_stands(text, at, &[b"/bin/sh", b"/bin/bash", b"/bin/zsh"])?;
    let lead = skip_back(text, at, |b| b == b' ');
    let run = matches!(text.get(lead.saturating_sub(2)..lead), Some(b"-e" | b"-c")) && lead < at;
    let called = run || byte(text, at + shell) == b'|';
    (called && holds(&text[lead.saturating_sub(40)..lead], b"nc"))
        .then(|| Sign::sure("a shell that calls back"))
}

/// What a word says: a program with what only an attacker gives it.
pub(super) fn word(text: &[u8], range: Range<usize>) -> Option<Sign> {
    let Range { start, end } = range;
    let first = byte(text, start).to_ascii_lowercase();
    if first == b'c' && end - start == 1 {
        return broken_word(text, start);
    }
    if byte(text, end) != b' ' && byte(text, end) != b'+' {
        return broken_word(text, start);
    }
    let option = skip(text, end, |b| matches!(b, b' ' | b'+'));
    let arguments = near(text, end);
    match first {
        b'b' | b's' if word_of(text, start, &[b"bash", b"sh"]).is_some() => {
            let calls = has_word(text, option, b"-i")
                && holds_any(arguments, &[b">&", b"2>&1", b"dev/tcp"]);
            calls.then(|| Sign::sure("a shell that calls back"))
        }
        b'c' | b't' | b'm' | b'l' | b'h' => {
            let readers: [&[u8]; 7] = [b"cat", b"tac", b"type", b"more", b"less", b"head", b"tail"];
            word_of(text, start, &readers)?;
            let path = &arguments[..arguments.len().min(40)];
            let files: [&[u8]; 5] = [
                b"etc/passwd",
                b"etc/shadow",
                b"proc/self/environ",
                b"boot.ini",
                b"win.ini",
            ];
            holds_any(path, &files).then(|| Sign::sure("a program that reads what is secret"))
        }
        b'n' if word_of(text, start, &[b"nc", b"ncat", b"netcat"]).is_some() => {
            let runs = holds_any(
                arguments,
                &[
                    b"-e /bin", b"-e cmd", b"-c /bin", b"-e sh", b"-e bash", b"-lvp", b"-e+",
                ],
            );
            runs.then(|| Sign::sure("a shell that calls back"))
        }
        b'r' if word_of(text, start, &[b"rm"]).is_some() => {
            let all: [&[u8]; 3] = [b"-rf /;", b"-rf / ", b"-rf /*"];
            let root = any_stands(text, option, &all).is_some()
                || (has_word(text, option, b"-rf /") && is_last(text, option + 5));
            root.then(|| Sign::sure("a program that removes everything"))
        }
        _ => None,
    }
}

/// `c'a't`, `w\ho\am\i`: a program's name with marks in it that a shell takes out.
fn broken_word(text: &[u8], start: usize) -> Option<Sign> {
    let quoted = |b: u8| matches!(b, b'\'' | b'"' | b'\\' | b'`') || b == b'$';
    let first = word_end(text, start);
    if !quoted(byte(text, first)) || is_word(before(text, start)) {
        return None;
    }
    let end = skip(text, start, |b| {
        b.is_ascii_alphabetic() || quoted(b) || b == b'@'
    });
    let stretch = text.get(start..end)?;
    let mut name = [0; 12];
    let letters = stretch.iter().filter(|b| b.is_ascii_alphabetic());
    let mut length = 0;
    for letter in letters {
        *name.get_mut(length)? = letter.to_ascii_lowercase();
        length += 1;
    }
    let marks = stretch.len() - length;
    let name = name.get(..length)?;
    let names: [&[u8]; 9] = [
        b"cat", b"whoami", b"wget", b"curl", b"bash", b"uname", b"ls", b"id", b"ping",
    ];
    let inside = stretch.last().is_some_and(u8::is_ascii_alphabetic) || marks > 2;
    (names.contains(&name) && inside && marks > 0 && (length > 2 || marks > 1))
        .then(|| Sign::sure("a program's name in pieces"))
}
