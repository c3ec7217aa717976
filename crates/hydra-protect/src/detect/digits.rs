//! Groups of digits, and what numbers made of them hold.

use crate::text::byte;

/// The length of one separator between groups of digits at `i`: a space, a dash, a dot, or a
/// no-break space in UTF-8; 0 when there is none.
#[inline]
pub(crate) fn separator(text: &[u8], i: usize) -> usize {
    match byte(text, i) {
        b' ' | b'-' | b'.' => 1,
        // U+00A0, U+2009 to U+200A and U+202F, U+2010 to U+2013: what word processors put between
        // groups.
        0xc2 if byte(text, i + 1) == 0xa0 => 2,
        0xe2 if byte(text, i + 1) == 0x80 => {
            usize::from(matches!(byte(text, i + 2), 0x87..=0x8a | 0x90..=0x93 | 0xaf)) * 3
        }
        _ => 0,
    }
}

/// The digits of a shape as numbers, without their separators: at most `N`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits<const N: usize> {
    values: [u8; N],
    len: usize,
}

impl<const N: usize> Digits<N> {
    pub(crate) fn new() -> Self {
        Self {
            values: [0; N],
            len: 0,
        }
    }

    /// The digits among `bytes`, whatever stands between them; the first `N`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut digits = Self::new();
        for &b in bytes.iter().filter(|b| b.is_ascii_digit()) {
            digits.push(b);
        }
        digits
    }

    /// Adds an ASCII digit; false when there is no room.
    pub(crate) fn push(&mut self, digit: u8) -> bool {
        match self.values.get_mut(self.len) {
            Some(place) => {
                *place = digit.wrapping_sub(b'0');
                self.len += 1;
                true
            }
            None => false,
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.values.get(..self.len).unwrap_or_default()
    }
}

/// Whether decimal digits (0 to 9 each) hold the check digit of ISO/IEC 7812-1 annex B (Luhn).
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            let d = u32::from(d);
            match i % 2 {
                0 => d,
                _ if d > 4 => 2 * d - 9,
                _ => 2 * d,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What a group of decimal digits is worth.
pub(crate) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |n: u64, &d| {
        n.wrapping_mul(10).wrapping_add(u64::from(d))
    })
}
