//! In the place of the mapped pages: bytes that tell loom who touches them, eight at a time.

use std::cell::UnsafeCell;
use std::io;
use std::slice;
use std::sync::atomic::Ordering::Relaxed;

use crate::primitives::AtomicU64;
use crate::ring::Header;
use crate::sys::Word;

pub(crate) struct Memory {
    header: Header,
    bytes: Box<[UnsafeCell<u64>]>,
    /// One for each eight bytes: loom fails where one is written while another thread may use it.
    watched: Box<[loom::cell::UnsafeCell<()>]>,
}

// SAFETY: loom runs one thread at a time, and finds out whether that was needed.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    #[allow(
        clippy::unnecessary_wraps,
        reason = "as the memory that a system may refuse"
    )]
    pub(crate) fn new(capacity: usize) -> io::Result<Memory> {
        let words = 0..capacity / 8;
        Ok(Memory {
            header: Header::new(),
            bytes: words.clone().map(|_| UnsafeCell::new(0)).collect(),
            watched: words.map(|_| loom::cell::UnsafeCell::new(())).collect(),
        })
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len() * 8
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn tail(&self) -> &AtomicU64 {
        &self.header.tail.0
    }

    pub(crate) fn head(&self) -> &AtomicU64 {
        &self.header.head.0
    }

    pub(crate) fn phase_word(&self) -> &Word {
        &self.header.phase
    }

    pub(crate) fn phase(&self) -> u32 {
        self.phase_word().load(Relaxed)
    }

    /// # Safety
    ///
    /// As of the original; loom checks it.
    #[allow(clippy::mut_from_ref, reason = "that no two overlap is the contract")]
    pub(crate) unsafe fn bytes_mut(&self, offset: usize, length: usize) -> &mut [u8] {
        for cell in self.words(offset, length) {
            cell.with_mut(|_| ());
        }
        // SAFETY: in bounds, or `words` has panicked; loom has just seen that it is unshared.
        unsafe { slice::from_raw_parts_mut(self.base().add(offset), length) }
    }

    #[allow(clippy::unused_self, reason = "as of the original")]
    pub(crate) fn prefetch(&self, _offset: usize) {}

    /// # Safety
    ///
    /// As of the original; loom checks it.
    pub(crate) unsafe fn bytes(&self, offset: usize, length: usize) -> &[u8] {
        for cell in self.words(offset, length) {
            cell.with(|_| ());
        }
        // SAFETY: in bounds, or `words` has panicked; loom has just seen that nobody writes it.
        unsafe { slice::from_raw_parts(self.base().add(offset), length) }
    }

    fn words(&self, offset: usize, length: usize) -> &[loom::cell::UnsafeCell<()>] {
        &self.watched[offset / 8..(offset + length).div_ceil(8)]
    }

    fn base(&self) -> *mut u8 {
        UnsafeCell::raw_get(self.bytes.as_ptr()).cast()
    }
}
