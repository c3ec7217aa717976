//! The scan: one pass over the text from the block on where the gate has found something, which asks a
//! detector only where its anchor stands.

use crate::ahead::Ahead;
use crate::anchors::{Anchors, CONTEXT, NAME, TELEPHONE, TOKEN};
use crate::context;
use crate::context::marker::marker_end;
use crate::custom::Custom;
use crate::detect::{self, Around, Enabled, Kind};
use crate::gate::{Begin, Places, first_anchor, number_is_known, word_may_name};
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
    pub(crate) fn finds_addresses(&self) -> bool {
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
    /// The last block before this one with letters, or with something encoded.
    worded: Option<usize>,
    /// The first byte outside ASCII, or that may be part of an escape.
    encoded: Option<usize>,
}

/// How markers begin, in lower case.
pub(crate) const MARKER: &[u8] = b"redacted:";

/// How far a word for a telephone reaches, its own length included.
const REACH: usize = 64;

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
        worded: (begin.last.letters | begin.last.encoded != 0)
            .then(|| begin.start.saturating_sub(WIDTH)),
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
        if block.letters | block.encoded != 0 {
            scan.worded = Some(start);
        }
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
            } else {
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
        let groups = self.rules.anchors.groups(self.text, at);
        if groups & TELEPHONE != 0 {
            self.telephone = Some(at);
        }
        if groups & CONTEXT != 0 {
            context::at_word(self, at);
        }
        if groups & TOKEN != 0
            && let Some(span) = detect::at_word(self.text, at)
        {
            self.take(span);
            if let Some(span) = detect::beside(self.text, span) {
                self.take(span);
            }
        }
        if groups & NAME != 0
            && (!detect::needs_digit(self.text, at)
                || self.ahead.has_digit(self.text, at, detect::REACH_OF_NAME))
            && let Some(span) = detect::at_name(self.text, at)
        {
            self.take(span);
        }
    }

    fn number(&mut self, start: usize, bit: usize, block: &Block) {
        let (text, at) = (self.text, start + bit);
        // Words in other scripts are not among the gate's.
        let near = self.encoded.is_some() || self.telephone.is_some_and(|word| at - word <= REACH);
        let followed = || {
            word_may_name(text, start, bit, block).unwrap_or_else(|| {
                let word = self.ahead.letter(text, at);
                word - at <= detect::REACH_BEHIND && detect::may_name_behind(text, word)
            })
        };
        if !number_is_known(self.rules, text, start, bit, block, near, followed) {
            return;
        }
        let worded = (block.letters | block.encoded) & ((1 << bit) - 1) != 0;
        let around = Around {
            near,
            followed: followed(),
            letters: worded || self.worded.is_some_and(|last| at - last <= 2 * WIDTH),
        };
        if let Some(span) = detect::at_number(text, at, self.rules.enabled, around) {
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
        if context::may_separate(self.text, at, &self.rules.keys) {
            context::after_separator(self, at);
        }
        if self.rules.finds_addresses()
            && let Some(span) = detect::at_colon(self.text, at, self.rules.enabled)
        {
            self.take(span);
        }
    }
}
