//! The gate: one pass over the text by its structure, which tells whether any detector's anchor stands
//! in it. A text without one costs a few masks for each 64 bytes and allocates nothing.

use crate::anchors::Anchors;
use crate::context;
use crate::detect::{self, Kind};
use crate::masks::{Block, WIDTH};
use crate::scan::Rules;
use crate::text::byte;

/// The first block of a text with something to look at.
pub(crate) struct Begin {
    pub(crate) start: usize,
    pub(crate) block: Block,
    pub(crate) last: Block,
    pub(crate) places: Places,
}

/// Where detectors may be anchored in a block.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub(crate) words: u64,
    pub(crate) numbers: u64,
    pub(crate) marks: u64,
}

impl Places {
    #[inline]
    pub(crate) fn of(
        rules: &Rules,
        text: &[u8],
        start: usize,
        block: &Block,
        last: &Block,
    ) -> Places {
        Places {
            words: known_words(&rules.anchors, text, start, block.word_starts(last)),
            numbers: block.number_starts(last),
            marks: separators(rules, text, start, block, last),
        }
    }
}

/// Those of the words that a detector knows.
#[inline]
fn known_words(anchors: &Anchors, text: &[u8], start: usize, mut words: u64) -> u64 {
    let mut known = 0;
    while words != 0 {
        let bit = words.trailing_zeros();
        words &= words - 1;
        if anchors.knows(text, start + bit as usize) {
            known |= 1 << bit;
        }
    }
    known
}

/// The marks of the block, but for the colons in a time of day. In an address every colon counts.
#[inline]
fn separators(rules: &Rules, text: &[u8], start: usize, block: &Block, last: &Block) -> u64 {
    let mut within = block.within_time(last) & block.marks;
    let mut marks = block.marks;
    if within != 0 && !rules.finds_addresses() {
        while within != 0 {
            let bit = within.trailing_zeros();
            within &= within - 1;
            if byte(text, start + bit as usize) != b'@' {
                marks ^= 1 << bit;
            }
        }
    }
    marks
}

/// Where the scan of a text begins; none, where it holds nothing to look at: then nothing is found,
/// and nothing is encoded.
pub(crate) fn first_anchor(rules: &Rules, text: &[u8]) -> Option<Begin> {
    let mut last = Block::default();
    let mut start = 0;
    while start < text.len() {
        let block = Block::of(text, start);
        #[cfg(test)]
        crate::steps::add(WIDTH);
        let places = Places::of(rules, text, start, &block, &last);
        if block.encoded | places.words != 0
            || rules.is_on(Kind::Mac)
            || any(places.marks, |bit| mark_tells(rules, text, start + bit))
            || any(places.numbers, |bit| {
                number_is_known(rules, text, start, bit, &block, false)
            })
        {
            return Some(Begin {
                start,
                block,
                last,
                places,
            });
        }
        last = block;
        start += WIDTH;
    }
    None
}

/// Whether any of the bits is what is asked for.
#[inline]
fn any(mut bits: u64, asked: impl Fn(usize) -> bool) -> bool {
    while bits != 0 {
        if asked(bits.trailing_zeros() as usize) {
            return true;
        }
        bits &= bits - 1;
    }
    false
}

/// Whether a verifier may know the number that begins with the bit.
#[inline]
pub(crate) fn number_is_known(
    rules: &Rules,
    text: &[u8],
    start: usize,
    bit: usize,
    block: &Block,
    near: bool,
) -> bool {
    if rules.finds_addresses() {
        return true;
    }
    let at = start + bit;
    let digits = block.digits >> bit;
    let run = digits.trailing_ones() as usize;
    // Letters and marks end a number; where the block ends before, it may go on.
    let ends = (block.letters | block.marks) >> bit;
    if ends == 0 && start + WIDTH < text.len() {
        return detect::may_be_known_there(text, at, near);
    }
    let before_end = digits & (ends & ends.wrapping_neg()).wrapping_sub(1);
    let has = |fewest| holds(before_end, fewest);
    detect::may_be_known(text, at, run, has, near)
}

/// Whether as many bits are set: for so few, to clear them costs less than to count them.
#[inline]
fn holds(mut bits: u64, fewest: usize) -> bool {
    for _ in 1..fewest {
        bits &= bits.wrapping_sub(1);
    }
    bits != 0
}

/// Whether something may stand behind, or around, the mark at `at`.
#[inline]
pub(crate) fn mark_tells(rules: &Rules, text: &[u8], at: usize) -> bool {
    byte(text, at) == b'@'
        || rules.finds_addresses()
        || context::may_separate(text, at, &rules.keys)
}
