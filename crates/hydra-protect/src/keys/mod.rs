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
use words::Name;

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
}

impl Keys {
    /// The built-in names, then `sensitive` and `harmless` ones, which win over them.
    pub(crate) fn new(sensitive: &[String], harmless: &[String]) -> Keys {
        let mut keys = Keys {
            names: HashMap::default(),
            tails: Box::new([0; 512]),
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
        if let Some(word) = self.tails.get_mut(tail / 64) {
            *word |= 1 << (tail % 64);
        }
    }

    /// Whether a name that ends at `end` could be sensitive: the gate's question, without its words.
    #[inline]
    pub(crate) fn may_end_at(&self, text: &[u8], end: usize) -> bool {
        let tail = tail(text, end);
        let bits = self.tails.get(tail / 64).copied().unwrap_or(0);
        bits >> (tail % 64) & 1 != 0 || !byte(text, end.wrapping_sub(1)).is_ascii()
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
    let letter = |back: usize| usize::from(byte(text, end.wrapping_sub(back)) & 0x1f);
    letter(3) << 10 | letter(2) << 5 | letter(1)
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
