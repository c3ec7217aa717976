//! Whether a text is JSON as a whole (RFC 8259): then what is cut must leave it so.

use crate::text::{byte, skip, slice};

/// The deepest nesting that is followed; what is deeper is taken for no JSON.
const DEEPEST: usize = 127;

/// Whether `text` is one object or one list.
pub(crate) fn is_json(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let ends = (text.first(), text.last());
    if !matches!(ends, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))) {
        return false;
    }
    // One bit a level: set for an object.
    let (mut objects, mut depth, mut at) = (0_u128, 0, 0);
    loop {
        // A value, or the end of an empty container.
        at = skip(text, at, white);
        let opened = matches!(byte(text, at), b'{' | b'[');
        if opened {
            depth += 1;
            if depth > DEEPEST {
                return false;
            }
            let object = byte(text, at) == b'{';
            objects = objects << 1 | u128::from(object);
            at = skip(text, at + 1, white);
            if !matches!(byte(text, at), b'}' | b']') {
                if object {
                    let Some(value) = name_end(text, at) else {
                        return false;
                    };
                    at = value;
                }
                continue;
            }
        } else {
            let Some(end) = scalar_end(text, at) else {
                return false;
            };
            at = end;
        }
        // What closes or goes on.
        loop {
            at = skip(text, at, white);
            let close = if objects & 1 == 1 { b'}' } else { b']' };
            let this = byte(text, at);
            at += 1;
            if this == close {
                objects >>= 1;
                depth -= 1;
                if depth == 0 {
                    return at == text.len();
                }
            } else if this == b',' {
                break;
            } else {
                return false;
            }
        }
        if objects & 1 == 1 {
            let Some(value) = name_end(text, skip(text, at, white)) else {
                return false;
            };
            at = value;
        }
    }
}

fn white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the value begins behind the name at `at`.
fn name_end(text: &[u8], at: usize) -> Option<usize> {
    let colon = skip(text, string_end(text, at)?, white);
    (byte(text, colon) == b':').then_some(colon + 1)
}

/// The end of the string whose quote is at `at`.
pub(crate) fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) != b'"' {
        return None;
    }
    let mut at = at + 1;
    loop {
        at = skip(text, at, |b| b != b'"' && b != b'\\' && b >= 0x20);
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => return None,
        }
    }
}

fn scalar_end(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) == b'"' {
        return string_end(text, at);
    }
    let end = skip(text, at, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')
    });
    let word = slice(text, at..end);
    let literal = matches!(word, b"true" | b"false" | b"null");
    let number =
        word.last().is_some_and(u8::is_ascii_digit) && word.iter().all(|&b| is_number_byte(b));
    (literal || number).then_some(end)
}

/// Whether a number can hold this byte.
pub(crate) fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_lists_are_told_from_text_that_looks_like_them() {
        for text in [
            "{}",
            "[]",
            "[[],{}]",
            r#" {"a":[1,-2.5e3,true,null,"x\"}"],"b":{"c":[]}} "#,
        ] {
            assert!(is_json(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "1",
            "[INFO] x [y]",
            "[2026-11-21] a]",
            "{a:1}",
            r#"{"a":1,}"#,
            r#"{"a"}"#,
            "[1 2]",
            "[1],[2]",
            "[1}",
            r#"["a"#,
        ] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
        assert!(!is_json("[".repeat(1000).as_bytes()));
    }
}
