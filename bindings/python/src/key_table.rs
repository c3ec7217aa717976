//! The keys of fields, with the texts that formats need of them made once.
//!
//! A program uses the same few names over and over. Each finds its key by its text, without a lock,
//! in a place that is filled once for the life of the process; names beyond the places, or of more
//! than 30 bytes, are made into keys by the formats, at each record.
//!
//! A keyword's name is found by the object that it is, without a look at its text: the names in a
//! program's source are interned, that is, there once. Others are found by their text.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hydra_logger::Key;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::call::Use;
use crate::text::text_of;

const PLACES: usize = 512;
const PROBES: usize = 4;
/// Longer names have no texts made beforehand in any case.
const MAX_NAME: usize = 30;

static KEYS: [OnceLock<Key<'static>>; PLACES] = [const { OnceLock::new() }; PLACES];

/// The name of a keyword.
pub(crate) struct Keyword {
    /// Kept, so that no other object comes to its address.
    name: Py<PyString>,
    pub(crate) purpose: Use,
    /// As of a field.
    pub(crate) key: Key<'static>,
}

static KEYWORDS: [OnceLock<Keyword>; PLACES] = [const { OnceLock::new() }; PLACES];

/// What is known of an interned name; `None` where there is no place for it.
#[inline]
pub(crate) fn keyword(name: Borrowed<'_, '_, PyString>) -> Option<&'static Keyword> {
    // Objects lie 16 bytes apart.
    let first = name.as_ptr().addr() >> 4;
    for place in first..first + PROBES {
        match KEYWORDS[place % PLACES].get() {
            Some(keyword) if keyword.name.as_ptr() == name.as_ptr() => return Some(keyword),
            Some(_) => {}
            None => return learn(name, place % PLACES),
        }
    }
    None
}

/// How often it is asked whether a name is interned: to ask interns another of the same text, which some
/// interpreters (3.12) keep for ever, and a program may make a name for each call.
const MAX_QUESTIONS: usize = 4096;

/// Gives a name this place, if it is interned: names that are made for a call never come again.
#[cold]
#[inline(never)]
fn learn(name: Borrowed<'_, '_, PyString>, place: usize) -> Option<&'static Keyword> {
    static QUESTIONS: AtomicUsize = AtomicUsize::new(0);
    let text = text_of(name).filter(|text| text.len() <= MAX_NAME)?;
    if QUESTIONS.load(Relaxed) >= MAX_QUESTIONS {
        return None;
    }
    QUESTIONS.fetch_add(1, Relaxed);
    if !PyString::intern(name.py(), text).is(name) {
        return None;
    }
    let learnt = KEYWORDS[place].get_or_init(|| Keyword {
        name: name.to_owned().unbind(),
        purpose: Use::of(text),
        key: Key::new(Box::leak(text.into())),
    });
    (learnt.name.as_ptr() == name.as_ptr()).then_some(learnt)
}

/// The key of a name.
#[inline]
pub(crate) fn key_of(name: &str) -> Key<'_> {
    if name.len() <= MAX_NAME {
        for place in places_of(name) {
            let key = KEYS[place].get_or_init(|| Key::new(Box::leak(name.into())));
            if *key.name() == *name {
                return *key;
            }
        }
    }
    Key::dynamic(name)
}

/// The places at which a name may stand, by its length and three of its bytes.
#[inline]
fn places_of(name: &str) -> impl Iterator<Item = usize> {
    let bytes = name.as_bytes();
    let byte = |index: usize| bytes.get(index).copied().map_or(0, usize::from);
    let length = bytes.len();
    let first = length + 7 * byte(0) + 31 * byte(length.wrapping_sub(1)) + 131 * byte(length / 2);
    (first..first + PROBES).map(|place| place % PLACES)
}
