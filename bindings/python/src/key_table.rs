//! The keys of fields, with the texts that formats need of them made once.
//!
//! A program uses the same few names over and over. Each finds its key by its text, without a lock,
//! in a place that is filled once for the life of the process; names beyond the places, or of more
//! than 30 bytes, are made into keys by the formats, at each record.

use std::sync::OnceLock;

use hydra_logger::Key;

const PLACES: usize = 512;
const PROBES: usize = 4;
/// Longer names have no texts made beforehand in any case.
const MAX_NAME: usize = 30;

static KEYS: [OnceLock<Key<'static>>; PLACES] = [const { OnceLock::new() }; PLACES];

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
