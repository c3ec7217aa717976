//! How much may be written before somebody has to look at the file's size.
//!
//! The size is known when it is looked at; from then on a writer counts its own bytes. It looks
//! again when they would fill the file, and at the latest after [`CHUNK`] bytes, since it does not
//! see what others append. So W writers pass the limit by at most W x 64 KiB.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The most bytes that are written without a look, and the most that one write(2) of a buffer
/// takes: 64 KiB.
pub(super) const CHUNK: u64 = 64 * 1024;

#[derive(Debug)]
pub(super) struct Room {
    max_size: u64,
    taken: AtomicU64,
    granted: AtomicU64,
}

impl Room {
    pub(super) const fn new(max_size: u64) -> Room {
        Room {
            max_size,
            taken: AtomicU64::new(0),
            granted: AtomicU64::new(0),
        }
    }

    /// Whether there is a limit at all.
    #[inline]
    pub(super) fn is_limited(&self) -> bool {
        self.max_size < u64::MAX
    }

    /// Reserves room for `bytes`; `false` asks for a look at the size first.
    #[inline]
    pub(super) fn take(&self, bytes: usize) -> bool {
        !self.is_limited()
            || self.taken.fetch_add(bytes as u64, Relaxed) + bytes as u64
                <= self.granted.load(Relaxed)
    }

    /// Starts anew from a file of this size. The caller keeps other threads from taking.
    pub(super) fn restart(&self, size: u64) {
        self.taken.store(0, Relaxed);
        self.granted.store(self.left(size).min(CHUNK), Relaxed);
    }

    /// What a file of this size may still take.
    pub(super) fn left(&self, size: u64) -> u64 {
        self.max_size.saturating_sub(size)
    }

    /// Lets writers go on in a file that is full and cannot be rotated, until the next look.
    pub(super) fn overdraw(&self) {
        self.taken.store(0, Relaxed);
        self.granted.store(CHUNK, Relaxed);
    }
}
