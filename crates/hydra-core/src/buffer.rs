//! The buffer that formats render into.
//!
//! Its bytes are initialised beforehand and a position moves over them, so that short constants
//! can be copied whole (32 or 64 bytes, inline) where only their first bytes count: many short
//! `extend_from_slice` are many calls of memcpy, which cost more than the formatting itself.

use crate::digits;

/// A short constant text, padded so that it is copied without a loop and without a call.
///
/// ```
/// use hydra_core::{Buffer, Piece};
/// const KEY: Piece = Piece::new(" user_id=").unwrap();
/// let mut out = Buffer::default();
/// out.push_piece(&KEY);
/// assert_eq!(out.as_bytes(), b" user_id=");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    bytes: [u8; Piece::CAPACITY],
    len: u8,
}

impl Piece {
    /// The longest text that fits a piece, in bytes.
    pub const CAPACITY: usize = 32;

    /// A piece with this text, or `None` if it is too long.
    pub const fn new(text: &str) -> Option<Piece> {
        Piece::EMPTY.with(text)
    }

    /// The piece with nothing in it.
    pub const EMPTY: Piece = Piece {
        bytes: [0; Piece::CAPACITY],
        len: 0,
    };

    /// This piece with another text after it, or `None` if they do not fit together.
    pub const fn with(mut self, text: &str) -> Option<Piece> {
        let text = text.as_bytes();
        if self.len as usize + text.len() > Piece::CAPACITY {
            return None;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len as usize] = text[i];
            self.len += 1;
            i += 1;
        }
        Some(self)
    }

    /// The text's bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    /// Whether nothing is in it.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Bytes being rendered.
///
/// ```
/// let mut out = hydra_core::Buffer::default();
/// out.push_str("answer=");
/// out.push_u64(42);
/// out.push(b'\n');
/// assert_eq!(out.as_bytes(), b"answer=42\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    len: usize,
}

/// Room kept behind the position, so that a whole padded piece can be copied anywhere.
const SLACK: usize = 64;

impl Buffer {
    /// Empties the buffer and keeps its room.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Bytes in it.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Keeps the first `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// How much room the buffer holds on to, in bytes.
    pub fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// The next `n` bytes and some slack behind them: one check for room and bounds together.
    #[inline(always)]
    fn room(&mut self, n: usize) -> &mut [u8] {
        let (start, end) = (self.len, self.len + n + SLACK);
        if end > self.bytes.len() {
            self.grow(end);
        }
        &mut self.bytes[start..end]
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, wanted: usize) {
        let wanted = wanted.max(self.bytes.len() * 2).max(1024);
        self.bytes.resize(wanted, 0);
    }

    /// Appends one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.room(0)[0] = byte;
        self.len += 1;
    }

    /// Appends a padded constant: 32 bytes copied, the position moved by its length.
    #[inline]
    pub fn push_piece(&mut self, piece: &Piece) {
        self.room(0)[..Piece::CAPACITY].copy_from_slice(&piece.bytes);
        self.len += piece.len as usize;
    }

    /// Appends the first `len` of 64 bytes, all of which are copied, and lends the copy.
    #[inline]
    pub(crate) fn push_padded(&mut self, text: &[u8; SLACK], len: usize) -> &mut [u8] {
        let start = self.len;
        self.room(0).copy_from_slice(text);
        self.len += len;
        &mut self.bytes[start..start + SLACK]
    }

    /// Appends a text as it is.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        copy_all(self.room(bytes.len()), bytes);
        self.len += bytes.len();
    }

    /// Appends a text between quotes.
    #[inline]
    pub(crate) fn push_quoted(&mut self, text: &str) {
        let len = text.len();
        let out = self.room(len);
        out[0] = b'"';
        copy_all(&mut out[1..], text.as_bytes());
        out[len + 1] = b'"';
        self.len += len + 2;
    }

    /// Appends a whole number in decimal digits.
    #[inline]
    pub fn push_u64(&mut self, n: u64) {
        let written = digits::write_u64(n, self.room(digits::LONGEST));
        self.len += written;
    }

    /// Appends a whole number in decimal digits, with its sign if it is negative.
    #[inline]
    pub fn push_i64(&mut self, n: i64) {
        self.push_str(itoa::Buffer::new().format(n));
    }

    /// Appends a key and a number: one check for room and one step of the position instead of two,
    /// each of which waits for the one before it.
    #[inline]
    pub(crate) fn push_keyed_u64(&mut self, key: &Piece, n: u64) {
        let out = self.room(Piece::CAPACITY + digits::LONGEST);
        let start = put_piece(key, out);
        let written = digits::write_u64(n, &mut out[start..]);
        self.len += start + written;
    }

    /// The same for a float of few decimals; false, and nothing appended, for all others.
    #[inline]
    pub(crate) fn push_keyed_short_f64(&mut self, key: &Piece, n: f64) -> bool {
        let out = self.room(Piece::CAPACITY + digits::LONGEST);
        let start = put_piece(key, out);
        match digits::write_short_f64(n, &mut out[start..]) {
            Some(written) => {
                self.len += start + written;
                true
            }
            None => false,
        }
    }

    /// The same for a text.
    #[inline]
    pub(crate) fn push_keyed_str(&mut self, key: &Piece, text: &str) {
        let out = self.room(Piece::CAPACITY + text.len());
        let start = put_piece(key, out);
        copy_all(&mut out[start..], text.as_bytes());
        self.len += start + text.len();
    }

    /// The same for a text between quotes.
    #[inline]
    pub(crate) fn push_keyed_quoted(&mut self, key: &Piece, text: &str) {
        let len = text.len();
        let out = self.room(Piece::CAPACITY + len);
        let start = put_piece(key, out);
        let out = &mut out[start..];
        out[0] = b'"';
        copy_all(&mut out[1..], text.as_bytes());
        out[len + 1] = b'"';
        self.len += start + len + 2;
    }

    /// Appends formatted text. A `Display` that fails ends it early.
    pub(crate) fn push_fmt(&mut self, arguments: std::fmt::Arguments<'_>) {
        // The buffer itself takes everything.
        let _ = std::fmt::Write::write_fmt(self, arguments);
    }

    /// Appends a number so that it reads back as the same `f64`; `NaN`, `inf` and `-inf` as such.
    #[inline]
    pub fn push_f64(&mut self, n: f64) {
        match digits::write_short_f64(n, self.room(digits::LONGEST)) {
            Some(written) => self.len += written,
            None => self.push_long_f64(n),
        }
    }

    #[inline(never)]
    fn push_long_f64(&mut self, n: f64) {
        self.push_str(zmij::Buffer::new().format(n));
    }
}

