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
use crate::text::{before, has_word};

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
    /// Whether a byte outside ASCII, or one that may be part of an escape, was seen.
    encoded: u64,
}

/// How markers begin, in lower case.
pub(crate) const MARKER: &[u8] = b"redacted:";

/// How far a word for a telephone reaches, its own length included.
const REACH: usize = 64;

/// Finds everything that `rules` name in `text`; the spans are neither sorted nor merged. Tells
/// whether the text holds a byte that could be part of something encoded.
pub(crate) fn scan(rules: &Rules, text: &[u8], spans: &mut Vec<Span>) -> bool {
    let mut scan = Scan {
        text,
        rules,
        ahead: Ahead::default(),
        spans,
        done: 0,
        telephone: None,
        encoded: 0,
    };
    let mut last = Block::default();
    for start in (0..text.len()).step_by(WIDTH) {
        let block = Block::of(text, start);
        #[cfg(test)]
        crate::steps::add(WIDTH);
        scan.encoded |= block.encoded;
        scan.block(start, &block, &last);
        last = block;
    }
    scan.encoded != 0
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

    fn block(&mut self, start: usize, block: &Block, last: &Block) {
        let words = self.known_words(start, block.word_starts(last));
        let numbers = block.number_starts(last);
        // In an address every colon counts, otherwise those of a time of day are passed over.
        let addresses = self.rules.is_on(Kind::Ip) || self.rules.is_on(Kind::Mac);
        let passed = if addresses {
            0
        } else {
            block.within_time(last)
        };
        let separators = block.separators & !passed;
        if self.rules.is_on(Kind::Mac) {
            self.groups(start, block.word_starts(last) | block.number_starts(last));
        }
        let mut anchors = words | numbers | separators | block.ats;
        while anchors != 0 {
            let bit = anchors & anchors.wrapping_neg();
            let at = start + anchors.trailing_zeros() as usize;
            anchors &= anchors - 1;
            if at < self.done {
                continue;
            }
            if words & bit != 0 {
                self.word(at);
            } else if numbers & bit != 0 {
                self.number(at);
            } else if separators & bit != 0 {
                self.separator(at);
            } else {
                self.at_sign(at);
            }
        }
    }

    /// Those of the word starts whose first letters some detector knows.
    fn known_words(&self, start: usize, mut starts: u64) -> u64 {
        let mut known = 0;
        while starts != 0 {
            let bit = starts.trailing_zeros();
            starts &= starts - 1;
            let hit = self.rules.anchors.knows(self.text, start + bit as usize);
            known |= u64::from(hit) << bit;
        }
        known
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

    fn number(&mut self, at: usize) {
        // Words in other scripts are not among the gate's.
        let near = self.encoded != 0 || self.telephone.is_some_and(|word| at - word <= REACH);
        if let Some(span) = detect::at_number(self.text, at, self.rules.enabled, near) {
            self.take(span);
        }
    }

    fn separator(&mut self, at: usize) {
        context::after_separator(self, at);
        if let Some(span) = detect::at_colon(self.text, at, self.rules.enabled) {
            self.take(span);
        }
    }

    fn at_sign(&mut self, at: usize) {
        if context::before_host(self, at) {
            return;
        }
        if let Some(span) = detect::at_sign(self.text, at) {
            self.take(span);
        }
    }
}
