//! Redaction of what comes in pieces and never ends.

use std::mem;

use crate::cut::put_marker;
use crate::detect::Kind;
use crate::redactor::{FAILED, MOST_ROUNDS, Redactor};
use crate::span::Span;
use crate::text::{rest, slice};

/// How many bytes wait until they are searched together.
const WINDOW: usize = 64 * 1024;

/// How far behind a place the text is known before anything there is decided: what is detected looks
/// no further.
const AHEAD: usize = 8 * 1024;

/// How much of what was decided is kept, since it says what stands behind it.
const BEHIND: usize = 8 * 1024;

/// How much is kept of either end of a value that is longer than the window.
const ENDS: usize = 2 * 1024;

/// Where a [`StreamRedactor`] found something, and what. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The detector's name, as configuration calls it: `email`.
    pub detector: String,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters (of UTF-8), from 1.
    pub column: u64,
}

/// How far a stream has come, for the places that it tells.
#[derive(Debug)]
struct Places {
    found: Vec<Place>,
    line: u64,
    column: u64,
}

impl Places {
    fn pass(&mut self, text: &[u8]) {
        for &byte in text {
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += u64::from(byte & 0xc0 != 0x80);
            }
        }
    }

    fn add(&mut self, detector: &str) {
        self.found.push(Place {
            detector: detector.to_owned(),
            line: self.line,
            column: self.column,
        });
    }
}

/// Redacts what comes in pieces: a pipe, a growing file. Any bytes, lines of any length, in bounded
/// memory (about 200 KiB).
///
/// What it writes does not depend on how the input was cut into pieces, and is what
/// [`Redactor::redact_bytes`] makes of the whole input, as long as nothing sensitive is longer than
/// 56 KiB or depends on what stands more than 8 KiB away. The text is cut at line ends where no
/// finding crosses, else at blanks, else where it must be. Of a value that is longer than that, nothing
/// is shown: its marker is written, whatever the action is, and the rest of the value is dropped. A
/// finding over many lines that never ends (a list that was never closed) ends with the window.
///
/// ```
/// use hydra_protect::{Redactor, StreamRedactor};
///
/// let mut stream = StreamRedactor::new(Redactor::new());
/// let mut out = Vec::new();
/// stream.push(b"password=hun", &mut out);
/// stream.push(b"ter2\nnext", &mut out);
/// stream.finish(&mut out);
/// assert_eq!(out, b"password=[REDACTED:PASSWORD]\nnext");
/// ```
#[derive(Debug)]
pub struct StreamRedactor {
    redactor: Redactor,
    /// What was decided and is kept, then what waits.
    text: Vec<u8>,
    /// Where what waits begins.
    done: usize,
    /// Whether what waits begins within a value whose marker was written.
    open: bool,
    /// The end of what was written, as long as what is kept of the input.
    written: Vec<u8>,
    places: Option<Places>,
}

impl StreamRedactor {
    /// A stream that is redacted as `redactor` does it; the findings count there.
    pub fn new(redactor: Redactor) -> StreamRedactor {
        StreamRedactor {
            redactor,
            text: Vec::new(),
            done: 0,
            open: false,
            written: Vec::new(),
            places: None,
        }
    }

    /// Keeps the places of what is found until [`places`](Self::places) is called.
    ///
    /// ```
    /// # use hydra_protect::{Redactor, StreamRedactor};
    /// let mut stream = StreamRedactor::new(Redactor::new()).with_places();
    /// let mut out = Vec::new();
    /// stream.push(b"ok\npwd=hunter2\n", &mut out);
    /// stream.finish(&mut out);
    /// let places = stream.places();
    /// assert_eq!((places[0].line, places[0].column), (2, 5));
    /// assert_eq!(places[0].detector, "password");
    /// ```
    #[must_use]
    pub fn with_places(mut self) -> StreamRedactor {
        self.places = Some(Places {
            found: Vec::new(),
            line: 1,
            column: 1,
        });
        self
    }

    /// The places of what was found and written since the last call, in the order of the text.
    pub fn places(&mut self) -> Vec<Place> {
        let places = self.places.as_mut();
        places.map_or_else(Vec::new, |places| mem::take(&mut places.found))
    }

