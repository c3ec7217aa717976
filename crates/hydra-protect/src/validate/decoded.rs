//! A text with one level of encoding taken off, and the way back to where each byte came from.
//!
//! `%27` and `%u0027` (URLs), `&lt; &#60; &#x3c;` (HTML), `\u0027 \x27 \r \n` (strings of programs).

use crate::text::{before, has_word};

/// A decoded text.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// For each byte, and for the end, where it begins in the text that was given.
    origins: Vec<usize>,
}

impl Decoded {
    /// The text with its encoded characters decoded; `None` if it has none.
    pub(super) fn of(text: &[u8]) -> Option<Decoded> {
        let mut from = 0;
        let mut decoded: Option<Decoded> = None;
        for at in memchr::memchr3_iter(b'%', b'&', b'\\', text) {
            if at < from {
                continue;
            }
            let Some((character, length)) = escape(text, at) else {
                continue;
            };
            let decoded = decoded.get_or_insert_with(|| Decoded {
                bytes: Vec::with_capacity(text.len()),
                origins: Vec::with_capacity(text.len() + 1),
            });
            decoded.copy(text, from..at);
            decoded.push(character, at);
            from = at + length;
        }
        let mut decoded = decoded?;
        decoded.copy(text, from..text.len());
        decoded.origins.push(text.len());
        Some(decoded)
    }

    /// Where a byte, or the end, stands in the text that was given.
    pub(super) fn origin(&self, at: usize) -> usize {
        let end = self.origins.last().copied().unwrap_or_default();
        self.origins.get(at).copied().unwrap_or(end)
    }

    fn copy(&mut self, text: &[u8], range: std::ops::Range<usize>) {
        self.bytes.extend_from_slice(&text[range.clone()]);
        self.origins.extend(range);
    }

    fn push(&mut self, character: Escaped, at: usize) {
        let mut buffer = [0; 4];
        let bytes = match character {
            Escaped::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Escaped::Char(c) => c.encode_utf8(&mut buffer).as_bytes(),
        };
        self.bytes.extend_from_slice(bytes);
        self.origins.extend(bytes.iter().map(|_| at));
    }
}

#[derive(Clone, Copy)]
enum Escaped {
    Byte(u8),
    Char(char),
}

/// The escape at a place, and its length.
fn escape(text: &[u8], at: usize) -> Option<(Escaped, usize)> {
    let after_return = at > 1 && has_word(text, at - 2, b"\\r");
    let lead = if after_return { 0 } else { before(text, at) };
    let text = text.get(at..)?;
    match text.first()? {
        b'%' => percent(text),
        b'&' => entity(text),
        _ => backslash(text, lead),
    }
}

fn percent(text: &[u8]) -> Option<(Escaped, usize)> {
    if matches!(text.get(1), Some(b'u' | b'U')) {
        return Some((unicode(text.get(2..6)?)?, 6));
    }
    Some((Escaped::Byte(hex(text.get(1..3)?)? as u8), 3))
}

fn backslash(text: &[u8], lead: u8) -> Option<(Escaped, usize)> {
    let starts = matches!(lead, 0 | b'\'' | b'"');
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let end = 3 + text
                .get(3..text.len().min(10))?
                .iter()
                .position(|byte| *byte == b'}')?;
            Some((unicode(&text[3..end])?, end + 1))
        }
        b'u' => Some((unicode(text.get(2..6)?)?, 6)),
        b'x' => Some((Escaped::Byte(hex(text.get(2..4)?)? as u8), 4)),
        // `C:\new\results` is no line break.
        b'r' if text.get(2) == Some(&b'\\') && text.get(3) == Some(&b'n') => {
            Some((Escaped::Byte(b'\r'), 2))
        }
        b'n' if starts || !text.get(2).is_some_and(u8::is_ascii_lowercase) => {
            Some((Escaped::Byte(b'\n'), 2))
        }
        _ => None,
    }
}

fn unicode(digits: &[u8]) -> Option<Escaped> {
    char::from_u32(hex(digits)?).map(Escaped::Char)
}

fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |number: u32, byte: &u8| Some(number << 4 | char::from(*byte).to_digit(16)?);
    (!digits.is_empty() && digits.len() <= 6)
        .then(|| digits.iter().try_fold(0, digit))
        .flatten()
}

/// A character reference of HTML; the semicolon may be missing after a number, as in browsers.
fn entity(text: &[u8]) -> Option<(Escaped, usize)> {
    const NAMES: [(&[u8], char); 14] = [
        (b"lt;", '<'),
        (b"gt;", '>'),
        (b"quot;", '"'),
        (b"apos;", '\''),
        (b"amp;", '&'),
        (b"colon;", ':'),
        (b"lpar;", '('),
        (b"rpar;", ')'),
        (b"tab;", '\t'),
        (b"newline;", '\n'),
        (b"sol;", '/'),
        (b"bsol;", '\\'),
        (b"equals;", '='),
        (b"semi;", ';'),
    ];
    let rest = text.get(1..)?;
    if rest.first() == Some(&b'#') {
        return number_entity(rest);
    }
    let name = |(name, _): &&(&[u8], char)| {
        rest.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let (name, c) = NAMES.iter().find(name)?;
    Some((Escaped::Char(*c), 1 + name.len()))
}

fn number_entity(rest: &[u8]) -> Option<(Escaped, usize)> {
    let hexadecimal = matches!(rest.get(1), Some(b'x' | b'X'));
    let (start, radix) = if hexadecimal { (2, 16) } else { (1, 10) };
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let digits = rest.get(start..)?;
    let count = digits
        .iter()
        .take(10)
        .take_while(|byte| is_digit(byte))
        .count();
    let text = std::str::from_utf8(&digits[..count]).ok()?;
    let c = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
    let end = start + count;
    let semicolon = usize::from(rest.get(end) == Some(&b';'));
    Some((Escaped::Char(c), 1 + end + semicolon))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Option<String> {
        Decoded::of(text.as_bytes()).map(|d| String::from_utf8_lossy(&d.bytes).into_owned())
    }

    #[test]
    fn one_level_of_each_encoding_is_taken_off() {
        for (encoded, plain) in [
            ("%27%20or", "' or"),
            ("%u0027", "'"),
            ("%2527", "%27"),
            ("&lt;b&gt;&#60;&#x3C;&#x3e&apos;", "<b><<>'"),
            (r"\u003cscript\x3e\u{27}", "<script>'"),
            (r"a\r\nb", "a\r\nb"),
        ] {
            assert_eq!(decode(encoded).as_deref(), Some(plain), "{encoded}");
        }
    }

    #[test]
    fn what_is_not_encoded_stays_as_it_is() {
        for text in [
            "100 %",
            "a & b",
            "%zz",
            "&nbsp",
            "&#;",
            "&#x;",
            r"C:\new\run",
            "%",
            "&",
            "\\",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let decoded = Decoded::of(b"a%27b&lt;c").expect("encoded");
        let origins: Vec<usize> = (0..=decoded.bytes.len())
            .map(|at| decoded.origin(at))
            .collect();
        assert_eq!(origins, [0, 1, 4, 5, 9, 10]);
    }
}
