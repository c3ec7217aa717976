//! Cross-site scripting: a tag with code in it, an attribute that runs code, a scheme that does,
//! a call after a quote that ends a text of a program.

use std::ops::Range;

use super::scan::{ENOUGH, Sign};
use super::text::{
    any_stands, holds, holds_any, is_word, leading, near, skip, skip_back, skip_space,
};
use crate::text::{before, byte, has_word};

/// How far the end of a tag is looked for, in bytes.
const TAG: usize = 512;

/// Events whose handlers run without anybody touching the page, and the usual others.
const EVENTS: [&[u8]; 40] = [
    b"error",
    b"load",
    b"click",
    b"mouseover",
    b"mouseenter",
    b"mousemove",
    b"focus",
    b"blur",
    b"focusin",
    b"focusout",
    b"toggle",
    b"start",
    b"finish",
    b"begin",
    b"end",
    b"repeat",
    b"input",
    b"change",
    b"submit",
    b"reset",
    b"select",
    b"keydown",
    b"keyup",
    b"keypress",
    b"mousedown",
    b"mouseup",
    b"mouseout",
    b"dblclick",
    b"wheel",
    b"scroll",
    b"pointerover",
    b"pointerenter",
    b"pointerdown",
    b"animationstart",
    b"animationend",
    b"transitionend",
    b"pageshow",
    b"hashchange",
    b"message",
    b"drag",
];

/// What a `<` begins.
pub(super) fn tag(text: &[u8], at: usize) -> Option<Sign> {
    let name = skip(text, at + 1, |b| b == 0 || b == b'%');
    if has_word(text, name, b"script") {
        return script(text, at, name + 6);
    }
    if !byte(text, name).is_ascii_alphabetic() {
        return None;
    }
    let rest = &text[name..text.len().min(name + TAG)];
    let rest = &rest[..memchr::memchr(b'<', rest).unwrap_or(rest.len())];
    let name_end = name + skip(rest, 0, |b| b.is_ascii_alphanumeric() || b == b'-');
    if let Some(sign) = handler_in(rest) {
        return Some(sign);
    }
    let lead = byte(text, name_end);
    if !lead.is_ascii_whitespace() && lead != b'/' {
        return None;
    }
    active_tag(text, name, rest)
}

/// `<iframe src=…>` and others that load or run what they name.
fn active_tag(text: &[u8], name: usize, rest: &[u8]) -> Option<Sign> {
    const ACTIVE: [(&[u8], &[&[u8]]); 9] = [
        (b"layer", &[b"src"]),
        (b"iframe", &[b"src", b"srcdoc"]),
        (b"frame", &[b"src"]),
        (b"embed", &[b"src", b"code"]),
        (b"object", &[b"data=", b"classid"]),
        (b"applet", &[b"code", b"archive"]),
        (b"base", &[b"href"]),
        (b"isindex", &[b"action", b"type"]),
        (b"bgsound", &[b"src"]),
    ];
    let active = ACTIVE.iter().any(|(tag, attributes)| {
        has_word(text, name, tag)
            && !is_word(byte(text, name + tag.len()))
            && attributes.iter().any(|attribute| holds(rest, attribute))
            && rest.contains(&b'=')
    });
    let refresh = has_word(text, name, b"meta")
        && holds(rest, b"refresh")
        && holds_any(rest, &[b"javascript:", b"data:", b"url="]);
    let cookie = has_word(text, name, b"meta") && holds(rest, b"set-cookie");
    let import = has_word(text, name, b"link") && holds_any(rest, &[b"javascript:", b"rel=import"]);
    if active || refresh || cookie || import {
        return Some(Sign::sure("a tag that loads or runs what it names"));
    }
    None
}

/// ` onerror=` inside a tag.
fn handler_in(rest: &[u8]) -> Option<Sign> {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'o', b'O', &rest[from..]) {
        let at = from + found;
        from = at + 1;
        let lead = before(rest, at);
        let starts =
            lead.is_ascii_whitespace() || matches!(lead, b'/' | b'"' | b'\'' | b'`' | 0x0c | 0);
        if at == 0 || !starts || !matches!(byte(rest, at + 1), b'n' | b'N') {
            continue;
        }
        let end = skip(rest, at + 2, |b| b.is_ascii_alphabetic());
        let equals = skip(rest, end, |b| b.is_ascii_whitespace() || b == 0);
        // A component's `onClick={…}` is a program.
        let is_markup = byte(rest, equals) == b'=' && byte(rest, equals + 1) != b'{';
        if (3..=20).contains(&(end - at - 2)) && is_markup {
            return Some(Sign::sure("a tag with an event handler"));
        }
    }
    None
}

