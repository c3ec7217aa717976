//! A text as a reader would see it: escapes, colours and look-alike characters decoded one level
//! deep, with the way back to the bytes that stand there.
//!
//! Detectors read plain text only. Where a text holds something encoded, they read this view of it,
//! too, and what they find is cut out of the raw text.

mod unit;

use std::ops::Range;

use self::unit::{Unit, may_begin, unit};
use crate::context::marker::marker_end;
use crate::masks::{Block, WIDTH};
use crate::span::Span;
use crate::text::{byte, rest, skip, slice};

/// A decoded text.
#[derive(Default)]
pub(crate) struct View {
    bytes: Vec<u8>,
    /// For each decoded byte, where the bytes begin that it was made of.
    from: Vec<u32>,
}

impl View {
    pub(crate) const fn new() -> View {
        View {
            bytes: Vec::new(),
            from: Vec::new(),
        }
    }

    /// Decodes `text`, which holds nothing encoded before `from`, and tells whether that makes a
    /// difference. Texts of 4 GiB and more are not decoded.
    pub(crate) fn decode(&mut self, text: &[u8], from: usize) -> bool {
        let decoded = |at: usize| may_begin(byte(text, at)).then(|| unit(text, at)).flatten();
        // A row of backslashes that escapes nothing is read once.
        let next = |at: usize| skip(text, at, |b| b == b'\\').max(at + 1);
        let mut first = begin(text, from);
        while first < text.len() && decoded(first).is_none() {
            first = begin(text, next(first));
        }
        if first >= text.len() || u32::try_from(text.len()).is_err() {
            return false;
        }
        self.clear();
        self.copy(text, 0..first);
        let mut at = first;
        while at < text.len() {
            if let Some(Unit { len, bytes, count }) = decoded(at) {
                self.bytes.extend_from_slice(slice(&bytes, 0..count));
                self.from.extend(std::iter::repeat_n(at as u32, count));
                at += len;
            } else {
                self.copy(text, at..next(at));
                at = next(at);
            }
        }
        true
    }

    /// Hides the markers of an earlier redaction, and tells whether there is one.
    pub(crate) fn hide_markers(&mut self) -> bool {
        hide(&mut self.bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the raw text that a span of the view was made of.
    pub(crate) fn raw(&self, text: &[u8], span: Span) -> Span {
        let start = self
            .from
            .get(span.start)
            .map_or(text.len(), |&at| at as usize);
        let last = span.end.checked_sub(1).and_then(|last| self.from.get(last));
        let end = last.map_or(start, |&at| {
            let at = at as usize;
            let unit = may_begin(byte(text, at)).then(|| unit(text, at)).flatten();
            at + unit.map_or(1, |unit| unit.len)
        });
        Span { start, end, ..span }
    }

    /// Frees what a single long text took.
    pub(crate) fn shrink_to(&mut self, most: usize) {
        self.bytes.shrink_to(most);
        self.from.shrink_to(most);
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.from.clear();
    }

    fn copy(&mut self, text: &[u8], range: Range<usize>) {
        self.from
            .extend((range.start..range.end).map(|at| at as u32));
        self.bytes.extend_from_slice(slice(text, range));
    }
}

/// The first byte from `at` on that may begin something encoded; the end of the text when there is
/// none.
fn begin(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while at < text.len() && !may_begin(byte(text, at)) {
        let whole = at.is_multiple_of(WIDTH) && Block::of(text, at).encoded == 0;
        at += if whole { WIDTH } else { 1 };
    }
    at.min(text.len())
}

/// Copies `text` to `to` with the markers of an earlier redaction behind stars, and tells whether
/// there is one.
pub(crate) fn hides_markers(text: &[u8], to: &mut Vec<u8>) -> bool {
    if memchr::memchr(b'[', text).is_none() {
        return false;
    }
    to.clear();
    to.extend_from_slice(text);
    hide(to)
}

fn hide(bytes: &mut [u8]) -> bool {
    let mut any = false;
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'[', rest(bytes, at)) {
        at += open;
        let end = marker_end(bytes, at).unwrap_or(at);
        if end > at + 2 {
            any = true;
            if let Some(label) = bytes.get_mut(at + 1..end - 1) {
                label.fill(b'*');
            }
        }
        at = end.max(at + 1);
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Kind;

    fn decoded(text: &str) -> String {
        let mut view = View::default();
        if view.decode(text.as_bytes(), 0) {
            String::from_utf8_lossy(view.bytes()).into_owned()
        } else {
            text.into()
        }
    }

    #[test]
    fn every_encoding_is_read_one_level_deep() {
        for (text, wanted) in [
            ("plain", "plain"),
            ("a%40b%3D1", "a@b=1"),
            (r"line\npassword", "line\npassword"),
            (r#"\\\"password\\\""#, r#"\\\"password\\\""#),
            (r"a\u0040b\u003db", "a@b=b"),
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            (r"a\u001b[31mred\u001b[0m", "ared"),
            ("4111\u{200b}1111", "41111111"),
            ("４１１１　１", "4111 1"),
            ("a&quot;b&amp;c&#39;d&#x3D;", "a\"b&c'd="),
            ("100% sure & C:\\Windows", "100% sure & C:\\Windows"),
        ] {
            assert_eq!(decoded(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_span_of_the_view_covers_the_raw_bytes_it_was_made_of() {
        let text = "x=%41\u{1b}[0mb\u{1b}[1m.";
        let mut view = View::default();
        assert!(view.decode(text.as_bytes(), 0));
        let span = view.raw(text.as_bytes(), Span::new(2..4, Kind::Email));
        assert_eq!(&text[span.start..span.end], "%41\u{1b}[0mb");
    }
}
