//! Template injection: an expression that only somebody who tries whether it runs would write, or
//! one that reaches the objects behind a template.

use super::scan::Sign;
use super::text::{any_stands, holds_any, is_word, skip, skip_space};
use crate::text::{before, byte, has_word};

/// How far an expression is followed, in bytes.
const FAR: usize = 320;

/// What begins an expression in some engine, and what ends it.
const MARKS: [(&[u8], &[u8]); 17] = [
    (b"{{", b"}}"),
    (b"${{", b"}}"),
    (b"${", b"}"),
    (b"#{", b"}"),
    (b"*{", b"}"),
    (b"@{", b"}"),
    (b"<%", b"%>"),
    (b"{%", b"%}"),
    (b"[[", b"]]"),
    (b"{php}", b"{/php}"),
    (b"<#", b">"),
    (b"#set(", b"\n"),
    (b"[=", b"]"),
    (b"@(", b")"),
    (b"{#", b"}"),
    (b"{$", b"}"),
    (b"[#assign", b"]"),
];

/// What leads out of a template.
const OBJECTS: [&[u8]; 48] = [
    b"__class__",
    b"__mro__",
    b"__subclasses__",
    b"__globals__",
    b"__builtins__",
    b"__import__",
    b"__init__",
    b"__bases__",
    b"__base__",
    b"__dict__",
    b"getruntime",
    b"processbuilder",
    b"java.lang",
    b"java.io",
    b"java.util",
    b"t(java",
    b"getclass()",
    b".class.forname",
    b"classloader",
    b"freemarker.template.utility",
    b"?new()",
    b"_self.env",
    b"constructor.constructor",
    b"constructor(",
    b"os.popen",
    b"popen(",
    b"system(",
    b"shell_exec",
    b"passthru",
    b"file_get_contents",
    b"file_put_contents",
    b"registerundefinedfilter",
    b"request.application",
    b"request[",
    b"app.request.",
    b"config.items",
    b"lipsum",
    b"cycler",
    b"self._templatereference",
    b"namespace.",
    b"child_process",
    b"process.mainmodule",
    b"file.open",
    b"io.popen",
    b"|attr(",
    b"request|attr",
    b"kernel.",
    b"get_flashed_messages",
];

/// Expressions that are nothing but an object of the engine.
const WHOLE: [&[u8]; 14] = [
    b"config",
    b"self",
    b"settings.secret_key",
    b"app.request",
    b"dump(app)",
    b"app",
    b"request",
    b"debug",
    b"_self",
    b"class",
    b"this",
    b"request.environ",
    b"url_for",
    b"g",
];

/// What such a byte begins.
pub(super) fn opening(text: &[u8], at: usize) -> Option<Sign> {
    let (mark, close) = MARKS.iter().find(|(mark, _)| has_word(text, at, mark))?;
    let start = at + mark.len();
    let rest = &text[start..text.len().min(start + FAR)];
    let end = rest
        .windows(close.len())
        .position(|window| window == *close);
    let inner = &rest[..end.unwrap_or(rest.len())];
    let inner = inner.strip_prefix(b"=").unwrap_or(inner);
    let bare = inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii();
    if end.is_some() && is_arithmetic(bare) {
        return Some(Sign::sure("an expression that tries whether it runs"));
    }
    if matches!(*mark, b"[=" | b"@(" | b"[[" | b"{#" | b"@{") && end.is_none() {
        return None;
    }
    if holds_any(inner, &OBJECTS) {
        return Some(Sign::sure("an expression that leads out of its template"));
    }
    if *mark == b"{$" {
        return has_word(inner, 0, b"smarty.").then(|| Sign::sure("an object of the engine"));
    }
    let whole = matches!(*mark, b"{{")
        && end.is_some()
        && WHOLE.iter().any(|known| bare.eq_ignore_ascii_case(known));
    // A template of a page shows the whole of `this`; a line of prose does not.
    let alone = whole && !matches!(bare, b"this" | b"app" | b"class" | b"request" | b"debug");
    if alone || (whole && text.len() < FAR && text.trim_ascii().len() == bare.len() + 4) {
        return Some(Sign::sure("an object of the engine"));
    }
    if *mark == b"{php}" && end.is_some() {
        return Some(Sign::sure("a directive that runs a program"));
    }
    if *mark == b"<#" && has_word(inner, 0, b"assign") {
        return Some(Sign::new(7, "a directive"));
    }
    special(text, at, bare)
}

/// A call of a text, an encoded program.
fn special(text: &[u8], at: usize, bare: &[u8]) -> Option<Sign> {
    let calls: [&[u8]; 6] = [
        b"|system",
        b"|passthru",
        b"|exec",
        b"filter('system",
        b"map('system",
        b"|filter(\"system",
    ];
    if holds_any(bare, &calls)
        || (has_word(text, at, b"<%")
            && any_stands(bare, 0, &[b"`", b"exec(", b"system"]).is_some())
    {
        return Some(Sign::sure("an expression that runs a program"));
    }
    None
}

/// `7*7`, `7*'7'`, `(3+4)`: numbers and operators alone.
fn is_arithmetic(expression: &[u8]) -> bool {
    let expression = expression.strip_prefix(b"(").unwrap_or(expression);
    let first = skip(expression, 0, |b| {
        b.is_ascii_digit() || matches!(b, b'\'' | b'"')
    });
    let operator = skip_space(expression, first);
    let sign = matches!(
        byte(expression, operator),
        b'*' | b'+' | b'-' | b'/' | b'%' | b'^'
    );
    let second = skip_space(
        expression,
        skip(expression, operator, |b| b == byte(expression, operator)),
    );
    let rest = &expression[second.min(expression.len())..];
    let digits =
        |b: &u8| b.is_ascii_digit() || matches!(b, b'\'' | b'"' | b')' | b'*' | b'+' | b'.' | b' ');
    first > 0
        && expression[0] != b' '
        && expression[..first].iter().any(u8::is_ascii_digit)
        && sign
        && rest
            .first()
            .is_some_and(|b| b.is_ascii_digit() || matches!(b, b'\'' | b'"'))
        && rest.iter().all(digits)
        && !is_word(before(expression, 0))
}
