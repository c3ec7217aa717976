//! From a line's bytes to the text that the readers see, and the undoing of escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

use hydra_core::TextClass;

use super::ansi::without_colors;

/// The line as text: without its end (LF or CRLF) and its colours. A byte that is not UTF-8
/// becomes `\xNN`, as it does where a program logs bytes.
pub(super) fn readable(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match without_colors(line) {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => shown(bytes).into(),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => shown(error.as_bytes()).into(),
        },
    }
}

fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Whether a character is one that no line holds as it is.
pub(super) fn is_control(c: char) -> bool {
    TextClass::of(c.encode_utf8(&mut [0; 4])).has(TextClass::CONTROL)
}

/// Gives back what plain-text escaped in a message: `\n`, `\r`, `\x1b`, `\u2028`, and only in
/// exactly that spelling. A message's own backslash is not doubled by the format, so a message that
/// held the two characters `\n` comes back as a newline; written again, both give the same line.
pub(super) fn plain_unescape(text: &str) -> Cow<'_, str> {
    // Any backslash may stand for itself, so there is always a text.
    undo(text, |escape| {
        Some(control_escape(escape).unwrap_or(('\\', 0)))
    })
    .unwrap_or(Cow::Borrowed(text))
}

/// Gives back what plain-text wrote in quotes, where `"` and `\` are escaped too; `None` if a
/// backslash begins no escape.
pub(super) fn quoted_unescape(text: &str) -> Option<Cow<'_, str>> {
    undo(text, |escape| match escape.as_bytes().first() {
        Some(b'"') => Some(('"', 1)),
        Some(b'\\') => Some(('\\', 1)),
        _ => control_escape(escape),
    })
}

/// Puts in place of each backslash, and of as much behind it, the character that `read` says.
fn undo(text: &str, read: impl Fn(&str) -> Option<(char, usize)>) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(text.into());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((clean, escape)) = rest.split_once('\\') {
        out.push_str(clean);
        let (c, length) = read(escape)?;
        out.push(c);
        rest = &escape[length..];
    }
    out.push_str(rest);
    Some(out.into())
}

/// The control that stands behind a backslash, and the length of its name.
fn control_escape(escape: &str) -> Option<(char, usize)> {
    let code = |digits: usize| {
        let hex = escape.get(1..=digits)?;
        let ours = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let c = ours
            .then(|| u32::from_str_radix(hex, 16).ok())
            .flatten()
            .and_then(char::from_u32)?;
        Some((c, digits + 1))
    };
    match escape.as_bytes().first()? {
        b'n' => Some(('\n', 1)),
        b'r' => Some(('\r', 1)),
        b'x' => {
            code(2).filter(|(c, _)| is_control(*c) && c.is_ascii() && !matches!(c, '\n' | '\r'))
        }
        b'u' => code(4).filter(|(c, _)| is_control(*c) && !c.is_ascii()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_format_writes_is_unescaped() {
        for (text, expected) in [
            (r"a\nb\r\x1b\u2028", "a\nb\r\x1b\u{2028}"),
            (
                r"\x0a \x1B \x41 \u0041 \u001b \q \",
                r"\x0a \x1B \x41 \u0041 \u001b \q \",
            ),
            (r#"C:\\logs\""#, r#"C:\\logs\""#),
        ] {
            assert_eq!(plain_unescape(text), expected);
        }
        let quoted = quoted_unescape(r#"C:\\new \"x\"\n"#);
        assert_eq!(quoted.as_deref(), Some("C:\\new \"x\"\n"));
        assert_eq!(quoted_unescape(r"a\q"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_by_their_numbers() {
        assert_eq!(readable(b"a\xff\xc3\xa9\x1b[31m!\r\n"), "a\\xff\u{e9}!");
    }
}