fn script(text: &[u8], at: usize, end: usize) -> Option<Sign> {
    let rest = near(text, end);
    match byte(text, end) {
        b'>' => {
            let code = end + 1;
            let closed = holds(near(text, code), b"</script");
            let next = byte(text, code);
            let prose = next == 0 || next.is_ascii_whitespace() || b"`.,:;'\")]".contains(&next);
            if closed || !prose || (before(text, at) == b'>' && at > 0) {
                return Some(Sign::sure("a script"));
            }
            let alone = !leading(text, at).contains(&b' ');
            Some(Sign::new(if alone { ENOUGH } else { 4 }, "a script"))
        }
        b'/' | b'\t' | b'\n' | b'\r' | 0x0c | b' ' | 0x0b => {
            holds_any(rest, &[b"=", b">"]).then(|| Sign::sure("a script"))
        }
        b'<' | 0 => Some(Sign::new(6, "a script")),
        _ => None,
    }
}

/// `[][(![]+[])…`: a program without letters.
pub(super) fn brackets(text: &[u8], at: usize) -> Option<Sign> {
    let stretch = near(text, at);
    let found = stretch.starts_with(b"[]") && holds(stretch, b"(![]+[])")
        || any_stands(
            text,
            at,
            &[b"[\"constructor\"]", b"['constructor']", b"[`constructor`]"],
        )
        .is_some();
    found.then(|| Sign::sure("a program without letters"))
}

/// What a word says.
pub(super) fn word(text: &[u8], range: Range<usize>) -> Option<Sign> {
    let Range { start, end } = range;
    match byte(text, start).to_ascii_lowercase() {
        b'j' => scheme(text, start, b"javascript"),
        b'v' => scheme(text, start, b"vbscript").or_else(|| scheme(text, start, b"vbs")),
        b'l' => scheme(text, start, b"livescript"),
        b'd' => data(text, start).or_else(|| document(text, start)),
        b'o' if has_word(text, start, b"on") => handler(text, start, end),
        b'e' if has_word(text, start, b"expr/*") && holds(near(text, end), b"*/ession(") => {
            Some(Sign::sure("a style that runs code"))
        }
        b'i' if has_word(text, start, b"import") && before(text, start) == b'@' => {
            let source = skip(text, end, |b| {
                matches!(b, b' ' | b'\'' | b'"' | b'(' | b'u' | b'r' | b'l')
            });
            let remote = any_stands(text, source, &[b"http", b"//", b"javascript:", b"data:"]);
            let page = holds(leading(text, start), b"<style");
            (remote.is_some() && page).then(|| Sign::sure("a style that loads another"))
        }
        b'e' if has_word(text, start, b"expression(") => matches!(
            before(text, skip_back(text, start, |b| b == b' ')),
            b':' | b'/'
        )
        .then(|| Sign::sure("a style that runs code")),
        b's' if has_word(text, start, b"string.fromcharcode") => {
            Some(Sign::new(7, "a text made of numbers"))
        }
        b'a' if has_word(text, start, b"autofocus") && holds(near(text, end), b"onfocus") => {
            Some(Sign::new(5, "focus taken"))
        }
        b'w' if has_word(text, start, b"window.location") || has_word(text, start, b"window[") => {
            Some(Sign::new(5, "the page's own objects"))
        }
        b'b' if any_stands(text, start, &[b"binding:", b"behavior:"])
            .is_some_and(|length| has_word(text, skip_space(text, start + length), b"url(")) =>
        {
            Some(Sign::sure("a style that runs code"))
        }
        _ => None,
    }
    .or_else(|| call(text, start, end))
}

/// A scheme that runs code, with or without white space between its letters.
fn scheme(text: &[u8], start: usize, name: &[u8]) -> Option<Sign> {
    let mut at = start;
    for letter in name {
        at = skip(text, at, |b| matches!(b, b'\t' | b'\r' | b'\n' | 0));
        if byte(text, at).to_ascii_lowercase() != *letter {
            return None;
        }
        at += 1;
    }
    at = skip(text, at, |b| matches!(b, b'\t' | b'\r' | b'\n' | 0));
    if byte(text, at) != b':' {
        return None;
    }
    let code = skip_space(text, at + 1);
    let attribute = matches!(
        before(text, start),
        b'"' | b'\'' | b'=' | b'(' | b'`' | b'>'
    );
    let harmless: [&[u8]; 5] = [b"void", b";", b"history.", b"return false", b"window.print"];
    let prose = code > at + 1 && !attribute;
    let runs = near(text, code)
        .iter()
        .any(|b| matches!(b, b'(' | b'`' | b'=' | b'/' | b'%'));
    (!prose && runs && any_stands(text, code, &harmless).is_none())
        .then(|| Sign::sure("a scheme that runs code"))
}

