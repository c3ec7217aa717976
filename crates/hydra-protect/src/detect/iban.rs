//! International bank account numbers.
//!
//! Sources: ISO 13616-1 (structure, the check digits by ISO/IEC 7064 mod 97-10) and the SWIFT IBAN
//! registry (the length of each country). Upper or lower case, whole or in groups of four.

use std::ops::Range;

use super::bytes::{before, byte, separator};

/// Each country's code and the length of its account numbers.
const LENGTHS: &[(&[u8; 2], u8)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// An account number whose country code starts at `at`.
///
/// Cheap to refuse: two letters and two digits must stand at `at`.
pub(crate) fn iban(text: &[u8], at: usize) -> Option<Range<usize>> {
    let &[first, second, b'0'..=b'9', b'0'..=b'9'] = text.get(at..at.checked_add(4)?)? else {
        return None;
    };
    if before(text, at).is_ascii_alphanumeric() {
        return None;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let place = LENGTHS
        .binary_search_by(|(code, _)| (*code).cmp(&country))
        .ok()?;
    let length = usize::from(LENGTHS.get(place)?.1);

    let mut letters = 0;
    let mut rest = Remainder::default();
    let mut leading = Remainder::default();
    let mut i = at;
    while letters < length {
        let b = byte(text, i);
        if b.is_ascii_alphanumeric() {
            if letters < 4 {
                leading.push(b);
            } else {
                rest.push(b);
            }
            letters += 1;
            i += 1;
        } else {
            // A separator stands between groups of four alone.
            let gap = separator(text, i);
            if gap == 0 || letters % 4 != 0 || separator(text, i + gap) != 0 {
                return None;
            }
            i += gap;
        }
    }
    // ISO 13616: the first four characters move to the end.
    let valid = rest.followed_by(leading) == 1;
    (valid && !byte(text, i).is_ascii_alphanumeric()).then_some(at..i)
}

/// A number's remainder by 97, digit by digit; a letter counts as two (A = 10 … Z = 35).
#[derive(Clone, Copy, Default)]
struct Remainder {
    value: u32,
    digits: u32,
}

impl Remainder {
    fn push(&mut self, b: u8) {
        let (n, width) = match b {
            b'0'..=b'9' => (u32::from(b - b'0'), 1),
            _ => (u32::from(b.to_ascii_uppercase() - b'A') + 10, 2),
        };
        self.value = (self.value * 10_u32.pow(width) + n) % 97;
        self.digits += width;
    }

    fn followed_by(self, next: Remainder) -> u32 {
        ((0..next.digits).fold(self.value, |value, _| value * 10 % 97) + next.value) % 97
    }
}
