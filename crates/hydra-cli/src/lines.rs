//! Lines from a stream: any bytes, any length, ended by LF or CRLF, the last perhaps by neither.
//!
//! The stream is read in large pieces and lines are handed out where they lie: nothing is allocated
//! for a line. Of a line longer than the limit the beginning is kept, so that a stream without a
//! newline does not fill the memory.

use std::io::{self, Read};

/// How much is asked for in one read.
const CHUNK: usize = 256 * 1024;

/// A line without its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// Its bytes, or the first of them.
    pub(crate) bytes: &'a [u8],
    /// How many more it had.
    pub(crate) cut: u64,
}

/// What was read, and not yet handed out.
pub(crate) struct Lines {
    buffer: Vec<u8>,
    filled: usize,
    /// Where no newline is looked for again.
    scanned: usize,
    limit: usize,
    /// How many bytes of the line at the beginning were thrown away.
    cut: u64,
}

impl Lines {
    /// Of a line longer than `limit` bytes, the first `limit` are kept.
    pub(crate) fn new(limit: usize) -> Lines {
        Lines {
            buffer: vec![0; 2 * CHUNK],
            filled: 0,
            scanned: 0,
            limit,
            cut: 0,
        }
    }

    /// Reads once, and hands out the lines that are complete. `false` at the end of the stream,
    /// after its last line.
    pub(crate) fn read(
        &mut self,
        source: &mut impl Read,
        mut take: impl FnMut(Line<'_>),
    ) -> io::Result<bool> {
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        let free = &mut self.buffer[self.filled..];
        let got = loop {
            match source.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.filled += got;
        if got == 0 {
            self.last(take);
            return Ok(false);
        }
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', &self.buffer[self.scanned..self.filled]) {
            let end = self.scanned + newline;
            take(self.line(start, end));
            (start, self.cut) = (end + 1, 0);
        }
        self.buffer.copy_within(start..self.filled, 0);
        self.filled -= start;
        if self.filled > self.limit {
            self.cut += (self.filled - self.limit) as u64;
            self.filled = self.limit;
        }
        self.scanned = self.filled;
        Ok(true)
    }

    /// Hands out what was read of a line whose end is not coming.
    pub(crate) fn last(&mut self, mut take: impl FnMut(Line<'_>)) {
        if self.filled > 0 {
            take(self.line(0, self.filled));
        }
        (self.filled, self.scanned, self.cut) = (0, 0, 0);
    }

    fn line(&self, start: usize, end: usize) -> Line<'_> {
        let bytes = &self.buffer[start..end];
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let (bytes, rest) = bytes.split_at(bytes.len().min(self.limit));
        Line {
            bytes,
            cut: self.cut + rest.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that gives its pieces one by one.
    struct Pieces<'a>(&'a [&'a [u8]]);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            buffer[..first.len()].copy_from_slice(first);
            self.0 = rest;
            Ok(first.len())
        }
    }

    fn lines_of(limit: usize, pieces: &[&[u8]]) -> Vec<(String, u64)> {
        let mut lines = Lines::new(limit);
        let mut found = Vec::new();
        let mut source = Pieces(pieces);
        let mut take = |line: Line<'_>| {
            found.push((String::from_utf8(line.bytes.to_vec()).unwrap(), line.cut));
        };
        while lines.read(&mut source, &mut take).unwrap() {}
        found
    }

    #[test]
    fn lines_end_with_lf_crlf_or_the_stream_wherever_it_is_cut_into_pieces() {
        let stream = b"one\ntwo\r\n\n\r\nth\rree\nlast";
        let expected = ["one", "two", "", "", "th\rree", "last"].map(|line| (line.to_owned(), 0));
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let pieces = [&stream[..first], &stream[first..second], &stream[second..]];
                let pieces: Vec<_> = pieces.into_iter().filter(|p| !p.is_empty()).collect();
                assert_eq!(lines_of(100, &pieces), expected, "{first} {second}");
            }
        }
        assert_eq!(lines_of(100, &[b"a\n"]), [("a".to_owned(), 0)]);
        assert_eq!(lines_of(100, &[]), []);
    }

    #[test]
    fn a_line_beyond_the_limit_keeps_its_beginning_and_tells_how_much_is_missing() {
        let stream = b"short\n0123456789abc\nnext\n0123456789";
        let expected = [("short", 0), ("01234567", 5), ("next", 0), ("01234567", 2)]
            .map(|(line, cut)| (line.to_owned(), cut));
        for first in 1..stream.len() {
            let (a, b) = stream.split_at(first);
            assert_eq!(lines_of(8, &[a, b]), expected, "{first}");
        }
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(lines_of(8, &single), expected);
    }

    #[test]
    fn a_stream_without_a_newline_does_not_fill_the_memory() {
        let mut lines = Lines::new(1000);
        let mut source = io::repeat(b'x').take(100 << 20);
        let mut found = Vec::new();
        while lines
            .read(&mut source, |line| found.push((line.bytes.len(), line.cut)))
            .unwrap()
        {}
        assert_eq!(found, [(1000, (100 << 20) - 1000)]);
        assert!(lines.buffer.len() <= 4 * CHUNK);
    }
}
