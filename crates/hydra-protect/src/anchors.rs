//! Which words the gate stops at: one bit for the first letters of each word that a detector knows.

use crate::context;
use crate::detect;
use crate::scan::MARKER;
use crate::text::{byte, rest};

/// The first letters of the words that anchor a detector.
///
/// Most words are told to be none of these by their first three letters. The tables can hold more than
/// was added: little of them is set, so hardly any other word is taken for one.
pub(crate) struct Anchors {
    /// The first three letters of every head: a row for the second and third, and a bit in it for the
    /// first, five bits of a byte telling its letter.
    threes: Box<[u32; 1 << 10]>,
    /// Whom the heads that are not longer concern, by five bits of each.
    short: Box<[Groups]>,
    /// Whom those with a fourth letter concern, by a hash.
    long: Box<[Groups]>,
    /// Words whose first four letters ordinary words have, too: they are told by eight.
    whole: Vec<(Eight, Groups)>,
}

/// Whom a word concerns.
type Groups = u8;

/// It could say what stands behind it.
pub(crate) const CONTEXT: Groups = 1;
/// It could begin a vendor's token.
pub(crate) const TOKEN: Groups = 2;
/// It could name a person's date of birth or document.
pub(crate) const NAME: Groups = 4;
/// It could mean a telephone.
pub(crate) const TELEPHONE: Groups = 8;
/// It could be the marker of an earlier redaction.
const REDACTED: Groups = 16;
/// Ordinary words begin with the same four letters.
const COMMON: Groups = 32;

/// How many bits of the hash of four letters are looked up.
const BITS: u32 = 15;

impl Anchors {
    pub(crate) fn new() -> Anchors {
        let mut anchors = Anchors {
            threes: Box::new([0; 1 << 10]),
            short: vec![0; 1 << BITS].into_boxed_slice(),
            long: vec![0; 1 << BITS].into_boxed_slice(),
            whole: Vec::new(),
        };
        anchors.add(MARKER, REDACTED);
        for head in context::HEADS {
            anchors.add(head, CONTEXT);
        }
        for word in context::WHOLE {
            anchors.add_whole(word, CONTEXT);
        }
        for head in detect::heads() {
            anchors.add(head, TOKEN);
        }
        for head in detect::name_heads() {
            anchors.add(head, NAME);
        }
        for word in detect::telephone_words() {
            anchors.add(word, TELEPHONE);
        }
        anchors
    }

    /// Adds a word that counts as a whole, or by its first eight letters.
    fn add_whole(&mut self, word: &[u8], groups: Groups) {
        self.add(word, COMMON);
        self.whole.push((Eight::of(word), groups));
    }

    /// Adds the first four letters of a word. Where it ends before, or has a NUL, any byte may stand.
    fn add(&mut self, word: &[u8], groups: Groups) {
        let len = word.iter().take(4).take_while(|&&b| b != 0).count();
        let head = head_of(word, 0);
        let thirds = if len < 3 {
            0..=0x1f
        } else {
            byte(word, 2)..=byte(word, 2)
        };
        for third in thirds {
            let short = if len < 4 { groups } else { 0 };
            self.add_three(head & 0xffff | u32::from(third) << 16, short);
        }
        if len == 4 {
            join(&mut self.long, hash(head), groups);
        }
    }

    fn add_three(&mut self, head: u32, short: Groups) {
        let row = row_of(head);
        if let Some(bits) = self.threes.get_mut(row) {
            *bits |= 1 << (head & 0x1f);
        }
        join(&mut self.short, place_of(head), short);
    }

    /// Whether a detector may know a word with these first four letters, by the first three.
    #[inline]
    pub(crate) fn may_know(&self, head: [u8; 4]) -> bool {
        #[cfg(test)]
        crate::steps::add(1);
        let head = u32::from_le_bytes(head);
        let row = self.threes.get(row_of(head)).copied().unwrap_or(0);
        row >> (head & 0x1f) & 1 != 0
    }

    /// Whom the word that starts at `at` concerns.
    #[inline]
    pub(crate) fn groups(&self, text: &[u8], at: usize) -> Groups {
        let head = head_of(text, at);
        let short = self.short.get(place_of(head)).copied().unwrap_or(0);
        let known = short | self.long.get(hash(head)).copied().unwrap_or(0);
        if known & COMMON == 0 {
            return known;
        }
        known & !COMMON | self.groups_of_whole(text, at)
    }

    #[cold]
    fn groups_of_whole(&self, text: &[u8], at: usize) -> Groups {
        let eight = Eight::of(rest(text, at)).word;
        let whole = self.whole.iter().filter(|(word, _)| word.begins(eight));
        whole.fold(0, |known, (_, groups)| known | groups)
    }
}

/// The first eight letters of a word as a number, in lower case, and which of its bits count.
struct Eight {
    word: u64,
    mask: u64,
}

impl Eight {
    #[inline]
    fn of(word: &[u8]) -> Eight {
        let mask = u64::MAX.checked_shr(64_u32.saturating_sub(8 * word.len() as u32));
        let word = match word.first_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            None => word.iter().rev().fold(0, |few, &b| few << 8 | u64::from(b)),
        };
        Eight {
            word: word | 0x2020_2020_2020_2020,
            mask: mask.unwrap_or(0),
        }
    }

    #[inline]
    fn begins(&self, word: u64) -> bool {
        (self.word ^ word) & self.mask == 0
    }
}

/// The four bytes from `at` on; past the end of the text stands NUL.
#[inline]
fn head_of(text: &[u8], at: usize) -> u32 {
    #[cfg(test)]
    crate::steps::add(1);
    match text.get(at..).and_then(<[u8]>::first_chunk::<4>) {
        Some(head) => u32::from_le_bytes(*head),
        None => end_of(text, at),
    }
}

/// The same of fewer than four bytes.
#[cold]
#[inline(never)]
fn end_of(text: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([0, 1, 2, 3].map(|i| byte(text, at + i)))
}

/// The row of the second and third letter.
#[inline]
fn row_of(head: u32) -> usize {
    (head >> 8 & 0x1f | head >> 11 & 0x3e0) as usize
}

/// The place of the first three letters.
#[inline]
fn place_of(head: u32) -> usize {
    row_of(head) << 5 | (head & 0x1f) as usize
}

/// A hash of the four letters, in any case (Fibonacci hashing).
#[inline]
fn hash(head: u32) -> usize {
    let folded = head | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

fn join(groups: &mut [Groups], place: usize, more: Groups) {
    if let Some(groups) = groups.get_mut(place) {
        *groups |= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(anchors: &Anchors, word: &[u8]) -> bool {
        let head = head_of(word, 0).to_le_bytes();
        anchors.may_know(head) && anchors.groups(word, 0) != 0
    }

    #[test]
    fn every_head_is_known_in_any_case() {
        let anchors = Anchors::new();
        let context = context::HEADS.iter().chain(context::WHOLE).copied();
        for head in context.chain(detect::heads()) {
            let word: Vec<u8> = head.iter().copied().filter(|&b| b != 0).collect();
            assert!(knows(&anchors, &word) && knows(&anchors, &word.to_ascii_uppercase()));
        }
    }

    #[test]
    fn a_word_that_only_begins_like_a_whole_one_is_not_known() {
        let anchors = Anchors::new();
        for word in ["request ", "login) ", "logins ", "required "] {
            assert!(!knows(&anchors, word.as_bytes()), "{word}");
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
                        known += usize::from(knows(&anchors, &[first, second, third, fourth]));
                        all += 1;
                    }
                }
            }
        }
        assert!(known * 25 < all, "{known} of {all}");
    }
}
