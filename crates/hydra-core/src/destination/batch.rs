//! Many lines at once: [`Batch`], and [`BatchBuf`], which gathers one.

use std::fmt;
use std::io;
use std::ops::Range;

use super::LineMeta;
use crate::Level;

/// What is kept of a line beside its bytes.
#[derive(Clone, Copy, Debug)]
struct Mark {
    unix_ns: i64,
    /// Where the line ends in the bytes of all.
    end: u32,
    level: Level,
    guaranteed: bool,
}

impl Mark {
    #[inline]
    fn meta(self) -> LineMeta {
        LineMeta::new(self.level, self.unix_ns).guaranteed(self.guaranteed)
    }
}

/// Gathers rendered lines, to deliver them as one [`Batch`].
///
/// ```
/// use hydra_core::destination::BatchBuf;
/// use hydra_core::{Level, LineMeta};
///
/// let meta = LineMeta::new(Level::Info, 0);
/// let mut lines = BatchBuf::default();
/// assert!(lines.push(b"one\n", &meta) && lines.push(b"two\n", &meta));
/// assert_eq!(lines.as_batch().bytes(), b"one\ntwo\n");
/// lines.clear(); // keeps its memory
/// assert!(lines.as_batch().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct BatchBuf {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl BatchBuf {
    /// Without lines, and with memory for so many bytes.
    pub fn with_capacity(bytes: usize) -> BatchBuf {
        BatchBuf {
            bytes: Vec::with_capacity(bytes),
            marks: Vec::new(),
        }
    }

    /// Copies a line, newline included, behind the others. `false`, and nothing is changed, where
    /// all of them would pass 4 GiB.
    #[inline]
    pub fn push(&mut self, line: &[u8], meta: &LineMeta) -> bool {
        let Ok(end) = u32::try_from(self.bytes.len() + line.len()) else {
            return false;
        };
        self.bytes.extend_from_slice(line);
        self.marks.push(Mark {
            unix_ns: meta.unix_ns,
            end,
            level: meta.level,
            guaranteed: meta.guaranteed,
        });
        true
    }

    /// Copies lines behind the others. `false`, and nothing is changed, where all of them would pass
    /// 4 GiB.
    ///
    /// ```
    /// use hydra_core::destination::BatchBuf;
    /// use hydra_core::{Level, LineMeta};
    ///
    /// let meta = LineMeta::new(Level::Info, 0);
    /// let (mut lines, mut more) = (BatchBuf::default(), BatchBuf::default());
    /// assert!(lines.push(b"one\n", &meta) && more.push(b"two\n", &meta));
    /// assert!(lines.append(&more.as_batch()));
    /// assert_eq!(lines.as_batch().get(1).unwrap().0, b"two\n");
    /// ```
    pub fn append(&mut self, lines: &Batch<'_>) -> bool {
        let (before, bytes) = (self.bytes.len(), lines.bytes());
        if u32::try_from(before + bytes.len()).is_err() {
            return false;
        }
        self.bytes.extend_from_slice(bytes);
        // Ends count from the beginning of the buffer that a line lies in.
        let moved = |mark: &Mark| Mark {
            end: (mark.end as usize - lines.start + before) as u32,
            ..*mark
        };
        self.marks.extend(lines.marks.iter().map(moved));
        true
    }

    /// How many bytes the lines have.
    #[inline]
    pub fn bytes_len(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes of lines there is memory for.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Removes all lines, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.marks.clear();
    }

    /// The lines.
    #[inline]
    pub fn as_batch(&self) -> Batch<'_> {
        Batch {
            bytes: &self.bytes,
            start: 0,
            marks: &self.marks,
        }
    }
}

/// Lines that are delivered together, in order: their bytes in one piece, and what is known of each.
///
/// ```
/// use hydra_core::destination::BatchBuf;
/// use hydra_core::{Level, LineMeta};
///
/// let mut lines = BatchBuf::default();
/// for (line, level) in [("a\n", Level::Info), ("b\n", Level::Error), ("c\n", Level::Info)] {
///     lines.push(line.as_bytes(), &LineMeta::new(level, 0));
/// }
/// let rest = lines.as_batch().slice(1..3);
/// assert_eq!((rest.len(), rest.bytes()), (2, &b"b\nc\n"[..]));
/// assert!(rest.iter().any(|(line, meta)| line == b"b\n" && meta.level == Level::Error));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Of the whole buffer: the marks' ends count from its beginning.
    bytes: &'a [u8],
    /// Where the first line begins.
    start: usize,
    marks: &'a [Mark],
}

