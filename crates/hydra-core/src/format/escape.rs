//! What may not stand in a line as it is.

use crate::record::is_core_key;
use crate::scan::is_control;
use crate::{Buffer, Text, TextClass};

/// A text in a plain line: controls as `\n`, `\x1b`, `\u2028`; everything else as it is.
#[inline]
pub(crate) fn push_plain(text: Text<'_>, out: &mut Buffer) {
    if text.class().has(TextClass::CONTROL) {
        push_escaped(text.as_str(), out, |c| is_control(c), plain_escape);
    } else {
        out.push_str(text.as_str());
    }
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
pub(crate) fn shown_name(name: &str) -> std::borrow::Cow<'_, str> {
    if is_core_key(name) {
        format!("{name}_").into()
    } else {
        name.into()
    }
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
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\0'..='\x7f' => {
            let byte = c as usize;
            out.push_bytes(&[b'\\', b'x', HEX[byte >> 4], HEX[byte & 15]]);
        }
        _ => push_unicode_escape(c, out),
    }
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

/// `\u2028`. Every control lies in the basic plane, so four digits do.
fn push_unicode_escape(c: char, out: &mut Buffer) {
    let n = c as usize;
    let digit = |shift: usize| HEX[n >> shift & 15];
    out.push_bytes(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}
