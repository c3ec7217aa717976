//! Sixty-four bytes at a time: which of them are letters, digits and the few marks that anchor a
//! detector. Four 16-byte vectors make each mask; every processor of the supported platforms has
//! such vectors without a test at run time.

use wide::u8x16;

/// How many bytes one [`Block`] describes.
pub(crate) const WIDTH: usize = 64;

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
        let mut block = Block::default();
        if let Some(whole) = rest.first_chunk::<WIDTH>() {
            let (parts, _) = whole.as_chunks::<PART>();
            for (i, part) in parts.iter().enumerate() {
                block.put(Part::of(part), i * PART);
            }
            return block;
        }
        let (parts, left) = rest.as_chunks::<PART>();
        for (i, part) in parts.iter().enumerate() {
            block.put(Part::of(part), i * PART);
        }
        if !left.is_empty() {
            block.put(Part::of_end(text, left), rest.len() - left.len());
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

    #[inline]
    fn put(&mut self, part: Part, at: usize) {
        self.letters |= u64::from(part.letters) << at;
        self.small |= u64::from(part.letters & part.bit_of_small) << at;
        self.digits |= u64::from(part.digits) << at;
        self.marks |= u64::from(part.marks) << at;
        self.encoded |= u64::from(part.encoded) << at;
    }
}

/// The classes of 16 bytes.
#[derive(Clone, Copy)]
struct Part {
    letters: u32,
    /// The bit by which a small letter differs from its capital.
    bit_of_small: u32,
    digits: u32,
    marks: u32,
    encoded: u32,
}

impl Part {
    #[inline]
    fn of(bytes: &[u8; PART]) -> Part {
        let v = u8x16::new(*bytes);
        let at = |byte: u8| v.simd_eq(u8x16::splat(byte));
        let within = |v: u8x16, first: u8, last: u8| {
            (v - u8x16::splat(first)).simd_le(u8x16::splat(last - first))
        };
        let twice = v + v;
        Part {
            letters: within(v | u8x16::splat(0x20), b'a', b'z').to_bitmask(),
            bit_of_small: (twice + twice).to_bitmask(),
            digits: within(v, b'0', b'9').to_bitmask(),
            marks: (at(b':') | at(b'=') | at(b'@')).to_bitmask(),
            encoded: (within(v, b'%', b'&') | at(b'\\') | at(0x1b) | at(0) | v).to_bitmask(),
        }
    }

    /// The classes of `left`, the last bytes of `text`, fewer than 16.
    #[inline]
    fn of_end(text: &[u8], left: &[u8]) -> Part {
        let Some(end) = text.last_chunk::<PART>() else {
            let part = Part::of(&padded(left));
            let encoded = part.encoded & ((1 << left.len()) - 1);
            return Part { encoded, ..part };
        };
        let part = Part::of(end);
        let earlier = PART - left.len();
        Part {
            letters: part.letters >> earlier,
            bit_of_small: part.bit_of_small >> earlier,
            digits: part.digits >> earlier,
            marks: part.marks >> earlier,
            encoded: part.encoded >> earlier,
        }
    }
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
    let v = u8x16::new(*bytes);
    let at = |byte: u8| v.simd_eq(u8x16::splat(byte));
    let letters =
        ((v | u8x16::splat(0x20)) - u8x16::splat(b'a')).simd_le(u8x16::splat(b'z' - b'a'));
    (letters | at(b'_') | at(b'-')).to_bitmask()
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
