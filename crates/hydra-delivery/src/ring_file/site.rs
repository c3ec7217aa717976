//! What of a call stands in the program itself: its literal message, its keys, its place in the source.
//!
//! A ring file has their bytes, for whoever reads it when the process is gone. The dispatcher of the
//! living one is told a number instead, in the place of the layer's, by which it knows all of that
//! from when the site was first called: it need not read, check and escape it again. Nothing but
//! numbers is taken from the file, which others could write to; one that names nothing is read by its
//! bytes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use hydra_core::{Key, Location};

use super::record;
use crate::call::Said;

/// Of how many sites a thread remembers the numbers, in each layer.
const MOST: usize = 4096;

/// What a call says that stands in the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// None where the message is made for each call.
    pub(crate) message: Option<&'static str>,
    pub(crate) keys: &'static [Key<'static>],
    pub(crate) location: Option<Location>,
}

/// What tells a site from others: addresses and lengths, as none of it ever changes.
type Identity = (usize, usize, usize, usize, usize, u32);

impl Site {
    /// The site of a call; none where its keys are made at run time.
    #[inline(always)]
    fn of(call: &Said<'_>) -> Option<Site> {
        let keys = match call.fields.site_keys() {
            Some(keys) if keys.len() == call.fields.len() => keys,
            None if call.fields.is_empty() => &[],
            _ => return None,
        };
        Some(Site {
            message: call.literal,
            keys,
            location: call.location,
        })
    }

    #[inline(always)]
    fn identity(&self) -> Identity {
        let (text, text_len) = self
            .message
            .map_or((0, 0), |text| (text.as_ptr().addr(), text.len()));
        let (file, line) = self.location.map_or((0, 0), |location| {
            (location.file.as_ptr().addr(), location.line)
        });
        let keys = self.keys.as_ptr().addr();
        (text, text_len, keys, self.keys.len(), file, line)
    }

    /// The bytes that its place and its keys take in a record.
    pub(crate) fn bytes_between(&self) -> usize {
        let location = self.location.map_or(0, |location| 8 + location.file.len());
        location
            + self
                .keys
                .iter()
                .map(|key| 4 + key.name().len())
                .sum::<usize>()
    }
}

/// The sites that a thread has called in a layer.
#[derive(Default)]
pub(crate) struct Sites {
    last: Option<(Identity, Known)>,
    known: HashMap<Identity, Known, BuildHasherDefault<Addresses>>,
}

/// A site that was called before.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) number: u32,
    /// Its [`record::block`].
    pub(crate) block: Rc<[u8]>,
}

impl Sites {
    /// A call's site in a layer of this name, which `name` gives a number at its first call; none
    /// where it has none.
    #[inline(always)]
    pub(crate) fn of(
        &mut self,
        call: &Said<'_>,
        layer: &str,
        name: impl FnOnce(Site) -> u32,
    ) -> Option<&Known> {
        let site = Site::of(call)?;
        let identity = site.identity();
        if !matches!(&self.last, Some((last, _)) if *last == identity) {
            let known = || Known {
                number: name(site),
                block: record::block(call, layer).into(),
            };
            self.other(identity, known)?;
        }
        self.last.as_ref().map(|(_, known)| known)
    }

    #[inline(never)]
    fn other(&mut self, identity: Identity, make: impl FnOnce() -> Known) -> Option<()> {
        if self.known.len() >= MOST && !self.known.contains_key(&identity) {
            return None;
        }
        let known = self.known.entry(identity).or_insert_with(make);
        self.last = Some((identity, known.clone()));
        Some(())
    }
}

/// Mixes addresses, which nobody chooses from outside.
#[derive(Default)]
struct Addresses(u64);

impl Hasher for Addresses {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hydra_core::pipeline::{Call, Message};
    use hydra_core::{Fields, Level, Value};

    const KEYS: &[Key<'static>] = &[Key::new("a")];

    fn call<'a>(message: Message<'a>, fields: Fields<'a>, line: u32) -> Call<'a> {
        Call {
            unix_ns: 0,
            level: Level::Info,
            message,
            fields,
            context: None,
            location: Some(Location {
                file: "main.rs",
                line,
            }),
        }
    }

    #[test]
    fn a_site_is_named_once_and_what_is_made_at_run_time_has_no_name() {
        let mut sites = Sites::default();
        let mut named = Vec::new();
        let mut number = |call: &Call<'_>| {
            let known = sites.of(&Said::by(call), "APP", |site| {
                named.push(site.message);
                named.len() as u32
            });
            known.map(|known| known.number)
        };
        let values = [Value::U64(1)];
        let fields = Fields::of_site(KEYS, &values);
        let one = call(Message::Static("one"), fields, 1);
        let two = call(Message::Static("one"), fields, 2);
        let made = call(Message::Str("made"), fields, 3);
        assert_eq!(
            [&one, &one, &two, &made, &one].map(&mut number),
            [Some(1), Some(1), Some(2), Some(3), Some(1)]
        );
        let keys = [Key::dynamic("a")];
        let dynamic = call(Message::Static("one"), Fields::new(&keys, &values), 1);
        assert_eq!(number(&dynamic), None);
        let none = call(Message::Static("one"), Fields::NONE, 1);
        assert_eq!(number(&none), Some(4));
        assert_eq!(named, [Some("one"), Some("one"), None, Some("one")]);
    }

    #[test]
    fn more_sites_than_are_remembered_go_without_a_number() {
        let number = |sites: &mut Sites, call: &Call<'_>, new| {
            let known = sites.of(&Said::by(call), "APP", |_| new);
            known.map(|known| known.number)
        };
        let mut sites = Sites::default();
        for line in 0..MOST as u32 {
            let call = call(Message::Static("many"), Fields::NONE, line);
            assert_eq!(number(&mut sites, &call, line), Some(line));
        }
        let more = call(Message::Static("many"), Fields::NONE, MOST as u32);
        assert_eq!(number(&mut sites, &more, 0), None);
        let known = call(Message::Static("many"), Fields::NONE, 7);
        assert_eq!(number(&mut sites, &known, 0), Some(7));
    }
}
