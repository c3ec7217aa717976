//! The key layer: whether a field's name says that its value must not be shown.
//!
//! A name is split into words and looked up whole, then without its first word, and so on; never by
//! substring, so `monkey`, `author` and `max_tokens` are no secrets.

mod names;
mod words;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::detect::Kind;
use crate::text::byte;

use names::{ABOUT, GLUED, GROUPS, HARMLESS};
use words::{Name, last_word, last_words};

/// How much a name says about a value that stands beside it in text. A field of a record with such a
/// name is hidden whole, but for the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Any value is the secret.
    Any,
    /// The value must look made: `pass=12` is a count.
    Shaped,
    /// The value is a number or an identifier: it holds a digit.
    Digits,
    /// The value is a number of four to eight digits, or looks made: `pin=13` is one of a chip's.
    Code,
    /// The value must look like a generated key: `key=` can be anything. Such a name says nothing
    /// about the field of a record.
    Random,
}

/// What a sensitive name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sensitive {
    pub(crate) kind: Kind,
    pub(crate) weight: Weight,
}

/// The sensitive and the harmless names of one configuration.
pub(crate) struct Keys {
    /// `None` for a name that is known to be harmless.
    names: HashMap<Box<[u8]>, Option<Sensitive>, BuildHasherDefault<Fnv>>,
    /// One bit for each last three letters that a sensitive name can have.
    tails: Box<[u64; 512]>,
    /// The same of the long names that others end in.
    glued: Box<[u64; 512]>,
    /// One bit for a hash of each last word that a name here has.
    last_words: Box<[u64; LAST_WORDS / 64]>,
    /// The same of the last two words together.
    last_pairs: Box<[u64; LAST_WORDS / 64]>,
}

/// How many bits the hashes of last words have: ten times the words that there are.
const LAST_WORDS: usize = 1 << 13;

impl Keys {
    /// The built-in names, then `sensitive` and `harmless` ones, which win over them.
    pub(crate) fn new(sensitive: &[String], harmless: &[String]) -> Keys {
        let mut keys = Keys {
            names: HashMap::default(),
            tails: Box::new([0; 512]),
            glued: Box::new([0; 512]),
            last_words: Box::new([0; LAST_WORDS / 64]),
            last_pairs: Box::new([0; LAST_WORDS / 64]),
        };
        for group in GROUPS {
            let entry = Sensitive {
                kind: group.kind,
                weight: group.weight,
            };
            for name in group.names {
                keys.add(name.as_bytes(), Some(entry));
            }
        }
        for (word, _) in GLUED {
            keys.add_tail(word.as_bytes());
            set_bit(&mut *keys.glued, tail(word.as_bytes(), word.len()));
        }
        for name in HARMLESS {
            keys.add(name.as_bytes(), None);
        }
        let entry = Sensitive {
            kind: Kind::Secret,
            weight: Weight::Any,
        };
        for (names, entry) in [(sensitive, Some(entry)), (harmless, None)] {
            for name in names {
                if let Some(words) = Name::new(name.as_bytes()).suffixes().next() {
                    keys.add(words, entry);
                }
            }
        }
        keys
    }

    fn add(&mut self, name: &[u8], entry: Option<Sensitive>) {
        if entry.is_some() {
            self.add_tail(name);
        }
        let (earlier, last) = last_words(name);
        set_bit(&mut *self.last_words, hash_of_word(last));
        set_bit(&mut *self.last_pairs, hash_of_pair(earlier, last));
        self.names.insert(name.into(), entry);
    }

    fn add_tail(&mut self, name: &[u8]) {
        let end = name.len();
        if end >= 3 {
            self.set_tail(tail(name, end));
        } else {
            for first in 0..32 {
                self.set_tail((tail(name, end) & 0x3ff) | (first << 10));
            }
        }
    }

    fn set_tail(&mut self, tail: usize) {
        set_bit(&mut *self.tails, tail);
    }

    /// Whether a name that ends at `end` could be sensitive: the gate's question, without its words.
    #[inline]
    pub(crate) fn may_end_at(&self, text: &[u8], end: usize) -> bool {
        let tail = tail(text, end);
        has_bit(&self.tails, tail) || !byte(text, end.wrapping_sub(1)).is_ascii()
    }

    /// Whether a name may be in here whose last two words are those of `text`.
    pub(crate) fn may_be_pair(&self, text: &[u8]) -> bool {
        let (earlier, last) = last_words(text);
        has_bit(&self.last_pairs, hash_of_pair(earlier, last))
    }

    /// What the name says about its value, if it is sensitive.
    pub(crate) fn look_up(&self, key: &[u8]) -> Option<Sensitive> {
        self.verdict(key).flatten()
    }

    /// `None` for a name that nothing is known about, `Some(None)` for a harmless one.
    #[expect(
        clippy::option_option,
        reason = "unknown, harmless and sensitive are three answers"
    )]
    pub(crate) fn verdict(&self, key: &[u8]) -> Option<Option<Sensitive>> {
        // Most names end in a word that no name here ends in: they are not split for that.
        let last = last_word(key);
        if !has_bit(&self.last_words, hash_of_word(last))
            && !has_bit(&self.glued, tail(last, last.len()))
        {
            return None;
        }
        let name = Name::new(key);
        let mut entry = None;
        let mut whole = true;
        for words in name.suffixes() {
            entry = self.names.get(words).copied();
            if entry.is_some() {
                break;
            }
            whole = false;
        }
        let entry = entry.or_else(|| glued(name.last()).map(Some))?;
        let about = !whole && ABOUT.iter().any(|word| word.as_bytes() == name.first());
        Some(entry.filter(|_| !about))
    }
}

/// A hash of a word, in any case.
#[inline]
fn hash_of_word(word: &[u8]) -> usize {
    let hash = word.iter().fold(0_u32, |hash, b| {
        (hash ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(0x9e37_79b1)
    });
    (hash >> (u32::BITS - LAST_WORDS.ilog2())) as usize
}

/// A hash of two words, in any case.
fn hash_of_pair(earlier: &[u8], last: &[u8]) -> usize {
    hash_of_word(last) ^ hash_of_word(earlier) >> 1
}

fn set_bit(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

#[inline]
fn has_bit<const LEN: usize>(bits: &[u64; LEN], bit: usize) -> bool {
    bits.get(bit / 64).copied().unwrap_or(0) >> (bit % 64) & 1 != 0
}

/// What a last word says that ends like a long sensitive one: `userpassword`.
fn glued(last: &[u8]) -> Option<Sensitive> {
    let end = last.last();
    let found = GLUED
        .iter()
        .filter(|(word, _)| word.as_bytes().last() == end)
        .find(|(word, _)| last.ends_with(word.as_bytes()));
    found.map(|&(_, kind)| Sensitive {
        kind,
        weight: Weight::Any,
    })
}

/// The three letters before `end` as a number, in any case.
#[inline]
fn tail(text: &[u8], end: usize) -> usize {
    #[cfg(test)]
    crate::steps::add(1);
    let last = end.checked_sub(3).and_then(|start| text.get(start..end));
    let [third, second, first] = match last {
        Some(&[third, second, first]) => [third, second, first],
        _ => [3, 2, 1].map(|back| byte(text, end.wrapping_sub(back))),
    };
    let letter = |b: u8| usize::from(b & 0x1f);
    letter(third) << 10 | letter(second) << 5 | letter(first)
}

/// FNV-1a: names are short, and no outsider chooses what is in the table.
#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
