//! Which words the gate stops at: one bit for each first three letters that some detector knows.

use crate::context;
use crate::detect;
use crate::text::byte;

/// Bits by the first three bytes of a word, five bits of each: letters in any case.
type Bits = Box<[u64; 512]>;

/// The first letters of the words that anchor a detector.
pub(crate) struct Anchors {
    all: Bits,
    context: Bits,
    tokens: Bits,
}

impl Anchors {
    pub(crate) fn new() -> Anchors {
        let context = bits(context::HEADS.iter().map(<[u8; 3]>::as_slice));
        let tokens = bits(detect::heads());
        let mut all = context.clone();
        for (all, tokens) in all.iter_mut().zip(tokens.iter()) {
            *all |= tokens;
        }
        Anchors {
            all,
            context,
            tokens,
        }
    }

    /// Whether any detector knows the word that starts at `at`.
    #[inline]
    pub(crate) fn knows(&self, text: &[u8], at: usize) -> bool {
        has(&self.all, head(text, at))
    }

    /// Whether the word could say what stands behind it.
    pub(crate) fn knows_context(&self, text: &[u8], at: usize) -> bool {
        has(&self.context, head(text, at))
    }

    /// Whether the word could begin a vendor's token.
    pub(crate) fn knows_token(&self, text: &[u8], at: usize) -> bool {
        has(&self.tokens, head(text, at))
    }
}

/// Sets the bit of each head; a NUL in the third place stands for any byte.
fn bits<'h>(heads: impl Iterator<Item = &'h [u8]>) -> Bits {
    let mut bits = Box::new([0; 512]);
    for bytes in heads {
        let first = head(bytes, 0);
        let open = byte(bytes, 2) == 0;
        for head in (first..).take(if open { 32 } else { 1 }) {
            if let Some(word) = bits.get_mut(head / 64) {
                *word |= 1 << (head % 64);
            }
        }
    }
    bits
}

#[inline]
fn has(bits: &Bits, head: usize) -> bool {
    bits.get(head / 64).copied().unwrap_or(0) >> (head % 64) & 1 != 0
}

/// The three bytes from `at` on as a number, in any case.
#[inline]
fn head(text: &[u8], at: usize) -> usize {
    let letter = |i: usize| usize::from(byte(text, at + i) & 0x1f);
    letter(0) << 10 | letter(1) << 5 | letter(2)
}
