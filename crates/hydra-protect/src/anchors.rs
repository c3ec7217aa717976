//! Which words the gate stops at: one bit for the first letters of each word that a detector knows.

use crate::context;
use crate::detect;
use crate::scan::MARKER;
use crate::text::{byte, has_word};

/// The first letters of the words that anchor a detector.
pub(crate) struct Anchors {
    all: Heads,
    context: Heads,
    tokens: Heads,
    names: Heads,
    telephone: Heads,
}

impl Anchors {
    pub(crate) fn new() -> Anchors {
        let mut anchors = Anchors {
            all: Heads::new(),
            context: Heads::new(),
            tokens: Heads::new(),
            names: Heads::new(),
            telephone: Heads::new(),
        };
        anchors.all.add(MARKER);
        for head in context::HEADS {
            anchors.all.add(head);
            anchors.context.add(head);
        }
        for word in context::WHOLE {
            anchors.all.add_whole(word);
            anchors.context.add_whole(word);
        }
        for head in detect::heads() {
            anchors.all.add(head);
            anchors.tokens.add(head);
        }
        for head in detect::name_heads() {
            anchors.all.add(head);
            anchors.names.add(head);
        }
        for word in detect::telephone_words() {
            anchors.all.add(word);
            anchors.telephone.add(word);
        }
        anchors
    }

    /// Whether any detector knows the word that starts at `at`.
    #[inline]
    pub(crate) fn knows(&self, text: &[u8], at: usize) -> bool {
        self.all.has(text, at)
    }

    /// Whether the word could say what stands behind it.
    pub(crate) fn knows_context(&self, text: &[u8], at: usize) -> bool {
        self.context.has(text, at)
    }

    /// Whether the word could begin a vendor's token.
    pub(crate) fn knows_token(&self, text: &[u8], at: usize) -> bool {
        self.tokens.has(text, at)
    }

    /// Whether the word could name a person's date of birth or document.
    pub(crate) fn knows_name(&self, text: &[u8], at: usize) -> bool {
        self.names.has(text, at)
    }

    /// Whether the word could mean a telephone.
    pub(crate) fn knows_telephone(&self, text: &[u8], at: usize) -> bool {
        self.telephone.has(text, at)
    }
}

/// How many bits of the hash of four bytes are looked up.
const BITS: u32 = 16;

/// Which first three letters of words are in a set: a row for the second and third, and a bit in it
/// for the first, five bits of a byte telling its letter.
type Threes = [u32; 1 << 10];

/// A set of heads of two to four bytes, in any case. It can hold more than was added: few of its bits
/// are set, so hardly any other word is taken for a head.
struct Heads {
    /// The first three bytes of every head: most words are told by these alone.
    all: Box<Threes>,
    /// Those of the heads that are not longer.
    short: Box<Threes>,
    /// Those with a fourth byte, by a hash.
    long: Box<[u64; 1 << (BITS - 6)]>,
    /// Words whose first four bytes ordinary words have, too: they are compared whole.
    whole: Vec<&'static [u8]>,
}

impl Heads {
    fn new() -> Heads {
        Heads {
            all: Box::new([0; 1 << 10]),
            short: Box::new([0; 1 << 10]),
            long: Box::new([0; 1 << (BITS - 6)]),
            whole: Vec::new(),
        }
    }

    /// Adds a word that counts as a whole.
    fn add_whole(&mut self, word: &'static [u8]) {
        let head = [byte(word, 0), byte(word, 1), byte(word, 2), 0];
        set(&mut self.all, u32::from_le_bytes(head));
        self.whole.push(word);
    }

    /// Adds the first four bytes of a word. Where it ends before, or has a NUL, any byte may stand.
    fn add(&mut self, word: &[u8]) {
        let len = word.iter().take(4).take_while(|&&b| b != 0).count();
        let mut head = [byte(word, 0), byte(word, 1), byte(word, 2), byte(word, 3)];
        let thirds = if len < 3 { 0..=0x1f } else { head[2]..=head[2] };
        for third in thirds {
            head[2] = third;
            set(&mut self.all, u32::from_le_bytes(head));
            if len < 4 {
                set(&mut self.short, u32::from_le_bytes(head));
            }
        }
        if len == 4 {
            let bit = hash(u32::from_le_bytes(head));
            if let Some(word) = self.long.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    #[inline]
    fn has(&self, text: &[u8], at: usize) -> bool {
        match text.get(at..).and_then(<[u8]>::first_chunk::<4>) {
            Some(head) => self.has_head(u32::from_le_bytes(*head), text, at),
            None => self.has_end(text, at),
        }
    }

    /// The same for a word of fewer than four bytes at the end of the text.
    #[cold]
    #[inline(never)]
    fn has_end(&self, text: &[u8], at: usize) -> bool {
        let head = [0, 1, 2, 3].map(|i| byte(text, at + i));
        self.has_head(u32::from_le_bytes(head), text, at)
    }

    #[inline]
    fn has_head(&self, head: u32, text: &[u8], at: usize) -> bool {
        is_set(&self.all, head)
            && (is_set(&self.short, head)
                || self.has_long(head)
                || self.whole.iter().any(|word| has_word(text, at, word)))
    }

    #[inline]
    fn has_long(&self, head: u32) -> bool {
        let bit = hash(head);
        self.long.get(bit / 64).copied().unwrap_or(0) >> (bit % 64) & 1 != 0
    }
}

/// The row of a head, and its bit there.
#[inline]
fn place(head: u32) -> (usize, u32) {
    let row = head >> 8 & 0x1f | head >> 11 & 0x3e0;
    (row as usize, 1 << (head & 0x1f))
}

fn set(threes: &mut Threes, head: u32) {
    let (row, bit) = place(head);
    if let Some(row) = threes.get_mut(row) {
        *row |= bit;
    }
}

#[inline]
fn is_set(threes: &Threes, head: u32) -> bool {
    let (row, bit) = place(head);
    threes.get(row).copied().unwrap_or(0) & bit != 0
}

/// Folds the case of four bytes and mixes them (Fibonacci hashing).
#[inline]
fn hash(head: u32) -> usize {
    let folded = head | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_is_known_in_any_case() {
        let anchors = Anchors::new();
        let context = context::HEADS.iter().chain(context::WHOLE).copied();
        for head in context.chain(detect::heads()) {
            let word: Vec<u8> = head.iter().copied().filter(|&b| b != 0).collect();
            assert!(anchors.knows(&word, 0) && anchors.knows(&word.to_ascii_uppercase(), 0));
        }
    }

    #[test]
    fn a_word_that_only_begins_like_a_whole_one_is_not_known() {
        let anchors = Anchors::new();
        for word in ["request ", "login) ", "logins ", "required "] {
            assert!(!anchors.knows(word.as_bytes(), 0), "{word}");
        }
    }

    #[test]
    fn hardly_any_other_word_is_taken_for_a_head() {
        let anchors = Anchors::new();
        let letters = || b'a'..=b'z';
        let (mut known, mut all) = (0, 0);
        for first in letters() {
            for second in letters() {
                for third in letters() {
                    for fourth in letters() {
                        known += usize::from(anchors.knows(&[first, second, third, fourth], 0));
                        all += 1;
                    }
                }
            }
        }
        assert!(known * 25 < all, "{known} of {all}");
    }
}
