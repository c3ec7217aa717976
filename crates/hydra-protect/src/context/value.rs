//! Where the value of a sensitive name ends.

use std::ops::Range;

use crate::text::{before, byte, has_word, skip, slice};

/// In what a pair of name and value stands: it says which marks end a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `?name=value&…`.
    Query,
    /// `"name": value`: JSON, Python and their like.
    Quoted,
    /// `name=value` in a log line, a shell or a connection string.
    Assigned,
    /// `name: value` in prose, YAML or a header.
    Told,
}

/// A quote and how many backslashes stand before it: none in JSON, one in JSON within a JSON string,
/// three one deeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) mark: u8,
    pub(crate) slashes: usize,
}

/// How many backslashes before a quote are read: JSON within JSON within JSON needs seven.
const MOST_SLASHES: usize = 16;

impl Quote {
    /// The quote that opens at `at`, with its backslashes, and the position behind it.
    pub(crate) fn open(text: &[u8], at: usize) -> Option<(Quote, usize)> {
        let mark = skip(slice(text, 0..at + MOST_SLASHES), at, |b| b == b'\\');
        is_quote(byte(text, mark)).then(|| {
            let quote = Quote {
                mark: byte(text, mark),
                slashes: mark - at,
            };
            (quote, mark + 1)
        })
    }

    /// Where the string from `start` ends: before the backslashes of its closing quote, or at the end
    /// of the line when it is never closed.
    pub(crate) fn close(self, text: &[u8], start: usize) -> usize {
        let mut at = start;
        let mut slashes = 0;
        loop {
            #[cfg(test)]
            crate::steps::add(1);
            let Some(&this) = text.get(at) else {
                return at;
            };
            if this == b'\\' {
                slashes += 1;
            } else if this == self.mark && self.closes(slashes) {
                return at - self.slashes.min(slashes);
            } else if this == b'\n' && slashes == 0 {
                return at;
            } else {
                slashes = 0;
            }
            at += 1;
        }
    }

    /// A quote behind `slashes` backslashes ends a string of this depth when what is left of them,
    /// taken as escaped backslashes of that depth, is its own; with fewer, an outer string ends.
    fn closes(self, slashes: usize) -> bool {
        slashes < self.slashes || slashes % (2 * (self.slashes + 1)) == self.slashes
    }
}

pub(crate) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The end of the object or list that opens at `start`; the end of the text when it is never closed.
pub(super) fn balanced_end(text: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < text.len() {
        match byte(text, at) {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'\\' => {
                if let Some((quote, inside)) = Quote::open(text, at) {
                    let end = quote.close(text, inside);
                    at = end + quote.slashes;
                }
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

/// The end of an identifier in groups (`PT29 0664 5402`) whose first group ends at `end`.
pub(super) fn number_end(text: &[u8], start: usize, end: usize) -> usize {
    let mut last = end;
    while last - start < 40 {
        let from = last + usize::from(matches!(byte(text, last), b' ' | b'-'));
        let next = skip(slice(text, 0..from + 8), from, |b| {
            b.is_ascii_digit() || b.is_ascii_uppercase()
        });
        let digits = slice(text, from..next).iter().any(u8::is_ascii_digit);
        let goes_on = byte(text, next).is_ascii_alphanumeric()
            || matches!(byte(text, next), b'=' | b':' | b'.' | b'/');
        if from == last || next == from || !digits || goes_on {
            break;
        }
        last = next;
    }
    last
}

/// The end of a phrase of plain words (`correct horse battery staple`) whose first word ends at `end`:
/// only a row of at least four small words and nothing else up to the end of the line is one.
pub(super) fn phrase_end(text: &[u8], start: usize, end: usize) -> usize {
    let stop = skip(slice(text, 0..start + 256), start, |b| {
        b.is_ascii_lowercase() || b == b' '
    });
    let phrase = slice(text, start..stop);
    let words = phrase.split(|&b| b == b' ').filter(|word| !word.is_empty());
    let (count, shortest) = words.fold((0, usize::MAX), |(n, least), word| {
        (n + 1, least.min(word.len()))
    });
    let closed = matches!(byte(text, stop), b'\n' | b'\r' | 0 | b'"' | b'\\');
    if count >= 4 && shortest >= 3 && closed {
        stop
    } else {
        end
    }
}

/// Where an unquoted value stops.
pub(crate) struct Stop {
    pub(crate) end: usize,
    /// Whether that depends on brackets that opened within the value.
    pub(crate) paired: bool,
}

/// Where an unquoted value stops within `range`, or the range's end. A bracket that closes one of
/// the value's own is a part of it when `pairs`.
pub(crate) fn value_stop(text: &[u8], range: Range<usize>, shape: Shape, pairs: bool) -> Stop {
    let mut at = range.start;
    let mut open = 0_usize;
    let mut paired = false;
    while at < range.end {
        match byte(text, at) {
            0..=b' ' | 0x7f | b'"' | b'`' => break,
            b'\\' if ends_by_escape(text, at) => break,
            b'&' if shape == Shape::Query || is_border(text, at + 1) => break,
            b'#' if shape == Shape::Query => break,
            b'<' if byte(text, at + 1) == b'/' => break,
            b'(' | b'[' | b'{' if pairs => open += 1,
            b')' | b']' | b'}' if open > 0 => {
                open -= 1;
                paired = true;
            }
            b'\'' | b',' | b';' | b'|' | b')' | b']' | b'}' if is_border(text, at + 1) => break,
            _ => {}
        }
        at += 1;
    }
    Stop { end: at, paired }
}

/// The end of a value without the mark that ends its sentence.
pub(crate) fn without_full_stop(text: &[u8], start: usize, end: usize) -> usize {
    let stop = byte(text, end);
    let told = matches!(before(text, end), b'.' | b',' | b';' | b':');
    let cut = end > start + 1 && told && (stop <= b' ' || is_quote(stop));
    end - usize::from(cut)
}

/// A backslash that begins the escape of a line end or of a quote: the string around ends or breaks.
fn ends_by_escape(text: &[u8], at: usize) -> bool {
    matches!(
        byte(text, at + 1),
        b'n' | b'r' | b't' | b'"' | b'\'' | b'\\'
    ) || has_word(text, at + 1, b"u00")
}

/// Whether a new item begins or everything ends here: so the mark before was no part of the value.
fn is_border(text: &[u8], at: usize) -> bool {
    let this = byte(text, at);
    if this <= b' '
        || matches!(
            this,
            b',' | b';' | b')' | b']' | b'}' | b'"' | b'\'' | b'\\' | b'&' | b'|' | b'.' | b'>'
        )
    {
        return true;
    }
    let end = skip(slice(text, 0..at + 32), at, is_name_byte);
    end > at && matches!(byte(text, end), b'=' | b':' | b'[') && !this.is_ascii_digit()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
