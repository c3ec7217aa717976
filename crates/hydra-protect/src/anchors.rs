//! Which words the gate stops at: one bit for the first letters of each word that a detector knows.

use crate::context;
use crate::detect;
use crate::scan::MARKER;
use crate::text::byte;

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

/// A set of heads of two to four bytes, in any case. It can hold more than was added.
struct Heads {
    /// By a hash: few of its bits are set, so hardly any other word is taken for a head.
    four: Box<[u64; 1 << (BITS - 6)]>,
    /// By five bits of each byte.
    three: Box<[u64; 1 << (15 - 6)]>,
}

impl Heads {
    fn new() -> Heads {
        Heads {
            four: Box::new([0; 1 << (BITS - 6)]),
            three: Box::new([0; 1 << (15 - 6)]),
        }
    }

    /// Adds the first four bytes of a word. Where it ends before, or has a NUL, any byte may stand.
    fn add(&mut self, word: &[u8]) {
        let len = word.iter().take(4).take_while(|&&b| b != 0).count();
        let head = [byte(word, 0), byte(word, 1), byte(word, 2), byte(word, 3)];
        match len {
            4 => set(&mut *self.four, hash(head)),
            3 => set(&mut *self.three, three(head)),
            _ => {
                for third in 0..0x20 {
                    set(&mut *self.three, three([head[0], head[1], third, 0]));
                }
            }
        }
    }

    #[inline]
    fn has(&self, text: &[u8], at: usize) -> bool {
        let bytes = match text.get(at..).and_then(<[u8]>::first_chunk::<4>) {
            Some(four) => *four,
            None => [
                byte(text, at),
                byte(text, at + 1),
                byte(text, at + 2),
                byte(text, at + 3),
            ],
        };
        let (hash, three) = (hash(bytes), three(bytes));
        let four = self.four.get(hash / 64).copied().unwrap_or(0) >> (hash % 64);
        let three = self.three.get(three / 64).copied().unwrap_or(0) >> (three % 64);
        (four | three) & 1 != 0
    }
}

fn set(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

/// Folds the case of four bytes and mixes them (Fibonacci hashing).
#[inline]
fn hash(bytes: [u8; 4]) -> usize {
    let folded = u32::from_le_bytes(bytes) | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

/// The first three bytes as a number, in any case.
#[inline]
fn three(bytes: [u8; 4]) -> usize {
    let [first, second, third] = [bytes[0], bytes[1], bytes[2]].map(|b| usize::from(b & 0x1f));
    first << 10 | second << 5 | third
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_is_known_in_any_case() {
        let anchors = Anchors::new();
        for head in context::HEADS.iter().copied().chain(detect::heads()) {
            let word: Vec<u8> = head.iter().copied().filter(|&b| b != 0).collect();
            assert!(anchors.knows(&word, 0) && anchors.knows(&word.to_ascii_uppercase(), 0));
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
