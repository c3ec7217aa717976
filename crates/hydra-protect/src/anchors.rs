//! Which words the gate stops at: one bit for the first letters of each word that a detector knows.

use crate::context;
use crate::detect;
use crate::text::{byte, slice};

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
    four: Box<[u64; 1 << (BITS - 6)]>,
    two: [u64; 16],
}

impl Heads {
    fn new() -> Heads {
        Heads {
            four: Box::new([0; 1 << (BITS - 6)]),
            two: [0; 16],
        }
    }

    /// Adds the first four bytes of a word. Where it ends before, or has a NUL, any byte may stand.
    fn add(&mut self, word: &[u8]) {
        let len = word.iter().take(4).take_while(|&&b| b != 0).count();
        let head = slice(word, 0..len);
        match len {
            4 => self.set(u32::from_le_bytes([
                byte(head, 0),
                byte(head, 1),
                byte(head, 2),
                byte(head, 3),
            ])),
            3 => {
                for last in 0x20..0x80 {
                    self.set(u32::from_le_bytes([
                        byte(head, 0),
                        byte(head, 1),
                        byte(head, 2),
                        last,
                    ]));
                }
                // The text, or its ASCII, may end with the word.
                for last in [0, b'\t', b'\n', b'\r'] {
                    self.set(u32::from_le_bytes([
                        byte(head, 0),
                        byte(head, 1),
                        byte(head, 2),
                        last,
                    ]));
                }
            }
            _ => {
                let two = two(byte(head, 0), byte(head, 1));
                if let Some(word) = self.two.get_mut(two / 64) {
                    *word |= 1 << (two % 64);
                }
            }
        }
    }

    fn set(&mut self, bytes: u32) {
        let hash = hash(bytes);
        if let Some(word) = self.four.get_mut(hash / 64) {
            *word |= 1 << (hash % 64);
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
        let hash = hash(u32::from_le_bytes(bytes));
        let two = two(bytes[0], bytes[1]);
        let four = self.four.get(hash / 64).copied().unwrap_or(0) >> (hash % 64);
        let two = self.two.get(two / 64).copied().unwrap_or(0) >> (two % 64);
        (four | two) & 1 != 0
    }
}

/// Folds the case of four bytes and mixes them (Fibonacci hashing).
#[inline]
fn hash(bytes: u32) -> usize {
    ((bytes | 0x2020_2020).wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[inline]
fn two(first: u8, second: u8) -> usize {
    usize::from(first & 0x1f) << 5 | usize::from(second & 0x1f)
}