    /// Takes the next bytes and appends what is decided to `to`.
    pub fn push(&mut self, bytes: &[u8], to: &mut Vec<u8>) {
        let mut left = bytes;
        while !left.is_empty() {
            let room = WINDOW.saturating_sub(self.waiting());
            let (now, later) = left.split_at(room.min(left.len()));
            self.text.extend_from_slice(now);
            left = later;
            if self.waiting() >= WINDOW {
                self.advance(to);
            }
        }
    }

    /// Appends what waits up to the last line end, for a reader who waits while the input pauses. A
    /// private key that has not ended is held back. What stands in the next lines cannot change what
    /// was written by then: where such a change matters, leave it to [`finish`](Self::finish).
    ///
    /// ```
    /// # use hydra_protect::{Redactor, StreamRedactor};
    /// let mut stream = StreamRedactor::new(Redactor::new());
    /// let mut out = Vec::new();
    /// stream.push(b"pin=4711 is wrong\nnext", &mut out);
    /// assert!(out.is_empty());
    /// stream.flush(&mut out);
    /// assert!(out.ends_with(b" is wrong\n"));
    /// ```
    pub fn flush(&mut self, to: &mut Vec<u8>) {
        let spans = self.redactor.spans(&self.text);
        let mut end = self.text.len();
        while let Some(line) = self.last(end, |b| b == b'\n') {
            let held = spans.iter().find(|span| {
                let key = span.kind == Kind::PrivateKey && span.end + 2 >= self.text.len();
                span.start < line && (line < span.end || key)
            });
            match held {
                None => {
                    self.write_to(line, &spans, to);
                    return;
                }
                Some(span) => end = span.start.min(line - 1),
            }
        }
    }

    /// Appends all that waits: the input has ended. The stream can be used for another one.
    pub fn finish(&mut self, to: &mut Vec<u8>) {
        let spans = self.redactor.spans(&self.text);
        self.write_to(self.text.len(), &spans, to);
        self.text.clear();
        self.written.clear();
        self.done = 0;
        self.open = false;
        if let Some(places) = &mut self.places {
            (places.line, places.column) = (1, 1);
        }
    }

    fn waiting(&self) -> usize {
        self.text.len() - self.done
    }

    /// Decides as much as can be decided when the window is full: at least one byte.
    fn advance(&mut self, to: &mut Vec<u8>) {
        let spans = self.redactor.spans(&self.text);
        let most = self.text.len() - AHEAD;
        let place = self
            .free_place(most, &spans, |b| b == b'\n')
            .or_else(|| self.free_place(most, &spans, |b| b == b' ' || b == b'\t'))
            .or_else(|| match crossing(&spans, most) {
                None => Some(most),
                Some(span) => (span.start > self.done).then_some(span.start),
            });
        match (place, crossing(&spans, most)) {
            (None, Some(long)) => self.pass(long, most, to),
            (place, _) => self.write_to(place.unwrap_or(most), &spans, to),
        }
    }

    /// The last place up to `most`, behind a byte that fits, that is in no finding.
    fn free_place(&self, most: usize, spans: &[Span], fits: impl Fn(u8) -> bool) -> Option<usize> {
        let mut end = most;
        loop {
            let place = self.last(end, &fits)?;
            match crossing(spans, place) {
                None => return Some(place),
                Some(span) => end = span.start.min(place - 1),
            }
        }
    }

    /// The place behind the last byte before `end` that fits and waits.
    fn last(&self, end: usize, fits: impl Fn(u8) -> bool) -> Option<usize> {
        let waiting = slice(&self.text, self.done..end);
        let last = waiting.iter().rposition(|&b| fits(b))?;
        Some(self.done + last + 1)
    }

