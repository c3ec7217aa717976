//! What a thread remembers of texts that it has met before, so that it looks at them once.

use crate::context::Context;
use crate::{Text, TextClass};

/// How many literals a thread remembers, and how long one may be.
const SEEN: usize = 64;
const LONGEST_SEEN: usize = 256;

/// A text that was found clean: the number of the protection, and a copy, since another text may
/// come to stand at the same address.
#[derive(Default)]
struct Clean {
    by: u64,
    copy: String,
}

/// Texts that were found clean, each in the place that its address gives it.
pub(super) struct Seen([Clean; SEEN]);

impl Default for Seen {
    fn default() -> Self {
        Seen(std::array::from_fn(|_| Clean::default()))
    }
}

/// What stands in the program itself, texts and lists of names, and was found clean: since it never
/// changes, its address and length tell it.
pub(super) struct Sites([(u64, usize, usize); SEEN]);

impl Default for Sites {
    fn default() -> Self {
        Sites([(0, 0, 0); SEEN])
    }
}

impl Sites {
    /// Whether a protection has found it clean.
    #[inline]
    pub(super) fn is_clean(&self, by: u64, address: usize, length: usize) -> bool {
        self.0[place_of(address, length)] == (by, address, length)
    }

    pub(super) fn remember(&mut self, by: u64, address: usize, length: usize) {
        self.0[place_of(address, length)] = (by, address, length);
    }
}

/// What the scan of a text of the program's own has found, by its address and length.
pub(super) struct Scanned([(usize, usize, TextClass); SEEN]);

impl Default for Scanned {
    fn default() -> Self {
        Scanned([(0, 0, TextClass::CLEAN); SEEN])
    }
}

impl Scanned {
    /// The text with what a scan finds, which is run at its first call.
    #[inline]
    pub(super) fn text(&mut self, text: &'static str) -> Text<'static> {
        let (address, length) = (text.as_ptr().addr(), text.len());
        let place = &mut self.0[place_of(address, length)];
        if (place.0, place.1) != (address, length) {
            *place = (address, length, TextClass::of(text));
        }
        Text::of_class(text, place.2)
    }
}

/// What a thread remembers of what it has looked at.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) scanned: Scanned,
    pub(super) sites: Sites,
    pub(super) messages: Seen,
    pub(super) names: Seen,
    pub(super) context: Option<SeenContext>,
    /// What the redactor writes into.
    pub(super) text: String,
    /// Whether anything was left in the arena since somebody asked.
    pub(super) used_arena: bool,
}

/// The context of the last record that had one, and what was left of it.
pub(super) struct SeenContext {
    pub(super) by: u64,
    pub(super) before: Context,
    pub(super) after: Context,
}

impl Memory {
    /// Whether anything was left in the arena since the last time this was asked.
    #[inline]
    pub(super) fn used_arena(&mut self) -> bool {
        std::mem::take(&mut self.used_arena)
    }
}

fn place(text: &str) -> usize {
    // Literals lie close together, and are rarely shorter than eight bytes.
    place_of(text.as_ptr().addr(), text.len())
}

#[inline]
fn place_of(address: usize, length: usize) -> usize {
    (address >> 3 ^ address >> 9 ^ length) % SEEN
}

impl Seen {
    /// Whether a protection has found the text clean.
    #[inline]
    pub(super) fn is_clean(&self, by: u64, text: &str) -> bool {
        let seen = &self.0[place(text)];
        seen.by == by && seen.copy == text
    }

    pub(super) fn remember(&mut self, by: u64, text: &str) {
        if text.len() <= LONGEST_SEEN {
            let seen = &mut self.0[place(text)];
            seen.by = by;
            seen.copy.clear();
            seen.copy.push_str(text);
        }
    }
}
