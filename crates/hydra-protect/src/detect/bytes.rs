//! Reading bytes around an anchor without a bound to watch.
//!
//! Outside of the text every byte is NUL, which belongs to no shape: the borders of the text need
//! no case of their own in any verifier.

/// The byte at `i`, NUL outside of the text.
#[inline]
pub(crate) fn byte(text: &[u8], i: usize) -> u8 {
    #[cfg(test)]
    crate::steps::add(1);
    text.get(i).copied().unwrap_or(0)
}

/// The byte before `i`, NUL at the text's start.
#[inline]
pub(crate) fn before(text: &[u8], i: usize) -> u8 {
    i.checked_sub(1).map_or(0, |i| byte(text, i))
}

/// Where the run of bytes that are `of` a class ends, from `from` on, looking at most at `most`.
#[inline]
pub(crate) fn run_end(text: &[u8], from: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    let window = text.get(from..).unwrap_or_default();
    let len = window.iter().take(most).take_while(|&&b| of(b)).count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    from + len
}

/// Where the run of bytes that are `of` a class starts that ends before `to`, looking at most at
/// `most`.
#[inline]
pub(crate) fn run_start(text: &[u8], to: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    let window = text.get(..to).unwrap_or_default();
    let len = window
        .iter()
        .rev()
        .take(most)
        .take_while(|&&b| of(b))
        .count();
    #[cfg(test)]
    crate::steps::add(len + 1);
    to - len
}

/// Whether `text` holds `what` at `at`.
#[inline]
pub(crate) fn has(text: &[u8], at: usize, what: &[u8]) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(what))
}

/// Which first three letters a list of words has, in any case: two lookups instead of a walk.
pub(crate) struct Heads {
    seconds: [u32; 32],
    thirds: [u32; 32],
}

impl Heads {
    /// The heads of words; a space or NUL in the second or third place stands for any byte.
    pub(crate) const fn new<const LEN: usize>(heads: &[[u8; LEN]]) -> Heads {
        let mut all = Heads {
            seconds: [0; 32],
            thirds: [0; 32],
        };
        let mut i = 0;
        while i < heads.len() {
            let first = (heads[i][0] & 31) as usize;
            all.seconds[first] |= bit_of(heads[i][1]);
            all.thirds[first] |= bit_of(heads[i][2]);
            i += 1;
        }
        all
    }

    /// Whether a word of the list may start at `at`.
    #[inline]
    pub(crate) fn may_start(&self, text: &[u8], at: usize) -> bool {
        let first = usize::from(byte(text, at) & 31);
        let has = |of: &[u32; 32], place: usize| {
            of.get(first).copied().unwrap_or(0) >> (byte(text, at + place) & 31) & 1 != 0
        };
        has(&self.seconds, 1) && has(&self.thirds, 2)
    }
}

const fn bit_of(letter: u8) -> u32 {
    match letter {
        0 | b' ' => u32::MAX,
        letter => 1 << (letter & 31),
    }
}

/// Whether `text` holds `what`, which is lower case, at `at`, in any ASCII case.
#[inline]
pub(crate) fn has_any_case(text: &[u8], at: usize, what: &[u8]) -> bool {
    at.checked_add(what.len())
        .and_then(|end| text.get(at..end))
        .is_some_and(|found| found.eq_ignore_ascii_case(what))
}

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
