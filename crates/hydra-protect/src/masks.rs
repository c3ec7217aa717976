//! Sixty-four bytes at a time: which of them are letters, digits and the few marks that anchor a
//! detector. Four 16-byte vectors make each mask; every processor of the supported platforms has
//! such vectors without a test at run time.

use wide::u8x16;

/// How many bytes one [`Block`] describes.
pub(crate) const WIDTH: usize = 64;

/// The classes of 64 bytes; bit `i` stands for byte `i`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    pub(crate) letters: u64,
    pub(crate) capitals: u64,
    pub(crate) digits: u64,
    /// `@`.
    pub(crate) ats: u64,
    /// `:` and `=`: what stands between a name and its value.
    pub(crate) separators: u64,
    /// What may hide another byte: `%`, `\`, `&`, ESC, NUL and everything outside ASCII.
    pub(crate) encoded: u64,
}

impl Block {
    /// The classes of the bytes of `text` from `start` on; past its end stand spaces.
    #[inline]
    pub(crate) fn of(text: &[u8], start: usize) -> Block {
        let rest = text.get(start..).unwrap_or_default();
        if let Some(block) = rest.first_chunk::<WIDTH>() {
            return Block::of_bytes(block);
        }
        let mut padded = [b' '; WIDTH];
        if let Some(to) = padded.get_mut(..rest.len()) {
            to.copy_from_slice(rest);
        }
        Block::of_bytes(&padded)
    }

    /// Letters that no letter or digit stands before, and capitals behind a small letter; `last` is
    /// the block before this one.
    #[inline]
    pub(crate) fn word_starts(&self, last: &Block) -> u64 {
        let small = after(self.letters & !self.capitals, last.letters & !last.capitals);
        let part = after(self.letters | self.digits, last.letters | last.digits);
        self.letters & !part | self.capitals & small
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
    fn of_bytes(bytes: &[u8; WIDTH]) -> Block {
        let mut block = Block::default();
        let (quarters, _) = bytes.as_chunks::<16>();
        for (i, quarter) in quarters.iter().enumerate() {
            let v = u8x16::new(*quarter);
            let at = |byte: u8| v.simd_eq(u8x16::splat(byte));
            let within = |v: u8x16, first: u8, last: u8| {
                (v - u8x16::splat(first)).simd_le(u8x16::splat(last - first))
            };
            let shift = i * 16;
            let mask = |v: u8x16| u64::from(v.to_bitmask()) << shift;
            block.letters |= mask(within(v | u8x16::splat(0x20), b'a', b'z'));
            block.capitals |= mask(within(v, b'A', b'Z'));
            block.digits |= mask(within(v, b'0', b'9'));
            block.ats |= mask(at(b'@'));
            block.separators |= mask(at(b':') | at(b'='));
            block.encoded |= mask(at(b'%') | at(b'&') | at(b'\\') | at(0x1b) | at(0) | v);
        }
        block
    }
}

/// The bits one place further on, with the last bit of the block before.
#[inline]
fn after(bits: u64, last: u64) -> u64 {
    bits << 1 | last >> 63
}
