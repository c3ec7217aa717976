//! Sixty-four bytes at a time: which of them are letters, digits and the few marks that anchor a
//! detector. Four 16-byte vectors make each mask; every processor of the supported platforms has
//! such vectors without a test at run time.

use wide::u8x16;

/// How many bytes one [`Block`] describes.
pub(crate) const WIDTH: usize = 64;

/// Where the bits of each part of a block begin.
const PLACES: [u32; WIDTH / PART] = [0, 16, 32, 48];

/// How many bytes one vector holds.
pub(crate) const PART: usize = 16;

/// The classes of 64 bytes; bit `i` stands for byte `i`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    pub(crate) letters: u64,
    /// Those of the letters that are small.
    pub(crate) small: u64,
    pub(crate) digits: u64,
    /// `@`, and what stands between a name and its value: `:` and `=`.
    pub(crate) marks: u64,
    /// What may hide another byte: `%`, `\`, `&`, ESC, NUL and everything outside ASCII.
    pub(crate) encoded: u64,
}

impl Block {
    /// The classes of the bytes of `text` from `start` on; past its end stands nothing.
    #[inline]
    pub(crate) fn of(text: &[u8], start: usize) -> Block {
        let rest = text.get(start..).unwrap_or_default();
        match rest.first_chunk::<WIDTH>() {
            Some(whole) => Block::of_whole(whole),
            None => Block::of_end(rest),
        }
    }

    /// The same of fewer than 64 bytes. Spaces, which are of no class, stand behind them.
    #[inline]
    fn of_end(rest: &[u8]) -> Block {
        let mut whole = [b' '; WIDTH];
        if let Some(begin) = whole.get_mut(..rest.len()) {
            begin.copy_from_slice(rest);
        }
        let (parts, _) = whole.as_chunks::<PART>();
        let few = parts.get(..rest.len().div_ceil(PART)).unwrap_or_default();
        Block::of_parts(few)
    }

    #[inline]
    fn of_whole(bytes: &[u8; WIDTH]) -> Block {
        let (parts, _) = bytes.as_chunks::<PART>();
        Block::of_parts(parts)
    }

    #[inline]
    fn of_parts(parts: &[[u8; PART]]) -> Block {
        let parts = || parts.iter().map(|part| u8x16::new(*part)).zip(PLACES);
        let mut block = Block::default();
        let mut seldom = u8x16::splat(0);
        for (part, at) in parts() {
            let letters = letters(part);
            // The bit by which a small letter differs from its capital, moved to where it counts.
            let twice = part + part;
            block.letters |= bits(letters) << at;
            block.small |= bits(letters & (twice + twice)) << at;
            block.digits |= bits(within(part, b'0', b'9')) << at;
            seldom |= is_seldom(part);
        }
        // Many texts have none of these, so that they are told apart only where there are any.
        if seldom.to_bitmask() != 0 {
            for (part, at) in parts() {
                block.marks |= bits(marks(part)) << at;
                block.encoded |= bits(encoded(part)) << at;
            }
        }
        block
    }

    /// Letters that no letter or digit stands before, and capitals behind a small letter; `last` is
    /// the block before this one.
    #[inline]
    pub(crate) fn word_starts(&self, last: &Block) -> u64 {
        let part = after(self.letters | self.digits, last.letters | last.digits);
        self.letters & (!part | !self.small & after(self.small, last.small))
    }

    /// Digits that begin a number: no digit stands before them.
    #[inline]
    pub(crate) fn number_starts(&self, last: &Block) -> u64 {
        self.digits & !after(self.digits, last.digits)
    }

    /// Marks with a digit on either side, as the colons in a time of day. (The end of a block is
    /// taken for no digit.)
    #[inline]
    pub(crate) fn within_time(&self, last: &Block) -> u64 {
        after(self.digits, last.digits) & self.digits >> 1
    }
}

/// One bit for each byte, from its highest.
#[inline]
fn bits(part: u8x16) -> u64 {
    u64::from(part.to_bitmask())
}

#[inline]
fn at(part: u8x16, byte: u8) -> u8x16 {
    part.simd_eq(u8x16::splat(byte))
}

/// Which bytes are between two. Moved so that the last is the highest of signed bytes, those within are
/// what one comparison finds: there is none for bytes without a sign.
#[inline]
fn within(part: u8x16, first: u8, last: u8) -> u8x16 {
    let moved = part + u8x16::splat(127 - last);
    above(moved, 126 - (last - first))
}

/// Which bytes are above another, both with a sign.
#[inline]
fn above(part: u8x16, least: u8) -> u8x16 {
    let least = u8x16::splat(least).cast_signed();
    part.cast_signed().simd_gt(least).cast_unsigned()
}

#[inline]
fn letters(part: u8x16) -> u8x16 {
    within(part | u8x16::splat(0x20), b'a', b'z')
}

