//! Redaction of a stream, in whatever pieces it comes.
//!
//! The stream is cut into units by what it holds, never by how it arrives: a line, or the lines that
//! belong together (a private key, an object of JSON over several lines, a name whose value stands on
//! the next line). Each unit is redacted as a whole. A line that is longer than the [window](WINDOW)
//! is redacted in windows that overlap, so that memory stays bounded and no secret falls between
//! two.

use std::ops::Range;

use crate::redactor::Redactor;
use crate::span::Span;
use crate::text::{rest, skip, slice};

/// How much of a line, or of lines that belong together, is held at most, in bytes.
pub const WINDOW: usize = 64 * 1024;

/// How far behind a window is read, and how much of what was written is read again before it.
const OVERLAP: usize = 8 * 1024;

/// Redacts a stream of bytes: lines of any length, in any pieces, text or not.
///
/// ```
/// use hydra_protect::{Redactor, StreamRedactor};
///
/// let mut stream = StreamRedactor::new(Redactor::new());
/// let mut out = Vec::new();
/// stream.push(b"user=bob passw", &mut out);
/// stream.push(b"ord=hunter2\nnext", &mut out);
/// assert_eq!(out, b"user=bob password=[REDACTED:PASSWORD]\n");
/// stream.finish(&mut out);
/// assert!(out.ends_with(b"\nnext"));
/// ```
#[derive(Clone, Debug)]
pub struct StreamRedactor {
    redactor: Redactor,
    held: Vec<u8>,
    /// How much of what is held was written already: it is read again for what it says about the rest.
    shown: usize,
    /// Where the search for the end of the unit goes on.
    looked: usize,
}

/// What is to be done with what is held.
enum Next {
    /// It is not known yet how the unit ends.
    Wait,
    /// The unit ends here.
    Unit(usize),
    /// The unit is longer than the window.
    Window,
}

impl StreamRedactor {
    /// A stream that is redacted by this redactor.
    pub fn new(redactor: Redactor) -> StreamRedactor {
        StreamRedactor {
            redactor,
            held: Vec::new(),
            shown: 0,
            looked: 0,
        }
    }

    /// Takes the next piece, and appends what is decided by now to `out`.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        // Pieces of any size are held in pieces of one: memory stays bounded.
        for piece in piece.chunks(WINDOW) {
            self.held.extend_from_slice(piece);
            self.drain(false, out);
        }
    }

    /// Appends the rest. The stream can be used for another one afterwards.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.drain(true, out);
        self.held.clear();
        self.shown = 0;
        self.looked = 0;
    }

    fn drain(&mut self, last: bool, out: &mut Vec<u8>) {
        let mut from = 0;
        loop {
            let held = rest(&self.held, from);
            match next(held, self.shown, &mut self.looked, last) {
                Next::Wait => break,
                Next::Unit(end) => {
                    self.write(from..from + end, end, out);
                    from += end;
                    self.shown = 0;
                    self.looked = 0;
                }
                Next::Window => {
                    let end = self.write(
                        from..from + self.shown + WINDOW + OVERLAP,
                        self.shown + WINDOW,
                        out,
                    );
                    let kept = end.saturating_sub(OVERLAP);
                    from += kept;
                    self.shown = end - kept;
                    self.looked = self.shown;
                }
            }
        }
        self.held.drain(..from);
    }

    /// Writes what was not shown yet of a stretch of what is held up to `most`, further where a
    /// span ends behind it; tells where that is.
    fn write(&self, range: Range<usize>, most: usize, out: &mut Vec<u8>) -> usize {
        let text = slice(&self.held, range);
        if self.shown == 0 && most >= text.len() {
            out.extend_from_slice(&self.redactor.redact_bytes(text));
            return text.len();
        }
        let mut spans = self.redactor.spans(text);
        let over = spans
            .iter()
            .find(|span| span.start < most && span.end > most);
        let end = over.map_or(most, |span| span.end).min(text.len());
        spans.retain(|span| span.end > self.shown && span.start < end);
        let spans: Vec<Span> = spans
            .into_iter()
            .map(|span| Span {
                start: span.start.saturating_sub(self.shown),
                end: span.end - self.shown,
                ..span
            })
            .collect();
        self.redactor.cut(slice(text, self.shown..end), &spans, out);
        end
    }
}

/// How the unit ends that begins with what is held, of which `shown` bytes were written.
fn next(held: &[u8], shown: usize, looked: &mut usize, last: bool) -> Next {
    loop {
        let line = memchr::memchr(b'\n', rest(held, *looked)).map(|end| *looked + end + 1);
        let long = shown + WINDOW + OVERLAP;
        match line {
            Some(end) if end <= long && !goes_on(slice(held, 0..end)) => return Next::Unit(end),
            Some(end) if end <= long => *looked = end,
            _ if held.len() >= long => return Next::Window,
            _ if last && held.len() > shown => return Next::Unit(held.len()),
            _ => return Next::Wait,
        }
    }
}

/// Whether a unit that holds these lines needs the next one.
fn goes_on(lines: &[u8]) -> bool {
    let Some(end) = lines.iter().rposition(|b| !b.is_ascii_whitespace()) else {
        return false;
    };
    let line = memchr::memrchr(b'\n', slice(lines, 0..end)).map_or(0, |at| at + 1);
    let start = skip(lines, line, |b| matches!(b, b' ' | b'\t'));
    let last = slice(lines, start..end + 1);
    in_key(lines)
        || open_brackets(lines) > 0
        || last.ends_with(b":")
        || last.ends_with(b"\\")
        || [&b"- name:"[..], b"name:", b"- key:", b"key:"]
            .iter()
            .any(|head| last.starts_with(head))
}

/// Whether a private key has begun and not ended.
fn in_key(lines: &[u8]) -> bool {
    let begin = memchr::memmem::rfind(lines, b"-----BEGIN ");
    let putty = || memchr::memmem::find(lines, b"PuTTY-User-Key-File").is_some();
    match begin {
        Some(at) => {
            memchr::memmem::find(rest(lines, at), b"-----END ").is_none()
                && rest(lines, at).len() < WINDOW / 2
        }
        None => putty() && memchr::memmem::find(lines, b"Private-MAC").is_none(),
    }
}

/// How many brackets are open behind an object or a list that began a line.
fn open_brackets(lines: &[u8]) -> usize {
    let first = skip(lines, 0, |b| b.is_ascii_whitespace());
    let opens = lines.trim_ascii_end().ends_with(b"{") || lines.trim_ascii_end().ends_with(b"[");
    if !opens && !matches!(slice(lines, first..first + 1), b"{" | b"[") {
        return 0;
    }
    let (mut depth, mut string, mut escaped) = (0_usize, false, false);
    for &byte in lines {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => depth += 1,
            b'}' | b']' if !string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}
