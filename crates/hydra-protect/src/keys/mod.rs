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
use words::{LAST_WORDS, Name, hash_of_word};
pub(crate) use words::{LastWord, earlier_word};

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
    /// The names of one word once more, which most keys are.
    single: Vec<(Box<[u8]>, Option<Sensitive>)>,
    /// The place of each of them, from 1, by its hash, or behind those with the same.
    places: Box<[u16]>,
    /// Whether all of them have a place.
    placed: bool,
    /// One bit for each last three letters that a sensitive name can have.
    tails: Box<[u64; 512]>,
    /// The same of the long names that others end in.
    glued: Box<[u64; 512]>,
    /// One bit for a hash of each last word that a name here has.
    last_words: Box<[u64; LAST_WORDS / 64]>,
    /// The same of the last two words together.
    last_pairs: Box<[u64; LAST_WORDS / 64]>,
}

/// How many places there are: behind the last hash, some for those that share it.
const PLACES: usize = LAST_WORDS + 32;

impl Keys {
    /// The built-in names, then `sensitive` and `harmless` ones, which win over them.
    pub(crate) fn new(sensitive: &[String], harmless: &[String]) -> Keys {
        let mut keys = Keys {
            names: HashMap::default(),
            single: Vec::new(),
            places: vec![0; PLACES].into_boxed_slice(),
            placed: true,
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
        let last = LastWord::of(name);
        let earlier = earlier_word(name, name.len() - last.back);
        set_bit(&mut *self.last_words, last.hash);
        set_bit(&mut *self.last_pairs, hash_of_pair(earlier, last.hash));
        if last.alone {
            self.add_single(name, last.hash, entry);
        }
        self.names.insert(name.into(), entry);
    }

    fn add_single(&mut self, name: &[u8], hash: usize, entry: Option<Sensitive>) {
        for place in self.places.iter_mut().skip(hash) {
            if let Some(known) = usize::from(*place).checked_sub(1) {
                match self.single.get_mut(known) {
                    Some((known, last)) if **known == *name => *last = entry,
                    _ => continue,
                }
            } else if self.single.len() < LAST_WORDS / 2 {
                self.single.push((name.into(), entry));
                *place = self.single.len() as u16;
            } else {
                break;
            }
            return;
        }
        self.placed = false;
    }

    /// What is known of a name of one word.
    #[expect(
        clippy::option_option,
        reason = "unknown, harmless and sensitive are three answers"
    )]
    fn single(&self, word: &[u8], hash: usize) -> Option<Option<Sensitive>> {
        for &place in self.places.get(hash..)? {
            let (name, entry) = self.single.get(usize::from(place).wrapping_sub(1))?;
            if word.eq_ignore_ascii_case(name) {
                return Some(*entry);
            }
        }
        None
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

    /// Whether a name may be in here whose last two words are these.
    pub(crate) fn may_be_pair(&self, earlier: &[u8], last: LastWord<'_>) -> bool {
        has_bit(&self.last_pairs, hash_of_pair(earlier, last.hash))
    }

    /// Whether a name may be in here with this last word. Most names end in a word that none here ends
    /// in.
    pub(crate) fn may_be_last(&self, last: LastWord<'_>) -> bool {
        has_bit(&self.last_words, last.hash) || self.may_be_glued(last)
    }

    fn may_be_glued(&self, last: LastWord<'_>) -> bool {
        has_bit(&self.glued, tail(last.word, last.word.len()))
    }

    /// What the name says about its value, if it is sensitive.
    pub(crate) fn look_up(&self, key: &[u8]) -> Option<Sensitive> {
        let last = LastWord::of(key);
        self.may_be_last(last)
            .then(|| self.verdict(key, last))
            .flatten()
            .flatten()
    }

    /// What is known of a key whose last word [`Keys::may_be_last`]: nothing, that it is harmless
    /// (`Some(None)`), or what it says.
    #[expect(
        clippy::option_option,
        reason = "unknown, harmless and sensitive are three answers"
    )]
    pub(crate) fn verdict(&self, key: &[u8], last: LastWord<'_>) -> Option<Option<Sensitive>> {
        if last.alone {
            let known = self.single(last.word, last.hash);
            if known.is_some() || self.placed && !self.may_be_glued(last) {
                return known;
            }
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

/// A hash of two words, in any case, of which the last has that hash.
fn hash_of_pair(earlier: &[u8], last: usize) -> usize {
    last ^ hash_of_word(earlier) >> 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ones_own_win_however_many_there_are() {
        let sensitive: Vec<String> = (0..9_000).map(|n| format!("own{n}x")).collect();
        let harmless = ["password".to_owned(), "own7x".to_owned()];
        let keys = Keys::new(&sensitive, &harmless);
        let known = |key: &str| keys.look_up(key.as_bytes()).is_some();
        for name in ["own0x", "own8999x", "my_own4500x", "passwd", "Secret"] {
            assert!(known(name), "{name}");
        }
        for name in ["own7x", "password", "own9000x", "monkey"] {
            assert!(!known(name), "{name}");
        }
    }
}
