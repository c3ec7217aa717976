//! Draws from a seeded stream: the same on every platform and in every run.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Letters and digits, as most tokens use them.
pub(crate) const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// The alphabet of base64 in URLs.
pub(crate) const URLSAFE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The alphabet of plain base64.
pub(crate) const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Capital letters and digits.
pub(crate) const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Small letters and digits.
pub(crate) const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
/// Small hexadecimal digits.
pub(crate) const HEX: &str = "0123456789abcdef";
/// Decimal digits.
pub(crate) const DIGITS: &str = "0123456789";

/// A source of choices.
///
/// ```
/// use hydra_protect_corpus::Draw;
///
/// let (mut a, mut b) = (Draw::new(7), Draw::new(7));
/// assert_eq!(a.from("abc", 20), b.from("abc", 20));
/// ```
pub struct Draw {
    stream: ChaCha8Rng,
}

impl Draw {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Draw {
        Draw {
            stream: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of the remainder is far below what a corpus of some ten thousand lines shows.
        self.stream.next_u64().checked_rem(end).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `of_hundred` of a hundred cases.
    pub fn chance(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }

    /// One of the items, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len() as u64) as usize]
    }

    /// An index into something of that length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// `length` characters of an alphabet, which is of ASCII and not empty.
    pub fn from(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length)
            .map(|_| char::from(alphabet[self.index(alphabet.len())]))
            .collect()
    }

    /// Letters and digits.
    pub fn alnum(&mut self, length: usize) -> String {
        self.from(ALNUM, length)
    }

    /// Small hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.from(HEX, length)
    }

    /// Decimal digits, the first of which is not 0.
    pub fn digits(&mut self, length: usize) -> String {
        let first = self.from("123456789", 1);
        first + &self.from(DIGITS, length.saturating_sub(1))
    }

    /// A random (version 4) UUID.
    pub fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-{}{}-{}",
            self.hex(8),
            self.hex(4),
            self.hex(3),
            self.from("89ab", 1),
            self.hex(3),
            self.hex(12)
        )
    }
}