/// Copies a whole padded piece; says how much of it counts.
#[inline(always)]
fn put_piece(piece: &Piece, out: &mut [u8]) -> usize {
    out[..Piece::CAPACITY].copy_from_slice(&piece.bytes);
    piece.len as usize
}

/// Copies bytes to the front of a slice; up to 64 of them as overlapping copies of fixed size, which
/// the compiler keeps inline.
#[inline(always)]
fn copy_all(out: &mut [u8], bytes: &[u8]) {
    let len = bytes.len();
    if len > 64 {
        out[..len].copy_from_slice(bytes);
    } else if len >= 32 {
        copy::<32>(out, 0, bytes, 0);
        copy::<32>(out, len - 32, bytes, len - 32);
    } else if len >= 16 {
        copy::<16>(out, 0, bytes, 0);
        copy::<16>(out, len - 16, bytes, len - 16);
    } else if len >= 8 {
        copy::<8>(out, 0, bytes, 0);
        copy::<8>(out, len - 8, bytes, len - 8);
    } else if len >= 4 {
        copy::<4>(out, 0, bytes, 0);
        copy::<4>(out, len - 4, bytes, len - 4);
    } else if len > 0 {
        out[0] = bytes[0];
        out[len / 2] = bytes[len / 2];
        out[len - 1] = bytes[len - 1];
    }
}

#[inline(always)]
fn copy<const N: usize>(out: &mut [u8], to: usize, from: &[u8], at: usize) {
    out[to..to + N].copy_from_slice(&from[at..at + N]);
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl std::io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.push_bytes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_are_copied_whole() {
        let source: Vec<u8> = (0..=200).collect();
        let mut out = Buffer::default();
        let mut expected = Vec::new();
        for len in 0..=200 {
            out.push_bytes(&source[..len]);
            expected.extend_from_slice(&source[..len]);
        }
        assert_eq!(out.as_bytes(), expected);
    }

    #[test]
    fn a_piece_takes_its_capacity_and_no_more() {
        assert!(Piece::new(&"x".repeat(Piece::CAPACITY)).is_some());
        assert!(Piece::new(&"x".repeat(Piece::CAPACITY + 1)).is_none());
        let piece = Piece::new("ab").and_then(|p| p.with("cd")).unwrap();
        assert_eq!(piece.as_bytes(), b"abcd");
    }

    #[test]
    fn numbers_read_back() {
        let mut out = Buffer::default();
        for n in [
            0.1,
            -1.5e300,
            f64::MAX,
            f64::MIN_POSITIVE,
            1.0,
            f64::INFINITY,
        ] {
            out.clear();
            out.push_f64(n);
            let text = std::str::from_utf8(out.as_bytes()).unwrap();
            assert_eq!(
                text.parse::<f64>().unwrap().to_bits(),
                n.to_bits(),
                "{text}"
            );
        }
    }
}
