//! What a scan remembers of the text ahead, so that many anchors in one stretch do not read it anew.

use std::cell::Cell;

use crate::context::marker::marker_end;
use crate::context::value::{Shape, value_stop, without_full_stop};
use crate::masks::digitless;
use crate::text::{is_blank, skip, slice};

/// A stretch without a byte of the class that ends it.
#[derive(Clone, Copy, Default)]
struct Stretch {
    from: usize,
    end: usize,
}

/// The ends that were last found, by what was looked for.
#[derive(Default)]
pub(crate) struct Ahead {
    line: Cell<Stretch>,
    list: Cell<Stretch>,
    command: Cell<Stretch>,
    option: Cell<Stretch>,
    token: Cell<Stretch>,
    letter: Cell<Stretch>,
    word: Cell<Stretch>,
    date: Cell<Stretch>,
    digitless: Cell<Stretch>,
    value: Cell<Option<(Shape, Stretch)>>,
}

impl Ahead {
    /// The end of the line, or of the JSON string, that `at` is in.
    pub(crate) fn line_end(&self, text: &[u8], at: usize) -> usize {
        past(&self.line, text, at, |b| !matches!(b, b'\n' | b'\r' | b'"'))
    }

    /// The next parenthesis on the line.
    pub(crate) fn list_end(&self, text: &[u8], at: usize) -> usize {
        past(&self.list, text, at, |b| !matches!(b, b')' | b'(' | b'\n'))
    }

    /// The end of the command that `at` is in.
    pub(crate) fn command_end(&self, text: &[u8], at: usize) -> usize {
        past(&self.command, text, at, |b| {
            !matches!(b, b'\n' | b'\r' | b';' | b'|')
        })
    }

    /// The end of the run of bytes that tokens of authentication schemes have.
    pub(crate) fn token_end(&self, text: &[u8], at: usize, part: impl Fn(u8) -> bool) -> usize {
        past(&self.token, text, at, part)
    }

    /// The next letter from `at` on; the end of the text when there is none.
    pub(crate) fn letter(&self, text: &[u8], at: usize) -> usize {
        past(&self.letter, text, at, |b| !b.is_ascii_alphabetic())
    }

    /// The end of the letters from `at` on.
    pub(crate) fn word_end(&self, text: &[u8], at: usize) -> usize {
        past(&self.word, text, at, |b| b.is_ascii_alphabetic())
    }

    /// The end of the value of a cookie's attribute that may hold spaces.
    pub(crate) fn date_end(&self, text: &[u8], at: usize) -> usize {
        past(&self.date, text, at, |b| !matches!(b, b';' | b'\n' | b'"'))
    }

    /// Whether a digit stands in the `reach` bytes from `at` on.
    #[inline(never)]
    pub(crate) fn has_digit(&self, text: &[u8], at: usize, reach: usize) -> bool {
        let limit = (at + reach).min(text.len());
        let known = self.digitless.get();
        let (from, read) = if (known.from..=known.end).contains(&at) {
            (known.from, known.end)
        } else {
            (at, at)
        };
        if read >= limit {
            return false;
        }
        let end = read + digitless(slice(text, read..limit));
        self.digitless.set(Stretch { from, end });
        end < limit
    }

    /// The first dash behind a blank from `at` on; the end of the text when there is none.
    pub(crate) fn option(&self, text: &[u8], at: usize) -> usize {
        let known = self.option.get();
        if (known.from..known.end).contains(&at) {
            return known.end;
        }
        let mut end = at;
        loop {
            let dash = skip(text, end, |b| b != b'-');
            let blank = dash > at && text.get(dash - 1).is_some_and(|&b| is_blank(b));
            if blank || dash >= text.len() {
                self.option.set(Stretch {
                    from: at,
                    end: dash,
                });
                return dash;
            }
            end = dash + 1;
        }
    }

    /// The end of the unquoted value that starts at `start`.
    pub(crate) fn unquoted_end(&self, text: &[u8], start: usize, shape: Shape) -> usize {
        if let Some(end) = marker_end(text, start) {
            return end;
        }
        let end = self
            .known_end(start, shape)
            .unwrap_or_else(|| self.read_value(text, start, shape));
        without_full_stop(text, start, end)
    }

    fn known_end(&self, start: usize, shape: Shape) -> Option<usize> {
        let (_, known) = self.value.get().filter(|(of, _)| *of == shape)?;
        (known.from..known.end)
            .contains(&start)
            .then_some(known.end)
    }

    /// Brackets are paired near the start only: further on a value ends at the same place wherever
    /// it started.
    fn read_value(&self, text: &[u8], start: usize, shape: Shape) -> usize {
        let limit = start + MOST_PAIRED;
        let near = value_stop(text, start..limit, shape, true);
        let from = if near.paired { limit } else { start };
        let end = if near.end < limit {
            near.end
        } else {
            self.known_end(limit, shape)
                .unwrap_or_else(|| value_stop(text, limit..usize::MAX, shape, false).end)
        };
        if from < end {
            self.value.set(Some((shape, Stretch { from, end })));
        }
        end
    }
}

/// How far from its start the brackets of a value are paired, in bytes.
const MOST_PAIRED: usize = 32;

/// [`skip`], unless the last stretch that was read reaches over `at`.
fn past(memory: &Cell<Stretch>, text: &[u8], at: usize, accepted: impl Fn(u8) -> bool) -> usize {
    let known = memory.get();
    if (known.from..known.end).contains(&at) {
        return known.end;
    }
    let end = skip(text, at, accepted);
    memory.set(Stretch { from: at, end });
    end
}
