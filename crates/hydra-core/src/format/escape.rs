//! What may not stand in a line as it is.

use std::borrow::Cow;

use crate::key::CORE_KEYS;
use crate::scan::is_control;
use crate::{Buffer, Text, TextClass};

/// A text in a plain line: controls as `\n`, `\x1b`, `\u2028`; everything else as it is.
#[inline]
pub(crate) fn push_plain(text: Text<'_>, out: &mut Buffer) {
    if text.class().has(TextClass::CONTROL) {
        push_escaped(text.as_str(), out, is_control, plain_escape);
    } else {
        out.push_str(text.as_str());
    }
}

/// A text as a plain line has it, for what is no record.
pub(crate) fn in_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return text.into();
    }
    let mut out = Buffer::default();
    push_escaped(text, &mut out, is_control, plain_escape);
    String::from_utf8_lossy(out.as_bytes()).into_owned().into()
}

/// A text inside JSON's quotes, or a quoted value's: quotes and backslashes escaped too.
#[inline]
pub(crate) fn push_json(text: Text<'_>, out: &mut Buffer) {
    if text.class().is_clean() {
        out.push_str(text.as_str());
    } else {
        push_escaped(
            text.as_str(),
            out,
            |c| is_control(c) || matches!(c, '"' | '\\' | '\t'),
            json_escape,
        );
    }
}

/// A field's name as it is shown: one that could be taken for a core key gets an underscore.
pub(crate) fn shown_name(name: &str) -> &str {
    const RENAMED: [&str; CORE_KEYS.len()] = [
        "timestamp_",
        "level_",
        "logger_",
        "message_",
        "file_",
        "line_",
    ];
    let core = CORE_KEYS.iter().position(|key| *key == name);
    core.map_or(name, |i| RENAMED[i])
}

/// Copies runs of harmless characters whole, and each other one as its escape.
#[cold]
#[inline(never)]
pub(crate) fn push_escaped(
    text: &str,
    out: &mut Buffer,
    bad: impl Fn(char) -> bool,
    escape: impl Fn(char, &mut Buffer),
) {
    let mut rest = text;
    while let Some(at) = rest.find(&bad) {
        let (clean, tail) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = tail.chars();
        if let Some(c) = chars.next() {
            escape(c, out);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `\n`, `\r`, `\x1b` or `\u2028`.
pub(crate) fn plain_escape(c: char, out: &mut Buffer) {
    out.push(b'\\');
    push_escape_name(c, out);
}

/// What stands after the backslash of [`plain_escape`].
fn push_escape_name(c: char, out: &mut Buffer) {
    match c {
        '\n' => out.push(b'n'),
        '\r' => out.push(b'r'),
        '\0'..='\x7f' => {
            let byte = c as usize;
            out.push_bytes(&[b'x', HEX[byte >> 4], HEX[byte & 15]]);
        }
        _ => out.push_bytes(&unicode_escape(c)),
    }
}

/// Copies a text so that [`unescape`] gives it back: controls as in a plain line, and a backslash
/// doubled where it would be taken for the beginning of an escape (`C:\logs` stays as it is).
///
/// `backslash` is a backslash as the format writes it; `escape` writes the characters for which
/// `special` holds.
#[cold]
#[inline(never)]
pub(crate) fn push_reversible(
    text: &str,
    out: &mut Buffer,
    backslash: &str,
    special: impl Fn(char) -> bool,
    escape: impl Fn(char, &mut Buffer),
) {
    let mut rest = text;
    while let Some(at) = rest.find(|c| c == '\\' || is_control(c) || special(c)) {
        let (clean, tail) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = tail.chars();
        let found = chars.next();
        rest = chars.as_str();
        match found {
            Some('\\') => {
                out.push_str(backslash);
                if rest.starts_with(|c| matches!(c, '\\' | 'n' | 'r' | 'x' | 'u') || is_control(c))
                {
                    out.push_str(backslash);
                }
            }
            Some(c) if is_control(c) => {
                out.push_str(backslash);
                push_escape_name(c, out);
            }
            Some(c) => escape(c, out),
            None => {}
        }
    }
    out.push_str(rest);
}

/// Gives back the text that the formats `csv` and `syslog` escaped: `\n`, `\r`, `\x1b` and
/// `\u2028` as the characters they stand for, `\\` as one backslash. A backslash before anything
/// else stands for itself.
///
/// ```
/// use hydra_core::format::unescape;
/// assert_eq!(unescape(r"line one\nline two"), "line one\nline two");
/// assert_eq!(unescape(r"C:\logs\\new"), r"C:\logs\new");
/// ```
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((clean, escape)) = rest.split_once('\\') {
        out.push_str(clean);
        let digits = |count: usize| {
            let digits = escape.get(1..=count)?;
            let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
            let code = all.then(|| u32::from_str_radix(digits, 16).ok())??;
            Some((char::from_u32(code)?, count + 1))
        };
        let (c, length) = match escape.as_bytes().first() {
            Some(b'n') => Some(('\n', 1)),
            Some(b'r') => Some(('\r', 1)),
            Some(b'\\') => Some(('\\', 1)),
            Some(b'x') => digits(2),
            Some(b'u') => digits(4),
            _ => None,
        }
        .unwrap_or(('\\', 0));
        out.push(c);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out.into()
}

/// The escapes of RFC 8259, section 7: the short one where there is one.
pub(crate) fn json_escape(c: char, out: &mut Buffer) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => push_unicode_escape(c, out),
    }
}

fn push_unicode_escape(c: char, out: &mut Buffer) {
    out.push(b'\\');
    out.push_bytes(&unicode_escape(c));
}

/// `u2028`. Every control lies in the basic plane, so four digits do.
fn unicode_escape(c: char) -> [u8; 5] {
    let n = c as usize;
    let digit = |shift: usize| HEX[n >> shift & 15];
    [b'u', digit(12), digit(8), digit(4), digit(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_core_key_is_shown_with_an_underscore_and_no_other_name_is() {
        for key in CORE_KEYS {
            assert_eq!(shown_name(key), format!("{key}_"));
            assert_eq!(shown_name(&key.to_uppercase()), key.to_uppercase());
        }
    }

    #[test]
    fn what_is_no_escape_stands_for_itself() {
        for text in [
            r"\",
            r"\q",
            r"\x1",
            r"\xg0",
            r"\u12",
            r"\ud800",
            r"\u+123",
            r"\x+1",
            r"C:\logs\",
        ] {
            assert_eq!(unescape(text), text);
        }
        assert_eq!(
            unescape(r"\x1b[31m\u2028\r\n\\n"),
            "\x1b[31m\u{2028}\r\n\\n"
        );
    }
}
