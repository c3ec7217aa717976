//! The gate: one pass over the text by its structure, which asks a detector only where its anchor
//! stands. A text without an anchor costs a few masks for each 64 bytes and allocates nothing.

use crate::ahead::Ahead;
use crate::anchors::Anchors;
use crate::context;
use crate::context::marker::marker_end;
use crate::custom::Custom;
use crate::detect::{self, Enabled, Kind};
use crate::keys::Keys;
use crate::masks::{Block, WIDTH};
use crate::span::Span;
use crate::text::{before, byte, has_word};

/// What the detectors of one redactor look for.
pub(crate) struct Rules {
    pub(crate) keys: Keys,
    pub(crate) anchors: Anchors,
    pub(crate) enabled: Enabled,
    pub(crate) customs: Vec<Custom>,
    pub(crate) decode_base64: bool,
}

impl Rules {
    pub(crate) fn is_on(&self, kind: Kind) -> bool {
        self.enabled.has(kind)
    }

    #[inline]
    fn finds_addresses(&self) -> bool {
        self.is_on(Kind::Ip) || self.is_on(Kind::Mac)
    }
}

/// One text that is being scanned, and what was found in it so far.
pub(crate) struct Scan<'s> {
    pub(crate) text: &'s [u8],
    pub(crate) rules: &'s Rules,
    pub(crate) ahead: Ahead,
    spans: &'s mut Vec<Span>,
    /// Everything before is decided: anchors within a span that was taken are not looked at.
    done: usize,
    /// Where the last word for a telephone stands.
    telephone: Option<usize>,
    /// The first byte outside ASCII, or that may be part of an escape.
    encoded: Option<usize>,
}

/// How markers begin, in lower case.
pub(crate) const MARKER: &[u8] = b"redacted:";

/// How far a word for a telephone reaches, its own length included.
const REACH: usize = 64;

/// The first block of a text with something to look at.
pub(crate) struct Begin {
    start: usize,
    block: Block,
    last: Block,
    places: Places,
}

/// Where detectors may be anchored in a block.
#[derive(Clone, Copy)]
struct Places {
    words: u64,
    numbers: u64,
    marks: u64,
}

impl Places {
    #[inline]
    fn of(rules: &Rules, text: &[u8], start: usize, block: &Block, last: &Block) -> Places {
        let mut marks = block.marks;
        // In an address every colon counts, otherwise those of a time of day are passed over.
        let within = block.within_time(last) & marks;
        if within != 0 && !rules.finds_addresses() {
            marks &= !each(within, |bit| byte(text, start + bit) != b'@');
        }
        Places {
            words: each(block.word_starts(last), |bit| {
                rules.anchors.knows(text, start + bit)
            }),
            numbers: block.number_starts(last),
            marks,
        }
    }
}

/// Those of the bits that are asked for.
#[inline]
fn each(mut bits: u64, asked: impl Fn(usize) -> bool) -> u64 {
    let mut kept = 0;
    while bits != 0 {
        let rest = bits & (bits - 1);
        if asked(bits.trailing_zeros() as usize) {
            kept |= bits ^ rest;
        }
        bits = rest;
    }
    kept
}

/// Where the scan of a text begins; none, where it holds nothing to look at: then nothing is found,
/// and nothing is encoded.
pub(crate) fn first_anchor(rules: &Rules, text: &[u8]) -> Option<Begin> {
    let mut last = Block::default();
    for start in (0..text.len()).step_by(WIDTH) {
        let block = Block::of(text, start);
        #[cfg(test)]
        crate::steps::add(WIDTH);
        let places = Places::of(rules, text, start, &block, &last);
        let looks = |bit: usize| number_is_known(rules, text, start, bit, &block, false);
        let tells = |bit: usize| mark_tells(rules, text, start + bit);
        if block.encoded | places.words != 0
            || rules.is_on(Kind::Mac)
            || each(places.marks, tells) != 0
            || each(places.numbers, looks) != 0
        {
            return Some(Begin {
                start,
                block,
                last,
                places,
            });
        }
        last = block;
    }
    None
}

/// Whether a verifier may know the number that begins with the bit.
#[inline]
fn number_is_known(
    rules: &Rules,
    text: &[u8],
    start: usize,
    bit: usize,
    block: &Block,
    near: bool,
) -> bool {
    // Letters and marks end a number; where the block ends before, it may go on.
    let ends = (block.letters | block.marks) >> bit;
    let whole = ends != 0 || start + WIDTH >= text.len();
    if !whole || rules.finds_addresses() {
        return true;
    }
    let digits = block.digits >> bit;
    let before_end = digits & (ends & ends.wrapping_neg()).wrapping_sub(1);
    let run = digits.trailing_ones() as usize;
    let most = before_end.count_ones() as usize;
    detect::may_be_known(text, start + bit, run, most, near)
}

