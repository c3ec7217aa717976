//! One encoded character: what it takes in the text and what it means.
//!
//! Sources: RFC 3986, 2.1 (percent-encoding), RFC 8259, 7 (JSON escapes), ECMA-48, 5.4 (control
//! sequences), the Unicode Character Database (default-ignorable, full-width and space characters).

use crate::text::{byte, rest, skip, slice};

/// `len` bytes of the text stand for `count` of `bytes`.
pub(super) struct Unit {
    pub(super) len: usize,
    pub(super) bytes: [u8; 4],
    pub(super) count: usize,
}

impl Unit {
    fn nothing(len: usize) -> Unit {
        Unit {
            len,
            bytes: [0; 4],
            count: 0,
        }
    }

    fn byte(len: usize, byte: u8) -> Unit {
        Unit {
            len,
            bytes: [byte, 0, 0, 0],
            count: 1,
        }
    }

    fn character(len: usize, character: char) -> Unit {
        // What an escape means may be written another way once more: a colour, a full-width digit.
        let mut bytes = [0; 4];
        let count = character.encode_utf8(&mut bytes).len();
        match look_alike(slice(&bytes, 0..count), count) {
            Some(other) => Unit { len, ..other },
            None => Unit { len, bytes, count },
        }
    }
}

/// Whether an encoded character can begin with this byte.
#[inline]
pub(super) fn may_begin(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\' | 0x1b | 0) || byte >= 0xc2
}

/// The encoded character at `at`, if there is one.
pub(super) fn unit(text: &[u8], at: usize) -> Option<Unit> {
    match byte(text, at) {
        // Every second byte of UTF-16, as far as it is ASCII.
        0 if at < text.len() => Some(Unit::nothing(1)),
        b'%' => percent(text, at),
        b'&' => entity(text, at),
        b'\\' => escape(text, at),
        0x1b => control_sequence(text, at + 1).map(|end| Unit::nothing(end - at)),
        0xc2.. => {
            let len = utf8_len(byte(text, at));
            look_alike(slice(text, at..at + len), len)
        }
        _ => None,
    }
}

fn utf8_len(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    }
}

fn hex(text: &[u8], at: usize, digits: usize) -> Option<u32> {
    let digits_of = slice(text, at..at + digits);
    if digits_of.len() < digits {
        return None;
    }
    digits_of.iter().try_fold(0, |value, &digit| {
        Some(value << 4 | char::from(digit).to_digit(16)?)
    })
}

fn percent(text: &[u8], at: usize) -> Option<Unit> {
    let value = hex(text, at + 1, 2)?;
    // A NUL or another control character is no part of a text, and one may stand for a cut.
    (value >= 0x20 || matches!(value, 9 | 10 | 13)).then(|| Unit::byte(3, value as u8))
}

fn entity(text: &[u8], at: usize) -> Option<Unit> {
    let end = skip(slice(text, 0..at + 10), at + 1, |b| {
        b.is_ascii_alphanumeric() || b == b'#'
    });
    if byte(text, end) != b';' {
        return None;
    }
    let value = match slice(text, at + 1..end) {
        b"amp" => b'&',
        b"quot" => b'"',
        b"apos" => b'\'',
        b"lt" => b'<',
        b"gt" => b'>',
        b"equals" => b'=',
        b"colon" => b':',
        b"commat" => b'@',
        b"nbsp" => b' ',
        [b'#', b'x' | b'X', digits @ ..] => return numbered(digits, 16, end + 1 - at),
        [b'#', digits @ ..] => return numbered(digits, 10, end + 1 - at),
        _ => return None,
    };
    Some(Unit::byte(end + 1 - at, value))
}

fn numbered(digits: &[u8], radix: u32, len: usize) -> Option<Unit> {
    let digits = std::str::from_utf8(digits).ok()?;
    let value = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(value)
        .filter(|c| *c >= ' ')
        .map(|c| Unit::character(len, c))
}

/// `\n`, `\u0040`, `\x40`, however many backslashes there are (each JSON string around doubles them).
/// Escaped quotes stay: how many backslashes stand before them says which string they end.
fn escape(text: &[u8], at: usize) -> Option<Unit> {
    let letter = skip(text, at, |b| b == b'\\');
    let len = letter + 1 - at;
    match byte(text, letter) {
        b'n' => Some(Unit::byte(len, b'\n')),
        b'r' => Some(Unit::byte(len, b'\r')),
        b't' => Some(Unit::byte(len, b'\t')),
        b'/' => Some(Unit::byte(len, b'/')),
        b'e' => control_sequence(text, letter + 1).map(|end| Unit::nothing(end - at)),
        b'0' if slice(text, letter..letter + 3) == b"033" => {
            control_sequence(text, letter + 3).map(|end| Unit::nothing(end - at))
        }
        b'x' => {
            let value = hex(text, letter + 1, 2)?;
            escaped(text, at, letter + 3, value)
        }
        b'u' => {
            let value = hex(text, letter + 1, 4)?;
            escaped(text, at, letter + 5, value)
        }
        _ => None,
    }
}

fn escaped(text: &[u8], at: usize, end: usize, value: u32) -> Option<Unit> {
    match value {
        0x1b => control_sequence(text, end).map(|end| Unit::nothing(end - at)),
        0xd800..=0xdbff => {
            let low = skip(text, end, |b| b == b'\\');
            let value2 = (byte(text, low) == b'u').then(|| hex(text, low + 1, 4))??;
            let pair = char::decode_utf16([value as u16, value2 as u16])
                .next()?
                .ok()?;
            Some(Unit::character(low + 5 - at, pair))
        }
        9 | 10 | 13 | 0x20.. => char::from_u32(value).map(|c| Unit::character(end - at, c)),
        _ => None,
    }
}

/// The end of the control sequence whose introducer `[` is at `at`.
fn control_sequence(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) != b'[' {
        return None;
    }
    let end = skip(slice(text, 0..at + 32), at + 1, |b| {
        matches!(b, 0x20..=0x3f)
    });
    matches!(byte(text, end), 0x40..=0x7e).then_some(end + 1)
}

/// What is read like an ASCII character, or not seen at all.
fn look_alike(character: &[u8], len: usize) -> Option<Unit> {
    let code = match *character {
        [a, b] => u32::from(a & 0x1f) << 6 | u32::from(b & 0x3f),
        [a, b, c] => u32::from(a & 0xf) << 12 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f),
        [a, b, c, d] => {
            u32::from(a & 7) << 18
                | u32::from(b & 0x3f) << 12
                | u32::from(c & 0x3f) << 6
                | u32::from(d & 0x3f)
        }
        _ => return None,
    };
    if !rest(character, 1).iter().all(|b| b & 0xc0 == 0x80) {
        return None;
    }
    let ascii = match code {
        0xad | 0x180e | 0x200b..=0x200f | 0x2060..=0x2064 | 0xfeff | 0xfe00..=0xfe0f => {
            return Some(Unit::nothing(len));
        }
        0xa0 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => b' ',
        0x2010..=0x2015 | 0x2212 | 0xfe63 => b'-',
        0x2018..=0x201b => b'\'',
        0x201c..=0x201f => b'"',
        0xff01..=0xff5e => (code - 0xff01) as u8 + b'!',
        0x660..=0x669 => (code - 0x660) as u8 + b'0',
        0x6f0..=0x6f9 => (code - 0x6f0) as u8 + b'0',
        0x966..=0x96f => (code - 0x966) as u8 + b'0',
        0x1d7ce..=0x1d7ff => ((code - 0x1d7ce) % 10) as u8 + b'0',
        _ => return None,
    };
    Some(Unit::byte(len, ascii))
}
