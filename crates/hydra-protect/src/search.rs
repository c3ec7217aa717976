//! Everything sensitive in one text: the raw text is scanned, its decoded view where it has one, and
//! the findings are merged.

use std::cell::RefCell;
use std::cmp::Reverse;

use crate::context::value::is_quote;
use crate::custom::left_by_redaction;
use crate::embedded;
use crate::gate::{Begin, first_anchor};
use crate::masks::{PART, of_words, padded};
use crate::scan::{Rules, scan, scan_from};
use crate::settle::settle;
use crate::span::{Span, merge};
use crate::text::{before, byte, skip};
use crate::view::{View, hides_markers};

/// What a search needs, kept by each thread so that a hit allocates nothing of its own.
struct Scratch {
    spans: Vec<Span>,
    view: View,
    hidden: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const {
        RefCell::new(Scratch::new())
    };
}

/// What of the scratch stays allocated between texts, in spans and in bytes.
const MOST_KEPT: usize = 16 * 1024;

impl Scratch {
    const fn new() -> Scratch {
        Scratch {
            spans: Vec::new(),
            view: View::new(),
            hidden: Vec::new(),
        }
    }

    /// Finds the spans of `text`, sorted and apart.
    fn search(&mut self, rules: &Rules, text: &[u8], begin: Option<Begin>) {
        self.collect(rules, text, begin);
        if rules.decode_base64 {
            let left = left_by_redaction(text);
            embedded::search(text, &left, &mut self.spans, |decoded| {
                let mut inner = Scratch::new();
                inner.collect(rules, decoded, first_anchor(rules, decoded));
                inner.spans.first().copied()
            });
        }
        if self.spans.is_empty() {
            return;
        }
        self.spans
            .sort_unstable_by_key(|span| (span.start, Reverse(span.end)));
        settle(text, &mut self.spans);
        self.spans.retain(|span| span.start < span.end);
        merge(&mut self.spans);
    }

    /// Finds the spans of `text`, as they come.
    fn collect(&mut self, rules: &Rules, text: &[u8], begin: Option<Begin>) {
        self.spans.clear();
        let first = begin.and_then(|begin| scan_from(rules, text, &begin, &mut self.spans));
        let encoded = first.is_some_and(|first| self.view.decode(text, first));
        if encoded {
            self.search_view(rules, text);
        }
        if self.spans.is_empty() && rules.customs.is_empty() {
            return;
        }
        let marked = hides_markers(text, &mut self.hidden) || encoded && self.view.hide_markers();
        if marked {
            self.search_again(rules, text, encoded);
        }
        if !rules.customs.is_empty() {
            self.search_custom(rules, text, encoded);
        }
    }

    fn search_view(&mut self, rules: &Rules, text: &[u8]) {
        let raw = self.spans.len();
        scan(rules, self.view.bytes(), &mut self.spans);
        for span in self.spans.iter_mut().skip(raw) {
            *span = self.view.raw(text, *span);
        }
        // Where a string or an object ends in JSON only its raw text says: an escaped quote is one
        // when decoded.
        let (exact, decoded) = self.spans.split_at_mut(raw);
        exact.sort_unstable_by_key(|span| span.start);
        for span in decoded {
            let same = exact.binary_search_by_key(&span.start, |exact| exact.start);
            let same = same.ok().and_then(|at| exact.get(at));
            if same.is_some_and(|exact| is_enclosed(text, exact)) {
                span.end = span.start;
            }
        }
    }

    /// The search with the markers of an earlier redaction hidden: their labels are words that
    /// detectors know. Hiding keeps every place, so the spans are those of the text.
    fn search_again(&mut self, rules: &Rules, text: &[u8], encoded: bool) {
        self.spans.clear();
        scan(rules, &self.hidden, &mut self.spans);
        if encoded && self.view.decode(text, 0) {
            self.view.hide_markers();
            self.search_view(rules, text);
        }
    }

    /// What the custom rules find, in the text and in its view. They see the markers of an earlier
    /// redaction, since what stands beside one may be what they look for, and leave them alone.
    fn search_custom(&mut self, rules: &Rules, text: &[u8], encoded: bool) {
        let customs = || (1..).zip(&rules.customs);
        let left = left_by_redaction(text);
        for (place, custom) in customs() {
            custom.search(place, text, &left, &mut self.spans);
        }
        if encoded && self.view.decode(text, 0) {
            let raw = self.spans.len();
            let left = left_by_redaction(self.view.bytes());
            for (place, custom) in customs() {
                custom.search(place, self.view.bytes(), &left, &mut self.spans);
            }
            for span in self.spans.iter_mut().skip(raw) {
                *span = self.view.raw(text, *span);
            }
        }
    }

    fn shrink(&mut self) {
        self.spans.clear();
        self.spans.shrink_to(MOST_KEPT / size_of::<Span>());
        self.view.shrink_to(MOST_KEPT);
        self.hidden.shrink_to(MOST_KEPT);
    }
}

/// Whether a span is a whole string, or stands where its marker gets quotes.
fn is_enclosed(text: &[u8], span: &Span) -> bool {
    let close = skip(text, span.end, |b| b == b'\\');
    let open = before(text, span.start);
    span.quote.is_some() || is_quote(open) && open == byte(text, close)
}

/// Whether a text is a word or two of letters, and so short that no token looks like it. Most values of
/// fields that are words are.
#[inline]
fn is_short_word(text: &[u8]) -> bool {
    let bytes = match text.first_chunk::<PART>() {
        Some(whole) if text.len() == PART => *whole,
        Some(_) => return false,
        None => padded(text),
    };
    of_words(&bytes) == (1 << text.len()) - 1
}

/// Whether no rule looks into a text of this length and these letters.
#[inline]
pub(crate) fn is_clean_word(rules: &Rules, text: &[u8]) -> bool {
    text.len() <= PART && rules.customs.is_empty() && is_short_word(text)
}

/// Calls `with` with what was found in `text`, if anything was.
pub(crate) fn search<T>(
    rules: &Rules,
    text: &[u8],
    with: impl FnOnce(&mut Vec<Span>) -> T,
) -> Option<T> {
    if is_clean_word(rules, text) {
        return None;
    }
    let begin = first_anchor(rules, text);
    if begin.is_none() && rules.customs.is_empty() && !rules.decode_base64 {
        return None;
    }
    search_from(rules, text, begin, with)
}

fn search_from<T>(
    rules: &Rules,
    text: &[u8],
    begin: Option<Begin>,
    with: impl FnOnce(&mut Vec<Span>) -> T,
) -> Option<T> {
    let mut lent = Some((begin, with));
    let mut run = |scratch: &mut Scratch| {
        let (begin, with) = lent.take()?;
        scratch.search(rules, text, begin);
        if scratch.spans.is_empty() {
            return None;
        }
        let result = with(&mut scratch.spans);
        scratch.shrink();
        Some(result)
    };
    // A thread that is ending has no scratch to lend; nor has one within a search.
    SCRATCH
        .try_with(|scratch| {
            scratch
                .try_borrow_mut()
                .ok()
                .and_then(|mut scratch| run(&mut scratch))
        })
        .ok()
        .flatten()
        .or_else(|| run(&mut Scratch::new()))
}
