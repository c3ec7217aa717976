//! Cookies: the value of each pair goes, names and attributes stay.
//!
//! Source: RFC 6265 (`Cookie: a=b; c=d`, `Set-Cookie: a=b; Path=/`).

use super::stand_in::is_stand_in;
use crate::detect::Kind;
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{byte, has_word, is_blank, skip, slice};

/// Attributes of Set-Cookie, whose values are no secrets.
const ATTRIBUTES: &[&[u8]] = &[
    b"path",
    b"domain",
    b"expires",
    b"max-age",
    b"samesite",
    b"priority",
    b"version",
    b"comment",
];

/// What is longer than this is no attribute's value, in bytes.
const LONGEST_ATTRIBUTE: usize = 128;

/// How the names of cookies begin that measure visits or keep a choice.
const HARMLESS: &[&[u8]] = &[
    b"_g",
    b"__utm",
    b"_fbp",
    b"theme",
    b"lang",
    b"locale",
    b"tz",
    b"consent",
    b"cookieconsent",
    b"_hj",
];

/// Takes the values of the cookies from `start` to `limit`, and tells whether there was a pair.
pub(super) fn cookies(scan: &mut Scan<'_>, start: usize, limit: usize) -> bool {
    let text = slice(scan.text, 0..limit);
    let mut at = start;
    let mut any = false;
    loop {
        let name_end = skip(text, at, is_name_byte);
        if name_end == at {
            return any;
        }
        let mut next = name_end;
        if byte(text, name_end) == b'=' {
            let value = name_end + 1;
            let quoted = usize::from(byte(text, value) == b'"');
            let end = skip(text, value + quoted, is_value_byte);
            let name = slice(text, at..name_end);
            let attribute = end - value < LONGEST_ATTRIBUTE
                && ATTRIBUTES
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known));
            let harmless = HARMLESS.iter().any(|head| has_word(name, 0, head));
            if harmless {
                any = true;
                next = end + usize::from(quoted == 1 && byte(text, end) == b'"');
            } else if attribute {
                // A date holds a comma and spaces.
                let dated = name.eq_ignore_ascii_case(b"expires");
                let longest = (end + LONGEST_ATTRIBUTE).min(limit);
                next = if dated {
                    scan.ahead.date_end(scan.text, end).min(longest)
                } else {
                    end
                };
            } else {
                any = true;
                next = end + usize::from(quoted == 1 && byte(text, end) == b'"');
                if !is_stand_in(slice(text, value + quoted..end)) {
                    scan.take(Span::new(value + quoted..end, Kind::Cookie));
                }
            }
        }
        if byte(text, next) != b';' {
            return any;
        }
        at = skip(text, next + 1, is_blank);
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

fn is_value_byte(byte: u8) -> bool {
    byte > b' ' && byte < 0x7f && !matches!(byte, b'"' | b';' | b'\\' | b'\'')
}