#[inline]
fn marks(part: u8x16) -> u8x16 {
    at(part, b':') | at(part, b'=') | at(part, b'@')
}

/// What may hide another byte; the highest bit alone counts.
#[inline]
fn encoded(part: u8x16) -> u8x16 {
    within(part, b'%', b'&') | at(part, b'\\') | at(part, 0x1b) | at(part, 0) | part
}

/// Whether a byte may be a mark, or encoded: in fewer steps than these take, and with some bytes more.
#[inline]
fn is_seldom(part: u8x16) -> u8x16 {
    // Below a space, with a sign: what controls, and everything outside ASCII.
    let low = u8x16::splat(b' ').cast_signed();
    let low = low.simd_gt(part.cast_signed()).cast_unsigned();
    low | within(part, b'%', b'&') | within(part, b':', b'@') | at(part, b'\\')
}

/// Fewer than 16 bytes, and NUL behind them. Two loads that overlap make them: a loop over so few bytes
/// costs more than all the masks.
#[inline]
pub(crate) fn padded(bytes: &[u8]) -> [u8; PART] {
    let wide = bytes.first_chunk::<8>().zip(bytes.last_chunk::<8>());
    let narrow = bytes.first_chunk::<4>().zip(bytes.last_chunk::<4>());
    let (first, last, width) = if let Some((first, last)) = wide {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8)
    } else if let Some((first, last)) = narrow {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        (first, last, 4)
    } else {
        let few = bytes.iter().rev();
        return few
            .fold(0, |few, &b| few << 8 | u128::from(b))
            .to_le_bytes();
    };
    let shift = 8 * (bytes.len() - width);
    (u128::from(first) | u128::from(last) << shift).to_le_bytes()
}

/// Which of 16 bytes are letters, `_` or `-`.
#[inline]
pub(crate) fn of_words(bytes: &[u8; PART]) -> u32 {
    let part = u8x16::new(*bytes);
    (letters(part) | at(part, b'_') | at(part, b'-')).to_bitmask()
}

/// How many bytes stand before the first digit, or in all.
pub(crate) fn digitless(bytes: &[u8]) -> usize {
    let (parts, end) = bytes.as_chunks::<PART>();
    let has_none = |part: &[u8; PART]| bits(within(u8x16::new(*part), b'0', b'9')) == 0;
    let whole = parts.iter().take_while(|part| has_none(part)).count();
    let rest = parts.get(whole).map_or(end, <[u8; PART]>::as_slice);
    let few = rest.iter().take_while(|b| !b.is_ascii_digit()).count();
    #[cfg(test)]
    crate::steps::add(whole * PART / 4 + few + 1);
    whole * PART + few
}

/// The bits one place further on, with the last bit of the block before.
#[inline]
fn after(bits: u64, last: u64) -> u64 {
    bits << 1 | last >> 63
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mask of the bytes from `start` on, one after another.
    fn mask(text: &[u8], start: usize, of: impl Fn(u8) -> bool) -> u64 {
        let block = text.iter().skip(start).take(WIDTH).enumerate();
        block.fold(0, |mask, (i, &byte)| mask | u64::from(of(byte)) << i)
    }

    #[test]
    fn few_bytes_are_padded_to_sixteen() {
        for len in 0..PART {
            let bytes: Vec<u8> = (1..=len as u8).collect();
            let mut wanted = [0; PART];
            wanted[..len].copy_from_slice(&bytes);
            assert_eq!(padded(&bytes), wanted);
        }
    }

    #[test]
    fn digits_are_found_wherever_they_stand() {
        for len in 0..70 {
            for digit in 0..=len {
                let mut text = vec![b'/'; len];
                if let Some(byte) = text.get_mut(digit) {
                    *byte = if digit % 2 == 0 { b'0' } else { b'9' };
                }
                assert_eq!(digitless(&text), digit);
            }
        }
    }

    #[test]
    fn each_mask_holds_its_bytes_wherever_the_text_ends() {
        let all: Vec<u8> = (0..=255).collect();
        for len in 0..=256 {
            let text = &all[256 - len..];
            for start in (0..text.len()).step_by(WIDTH) {
                let block = Block::of(text, start);
                let same = |found: u64, of: fn(u8) -> bool| {
                    assert_eq!(found, mask(text, start, of), "{len} from {start}");
                };
                same(block.letters, |b| b.is_ascii_alphabetic());
                same(block.small, |b| b.is_ascii_lowercase());
                same(block.digits, |b| b.is_ascii_digit());
                same(block.marks, |b| matches!(b, b':' | b'=' | b'@'));
                same(block.encoded, |b| {
                    matches!(b, b'%' | b'&' | b'\\' | 0x1b | 0) || !b.is_ascii()
                });
            }
        }
    }
}