/// `data:text/html,…`.
fn data(text: &[u8], start: usize) -> Option<Sign> {
    let types: [&[u8]; 5] = [
        b"data:text/html",
        b"data:text/javascript",
        b"data:application/javascript",
        b"data:application/x-javascript",
        b"data:image/svg+xml",
    ];
    let length = any_stands(text, start, &types)?;
    let picture = has_word(text, start + 5, b"image");
    let body = near(text, start + length);
    let active = !picture || holds_any(body, &[b"script", b"onload"]);
    (matches!(byte(text, start + length), b',' | b';') && active)
        .then(|| Sign::sure("a page inside an address"))
}

fn document(text: &[u8], start: usize) -> Option<Sign> {
    let members: [&[u8]; 5] = [
        b"document.cookie",
        b"document.domain",
        b"document.write(",
        b"document.location",
        b"document[",
    ];
    any_stands(text, start, &members)?;
    Some(Sign::new(5, "the page's own objects"))
}

/// `" onmouseover="alert(1)`: a handler where a quote has ended an attribute.
fn handler(text: &[u8], start: usize, end: usize) -> Option<Sign> {
    let event = text.get(start + 2..end)?;
    EVENTS
        .iter()
        .find(|known| event.eq_ignore_ascii_case(known))?;
    let equals = skip_space(text, end);
    if byte(text, equals) != b'=' {
        return None;
    }
    let lead = skip_back(text, start, |b| {
        b.is_ascii_whitespace() || matches!(b, b'/' | b'+')
    });
    let quoted = matches!(before(text, lead), b'"' | b'\'' | b'`');
    let value = near(text, equals + 1);
    let value = &value[..value.len().min(64)];
    let calls = value.iter().any(|b| matches!(b, b'(' | b'`' | b'='));
    let program = matches!(value.first(), Some(b'{' | b'=' | b' '));
    (quoted && calls && !program).then(|| Sign::sure("an event handler after a quote"))
}

/// `';alert(1)//`, `'-confirm(1)-'`, `alert('XSS')`.
fn call(text: &[u8], start: usize, end: usize) -> Option<Sign> {
    const CALLS: [&[u8]; 8] = [
        b"alert",
        b"prompt",
        b"confirm",
        b"eval",
        b"function",
        b"settimeout",
        b"setinterval",
        b"fetch",
    ];
    // Most words are called by nobody.
    if !matches!(byte(text, end), b'(' | b'`') {
        return None;
    }
    let name = text.get(start..end)?;
    CALLS
        .iter()
        .find(|known| name.eq_ignore_ascii_case(known))?;
    let argument = near(text, end + 1);
    let lead = skip_back(text, start, |b| b" ;)}-+*/,:^|&".contains(&b));
    let joined = lead < start && text[lead..start].iter().any(|b| b";)}-+*/^|&".contains(b));
    if joined && matches!(before(text, lead), b'\'' | b'"' | b'`') {
        return Some(Sign::sure("a call after a quote"));
    }
    let test = argument.first().is_some_and(u8::is_ascii_digit)
        && matches!(
            byte(argument, skip(argument, 0, |b| b.is_ascii_digit())),
            b')' | b'`'
        )
        || holds_any(
            &argument[..argument.len().min(24)],
            &[b"xss", b"document", b"/1/"],
        );
    let close = argument
        .iter()
        .take(24)
        .position(|b| *b == b')')
        .map_or(0, |close| close + 1);
    if joined
        && test
        && matches!(
            argument.get(close..),
            Some([b'/', b'/', ..] | [b'<', b'!', ..])
        )
    {
        return Some(Sign::sure("a call that tries whether code runs"));
    }
    let alone = text.len() < 64 && !leading(text, start).contains(&b' ');
    match (test, alone) {
        (true, true) => Some(Sign::sure("a call that tries whether code runs")),
        (true, false) => Some(Sign::new(6, "a call that tries whether code runs")),
        _ if name.eq_ignore_ascii_case(b"function") => None,
        _ => Some(Sign::new(3, "a call")),
    }
}
