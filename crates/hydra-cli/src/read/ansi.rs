//! Takes the colours off a line, or leaves nothing but them.

use std::borrow::Cow;

use super::text::is_control;

const ESCAPE: u8 = 0x1b;

/// The line without its colour sequences (`ESC [ 1;31 m`). Every other escape sequence stays: no
/// format writes one, and what it would do to a terminal must not be hidden.
pub(super) fn without_colors(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESCAPE, line) else {
        return line.into();
    };
    let mut out = Vec::with_capacity(line.len());
    out.extend_from_slice(&line[..first]);
    let mut rest = &line[first..];
    while let Some(at) = memchr::memchr(ESCAPE, rest) {
        out.extend_from_slice(&rest[..at]);
        let length = color_length(&rest[at..]);
        if length == 0 {
            out.push(ESCAPE);
        }
        rest = &rest[at + length.max(1)..];
    }
    out.extend_from_slice(rest);
    out.into()
}

/// The line with its colours, and with every other control shown by its number, so that a terminal
/// obeys none of them.
///
/// ```
/// let line = hydra_cli::read::colors_alone(b"\x1b[31mred\x1b[0m \x1b]0;title\x07");
/// assert_eq!(line, b"\x1b[31mred\x1b[0m \\x1b]0;title\\x07");
/// ```
pub fn colors_alone(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        let text = chunk.valid();
        for (at, c) in text.char_indices() {
            // The bytes of a colour's sequence pass as they are, as they are no controls.
            if !is_control(c) || color_length(&text.as_bytes()[at..]) > 0 {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            } else if c.is_ascii() {
                out.extend_from_slice(format!("\\x{:02x}", c as u32).as_bytes());
            } else {
                out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
            }
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        }
    }
    out
}

/// The length of the colour sequence that a text begins with; 0 if it does not.
fn color_length(text: &[u8]) -> usize {
    if text.get(1) != Some(&b'[') {
        return 0;
    }
    let parameters = text[2..]
        .iter()
        .take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
        .count();
    match text.get(2 + parameters) {
        Some(b'm') => 3 + parameters,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_other_sequences_stay() {
        for (line, expected) in [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m!", "red!"),
            ("\x1b[38;5;1mx\x1b[m", "x"),
            ("a\x1b[2Jb\x1b", "a\x1b[2Jb\x1b"),
            ("\x1b[31", "\x1b[31"),
            ("\x1b\x1b[1mx", "\x1bx"),
        ] {
            assert_eq!(
                without_colors(line.as_bytes()),
                expected.as_bytes(),
                "{line:?}"
            );
        }
    }
}