    /// Passes over the part of a long value that waits up to `most`.
    fn pass(&mut self, long: Span, most: usize, to: &mut Vec<u8>) {
        if !mem::replace(&mut self.open, true) {
            self.redactor.count_span(&long);
            let mut marker = Vec::new();
            put_marker(self.redactor.shared().label(&long), &mut marker);
            self.put(&marker, to);
            if let Some(places) = &mut self.places {
                places.add(self.redactor.shared().detector(&long));
            }
        }
        let line = self.last(most, |b| b == b'\n');
        if let Some(end) = line.filter(|_| long.kind != Kind::PrivateKey) {
            // A whole window of lines: that what was found has no end is more likely than so long a one.
            self.pass_places(end);
            self.text.drain(..end);
            self.done = 0;
            self.open = false;
            return;
        }
        let head = slice(
            &self.text,
            long.start.saturating_sub(ENDS)..long.start + ENDS,
        );
        let tail = slice(&self.text, (long.start + ENDS).max(most - ENDS)..most);
        let mut kept = [head, tail].concat();
        self.pass_places(most);
        self.done = kept.len();
        kept.extend_from_slice(rest(&self.text, most));
        self.text = kept;
    }

    fn pass_places(&mut self, end: usize) {
        if let Some(places) = &mut self.places {
            places.pass(slice(&self.text, self.done..end));
        }
    }

    /// Writes what waits up to `end`, of which the spans are taken out.
    fn write_to(&mut self, end: usize, spans: &[Span], to: &mut Vec<u8>) {
        let begun = spans
            .iter()
            .find(|span| span.start < self.done && self.done < span.end);
        let mut start = self.done;
        if mem::take(&mut self.open) {
            start = begun.map_or(start, |span| span.end.min(end));
        }
        let mut within: Vec<Span> = spans
            .iter()
            .filter(|span| span.start < end && span.end > start)
            .copied()
            .collect();
        for span in &mut within {
            span.start = span.start.max(start) - start;
            span.end = span.end.min(end) - start;
        }
        let mut piece = Vec::with_capacity(end - start + 64);
        if let Some(places) = &mut self.places {
            let mut at = self.done;
            for span in &within {
                places.pass(slice(&self.text, at..start + span.start));
                places.add(self.redactor.shared().detector(span));
                at = start + span.start;
            }
            places.pass(slice(&self.text, at..end));
        }
        let text = slice(&self.text, start..end);
        self.redactor.cut(text, &within, &mut piece);
        if within.is_empty() {
            self.put(&piece, to);
        } else {
            self.put_settled(&piece, to);
        }
        let kept = kept_from(slice(&self.text, 0..end));
        self.text.drain(..kept);
        self.done = end - kept;
    }

    /// Writes a piece in which something was replaced, when nothing more is found in it: what was cut
    /// can bring together what stood apart.
    fn put_settled(&mut self, piece: &[u8], to: &mut Vec<u8>) {
        let before = self.written.len();
        let mut text = mem::take(&mut self.written);
        text.extend_from_slice(piece);
        let mut settled = false;
        for _ in 0..MOST_ROUNDS {
            let next = self.redactor.with_spans(&text, |spans| {
                let mut within: Vec<Span> = spans.to_vec();
                within.retain(|span| span.end > before);
                for span in &mut within {
                    span.start = span.start.max(before) - before;
                    span.end -= before;
                }
                let mut next = Vec::with_capacity(text.len());
                self.redactor.cut(rest(&text, before), &within, &mut next);
                next
            });
            match next {
                Some(next) if next != rest(&text, before) => {
                    text.truncate(before);
                    text.extend_from_slice(&next);
                }
                _ => {
                    settled = true;
                    break;
                }
            }
        }
        let piece = text.split_off(before);
        self.written = text;
        if settled {
            self.put(&piece, to);
        } else {
            self.redactor.count_failure();
            self.put(FAILED.as_bytes(), to);
        }
    }

    fn put(&mut self, piece: &[u8], to: &mut Vec<u8>) {
        to.extend_from_slice(piece);
        self.written.extend_from_slice(piece);
        let kept = kept_from(&self.written);
        self.written.drain(..kept);
    }
}

/// The finding that a cut at `place` would part.
fn crossing(spans: &[Span], place: usize) -> Option<Span> {
    let next = spans.partition_point(|span| span.end <= place);
    spans.get(next).filter(|span| span.start < place).copied()
}

/// Where the part of a decided text begins that is kept: at the start of a line, if there is one.
fn kept_from(decided: &[u8]) -> usize {
    let from = decided.len().saturating_sub(BEHIND);
    if from == 0 {
        return 0;
    }
    let line = memchr::memchr(b'\n', rest(decided, from));
    line.map_or(from, |line| from + line + 1)
}
