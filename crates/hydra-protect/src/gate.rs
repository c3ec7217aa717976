//! The gate: one pass over the text by its structure, which tells whether any detector's anchor stands
//! in it. A text without one costs a few masks for each 64 bytes and allocates nothing.

use crate::anchors::Anchors;
use crate::context;
use crate::detect::{self, Kind};
use crate::masks::{Block, WIDTH};
use crate::scan::Rules;
use crate::text::{byte, rest};

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

/// Those of the words that a detector knows. Few come through the first of two loops, which is kept small:
/// it reads from an array, whose end no word of the block is beyond.
#[inline]
fn known_words(anchors: &Anchors, text: &[u8], start: usize, mut words: u64) -> u64 {
    let rest = rest(text, start);
    let mut end = [0; WIDTH + HEAD];
    let heads = if let Some(heads) = rest.first_chunk::<{ WIDTH + HEAD }>() {
        heads
    } else {
        if let Some(begin) = end.get_mut(..rest.len()) {
            begin.copy_from_slice(rest);
        }
        &end
    };
    let mut begun = 0_u64;
    while words != 0 {
        let bit = words.trailing_zeros() as usize;
        let head = heads.get(bit..).and_then(<[u8]>::first_chunk::<HEAD>);
        if head.is_some_and(|head| anchors.may_know(*head)) {
            begun |= 1 << bit;
        }
        words &= words - 1;
    }
    let mut known = begun;
    while begun != 0 {
        let bit = begun.trailing_zeros() as usize;
        if anchors.groups(text, start + bit) == 0 {
            known ^= 1 << bit;
        }
        begun &= begun - 1;
    }
    known
}

/// How many letters of a word are read at once.
const HEAD: usize = 4;

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
                let ends = start + WIDTH >= text.len();
                let followed = || word_may_name(text, start, bit, &block).unwrap_or(!ends);
                number_is_known(rules, text, start, bit, &block, false, followed)
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
    followed: impl Fn() -> bool,
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
        return detect::may_be_known_there(text, at, near, followed);
    }
    let before_end = digits & (ends & ends.wrapping_neg()).wrapping_sub(1);
    let has = |fewest| holds(before_end, fewest);
    detect::may_be_known(text, at, run, has, near, followed)
}

/// Whether the next word behind the number that begins with the bit may mean a telephone; not known where
/// none begins in the block.
#[inline]
pub(crate) fn word_may_name(text: &[u8], start: usize, bit: usize, block: &Block) -> Option<bool> {
    let letters = block.letters >> bit;
    (letters != 0).then(|| {
        let reach = letters.trailing_zeros() as usize;
        reach <= detect::REACH_BEHIND && detect::may_name_behind(text, start + bit + reach)
    })
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