/// Whether something may stand behind, or around, the mark at `at`.
#[inline]
fn mark_tells(rules: &Rules, text: &[u8], at: usize) -> bool {
    byte(text, at) == b'@'
        || rules.finds_addresses()
        || context::may_separate(text, at, &rules.keys)
}

/// Finds everything that `rules` name in `text`; the spans are neither sorted nor merged. Tells where
/// the first byte is that could be part of something encoded.
pub(crate) fn scan(rules: &Rules, text: &[u8], spans: &mut Vec<Span>) -> Option<usize> {
    first_anchor(rules, text).and_then(|begin| scan_from(rules, text, &begin, spans))
}

/// As [`scan`], from the block on that [`first_anchor`] has found.
pub(crate) fn scan_from(
    rules: &Rules,
    text: &[u8],
    begin: &Begin,
    spans: &mut Vec<Span>,
) -> Option<usize> {
    let mut scan = Scan {
        text,
        rules,
        ahead: Ahead::default(),
        spans,
        done: 0,
        telephone: None,
        encoded: None,
    };
    let Begin {
        mut start,
        mut block,
        mut last,
        mut places,
    } = *begin;
    loop {
        if block.encoded != 0 && scan.encoded.is_none() {
            scan.encoded = Some(start + block.encoded.trailing_zeros() as usize);
        }
        scan.block(start, &block, &last, places);
        last = block;
        start += WIDTH;
        if start >= text.len() {
            return scan.encoded;
        }
        block = Block::of(text, start);
        #[cfg(test)]
        crate::steps::add(WIDTH);
        places = Places::of(rules, text, start, &block, &last);
    }
}

impl Scan<'_> {
    /// Takes what a detector found, if the detector is on.
    pub(crate) fn take(&mut self, span: Span) {
        if self.rules.is_on(span.kind) && span.start < span.end {
            self.done = self.done.max(span.end);
            self.spans.push(span);
        }
    }

    /// Takes what a detector found, and lets others look within it: what they find may be wider.
    pub(crate) fn note(&mut self, span: Span) {
        if self.rules.is_on(span.kind) && span.start < span.end {
            self.spans.push(span);
        }
    }

    fn block(&mut self, start: usize, block: &Block, last: &Block, places: Places) {
        let Places {
            words,
            numbers,
            marks,
        } = places;
        if self.rules.is_on(Kind::Mac) {
            self.groups(start, block.word_starts(last) | block.number_starts(last));
        }
        let mut anchors = words | numbers | marks;
        while anchors != 0 {
            let index = anchors.trailing_zeros() as usize;
            let bit = anchors & anchors.wrapping_neg();
            let at = start + index;
            anchors &= anchors - 1;
            if at < self.done {
                continue;
            }
            if words & bit != 0 {
                self.word(at);
            } else if numbers & bit != 0 {
                self.number(start, index, block);
            } else if mark_tells(self.rules, self.text, at) {
                self.mark(at);
            }
        }
    }

    /// Hardware addresses without colons, which have no anchor of their own.
    fn groups(&mut self, start: usize, mut starts: u64) {
        while starts != 0 {
            let at = start + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            if let Some(span) = detect::at_group(self.text, at) {
                self.take(span);
            }
        }
    }

    fn word(&mut self, at: usize) {
        // What an earlier redaction left says nothing.
        if before(self.text, at) == b'['
            && has_word(self.text, at, MARKER)
            && let Some(end) = marker_end(self.text, at - 1)
        {
            self.done = self.done.max(end);
            return;
        }
        let anchors = &self.rules.anchors;
        if anchors.knows_telephone(self.text, at) {
            self.telephone = Some(at);
        }
        if anchors.knows_context(self.text, at) {
            context::at_word(self, at);
        }
        if anchors.knows_token(self.text, at)
            && let Some(span) = detect::at_word(self.text, at)
        {
            self.take(span);
            if let Some(span) = detect::beside(self.text, span) {
                self.take(span);
            }
        }
        if anchors.knows_name(self.text, at)
            && let Some(span) = detect::at_name(self.text, at)
        {
            self.take(span);
        }
    }

    fn number(&mut self, start: usize, bit: usize, block: &Block) {
        let at = start + bit;
        // Words in other scripts are not among the gate's.
        let near = self.encoded.is_some() || self.telephone.is_some_and(|word| at - word <= REACH);
        if number_is_known(self.rules, self.text, start, bit, block, near)
            && let Some(span) = detect::at_number(self.text, at, self.rules.enabled, near)
        {
            self.take(span);
        }
    }

    fn mark(&mut self, at: usize) {
        if byte(self.text, at) == b'@' {
            if context::before_host(self, at) {
                return;
            }
            if let Some(span) = detect::at_sign(self.text, at) {
                self.take(span);
            }
            return;
        }
        context::after_separator(self, at);
        if let Some(span) = detect::at_colon(self.text, at, self.rules.enabled) {
            self.take(span);
        }
    }
}