impl<'a> Batch<'a> {
    /// How many lines there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The bytes of all lines, one behind the other.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        &self.bytes[self.start..self.end_of(self.len())]
    }

    /// A line's bytes, newline included, and what is known of it; none beyond the last.
    #[inline]
    pub fn get(&self, index: usize) -> Option<(&'a [u8], LineMeta)> {
        let mark = self.marks.get(index)?;
        let line = &self.bytes[self.end_of(index)..mark.end as usize];
        Some((line, mark.meta()))
    }

    /// The lines in order, each with what is known of it.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], LineMeta)> + use<'a> {
        let bytes = self.bytes;
        let mut start = self.start;
        self.marks.iter().map(move |mark| {
            let line = &bytes[start..mark.end as usize];
            start = mark.end as usize;
            (line, mark.meta())
        })
    }

    /// What is known of each line, in order.
    pub fn metas(&self) -> impl DoubleEndedIterator<Item = LineMeta> + use<'a> {
        self.marks.iter().map(|mark| mark.meta())
    }

    /// Some of the lines; of a range that goes beyond the last, those that there are.
    #[must_use]
    pub fn slice(&self, lines: Range<usize>) -> Batch<'a> {
        let to = lines.end.min(self.len());
        let from = lines.start.min(to);
        Batch {
            bytes: self.bytes,
            start: self.end_of(from),
            marks: &self.marks[from..to],
        }
    }

    /// How many whole lines the first so many of [`Batch::bytes`] hold.
    pub fn whole_lines(&self, bytes: usize) -> usize {
        let end = self.start.saturating_add(bytes);
        self.marks.partition_point(|mark| mark.end as usize <= end)
    }

    /// Where the first so many lines end.
    #[inline]
    fn end_of(&self, lines: usize) -> usize {
        match lines {
            0 => self.start,
            _ => self.marks[lines - 1].end as usize,
        }
    }
}

/// A line of a batch was refused.
///
/// ```
/// use hydra_core::destination::BatchError;
/// let error = BatchError { taken: 3, error: std::io::Error::other("disk full") };
/// assert_eq!(error.to_string(), "disk full (after 3 lines of a batch)");
/// ```
#[derive(Debug)]
pub struct BatchError {
    /// How many lines before it were accepted. The line of this index was refused, and nothing
    /// behind it was tried.
    pub taken: usize,
    /// Why it was refused.
    pub error: io::Error,
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {} lines of a batch)", self.error, self.taken)
    }
}

impl std::error::Error for BatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> BatchBuf {
        let mut lines = BatchBuf::default();
        for (at, line) in ["one\n", "", "three\n"].into_iter().enumerate() {
            let meta = LineMeta::new(Level::ALL[at], at as i64);
            assert!(lines.push(line.as_bytes(), &meta));
        }
        lines
    }

    #[test]
    fn a_slice_of_a_slice_has_the_lines_of_the_whole() {
        let lines = three();
        let all = lines.as_batch();
        for from in 0..=3 {
            for to in from..=3 {
                let found: Vec<_> = all.slice(from..3).slice(0..to - from).iter().collect();
                let wanted: Vec<_> = all.iter().skip(from).take(to - from).collect();
                assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
                let bytes: Vec<u8> = wanted.iter().flat_map(|(line, _)| *line).copied().collect();
                assert_eq!(all.slice(from..to).bytes(), bytes);
            }
        }
        assert!(all.slice(2..9).len() == 1 && all.slice(7..9).is_empty());
        assert!(all.get(3).is_none());
    }

    #[test]
    fn bytes_hold_the_lines_that_end_within_them() {
        let lines = three();
        let rest = lines.as_batch().slice(1..3);
        assert_eq!(rest.whole_lines(0), 1, "the empty one");
        assert_eq!((rest.whole_lines(5), rest.whole_lines(6)), (1, 2));
        assert_eq!(rest.whole_lines(usize::MAX), 2);
    }
}
