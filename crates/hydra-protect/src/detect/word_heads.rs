//! Whether a word of a list may start here, by its first letters.

use crate::text::byte;

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
