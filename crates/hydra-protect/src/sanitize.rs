//! Texts that forge no line and command no terminal (CWE-117, CWE-150).

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that could end a line, move a cursor or turn the reading
/// direction written as an escape: `\n`, `\r`, `\x1b`, `\u{202e}`. TAB stays. Borrowed when there is
/// nothing of the kind.
///
/// That is C0 but TAB, DEL, C1 (NEL too), U+2028 and U+2029, and the bidirectional controls
/// U+202A to U+202E and U+2066 to U+2069 (CVE-2021-42574). Nothing is lost: a terminal's escape
/// sequence stays readable as what it was.
///
/// The logger's own formats do the same by themselves, each in its own spelling. This is for text
/// that goes elsewhere.
///
/// ```
/// use hydra_protect::sanitize_text;
/// assert_eq!(sanitize_text("user\n2026-11-21 INFO forged"), r"user\n2026-11-21 INFO forged");
/// assert_eq!(sanitize_text("\x1b[2Jgone"), r"\x1b[2Jgone");
/// assert_eq!(sanitize_text("plain text\tstays"), "plain text\tstays");
/// ```
pub fn sanitize_text(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_control) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for c in rest.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            // Writing to a String does not fail.
            c if is_control(c) && c.is_ascii() => drop(write!(out, "\\x{:02x}", c as u32)),
            c if is_control(c) => drop(write!(out, "\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_control(c: char) -> bool {
    matches!(c,
        '\0'..='\x08' | '\n'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_control_is_left_and_what_is_clean_is_borrowed(text in any::<String>()) {
            let sanitized = sanitize_text(&text);
            prop_assert!(!sanitized.contains(is_control));
            prop_assert_eq!(matches!(sanitized, Cow::Borrowed(_)), !text.contains(is_control));
            prop_assert_eq!(sanitize_text(&sanitized), sanitized.as_ref());
        }
    }

    #[test]
    fn each_control_is_escaped_in_its_spelling() {
        for (control, escape) in [
            ('\0', "\\x00"),
            ('\x1b', "\\x1b"),
            ('\x7f', "\\x7f"),
            ('\u{85}', "\\u{85}"),
            ('\u{9b}', "\\u{9b}"),
            ('\u{2028}', "\\u{2028}"),
            ('\u{202e}', "\\u{202e}"),
            ('\u{2069}', "\\u{2069}"),
        ] {
            assert_eq!(sanitize_text(&control.to_string()), escape);
        }
        for kept in ['\t', ' ', 'é', '\u{200e}', '\u{2027}', '\u{206a}'] {
            assert_eq!(sanitize_text(&kept.to_string()), kept.to_string());
        }
    }
}
