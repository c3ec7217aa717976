//! The memory of a ring: a page with the header, then the bytes of the records; or, of a ring in a
//! file, a page as well, and bytes, tail and head in the file's own pages.
//!
//! On Linux anonymous pages that are in no core dump (records are not redacted yet) and that the child
//! of a fork finds wiped, so that it never takes its parent's records for its own. A file's pages are
//! shared over a fork; the header's are not, and its phase is asked before they are reached.

use std::io;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::slice;
#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::prefetch;
use crate::primitives::AtomicU64;
use crate::ring::{Header, WIPED};
use crate::sys::Word;

/// The header has a page to itself; the records begin after it.
const PAGE: usize = 4096;

// The layout is a promise to whoever reads a ring from outside.
const _: () = assert!(offset_of!(Header, tail) == 128);
const _: () = assert!(offset_of!(Header, head) == 256);
const _: () = assert!(offset_of!(Header, waiting) == 384);
const _: () = assert!(size_of::<Header>() <= PAGE && align_of::<Header>() <= PAGE);

/// Owns the pages. What may be read or written at a time is the matter of the ring's two ends.
pub(crate) struct Memory {
    /// Where the header stands.
    base: NonNull<u8>,
    /// How many bytes from there on are this memory's own.
    own: usize,
    /// Where the records begin; tail and head.
    records: NonNull<u8>,
    tail: NonNull<AtomicU64>,
    head: NonNull<AtomicU64>,
    capacity: usize,
    /// The pages of a file, where the three lie in one.
    #[cfg(target_os = "linux")]
    #[allow(dead_code, reason = "for its drop")]
    kept: Option<Arc<dyn Send + Sync>>,
    /// Where a fork does not wipe the pages: the process that they were made in.
    made_in: Option<usize>,
}

// SAFETY: the header consists of atomics; the bytes behind it are reached through the two methods
// below, whose callers see to it that no byte is written while another thread has it.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// Zeroed bytes for `capacity` bytes of records, a power of two of at least 8, and the header.
    pub(crate) fn new(capacity: usize) -> io::Result<Memory> {
        let mut memory = Memory::header_alone(PAGE + capacity)?;
        memory.capacity = capacity;
        Ok(memory)
    }

    /// So many zeroed bytes, of which the first page is the header, and no records yet.
    fn header_alone(own: usize) -> io::Result<Memory> {
        let (base, is_wiped) = pages::map(own)?;
        // SAFETY: the memory is ours alone, zeroed, long enough and aligned to a page; the offsets
        // are those of the header's fields, and of the end of its page.
        let (records, tail, head) = unsafe {
            base.cast::<Header>().write(Header::new());
            (
                base.add(PAGE),
                base.add(offset_of!(Header, tail)).cast(),
                base.add(offset_of!(Header, head)).cast(),
            )
        };
        Ok(Memory {
            base,
            own,
            records,
            tail,
            head,
            capacity: 0,
            #[cfg(target_os = "linux")]
            kept: None,
            made_in: (!is_wiped).then(hydra_core::fork_generation),
        })
    }

    /// The same, with records, tail and head elsewhere: in a file.
    ///
    /// # Safety
    ///
    /// While `kept` lives, `capacity` initialised bytes stand at `records`, which nobody else
    /// reaches, and both numbers are there; they are 0.
    #[cfg(target_os = "linux")]
    pub(crate) unsafe fn elsewhere(
        kept: Arc<dyn Send + Sync>,
        (records, capacity): (NonNull<u8>, usize),
        tail: NonNull<AtomicU64>,
        head: NonNull<AtomicU64>,
    ) -> io::Result<Memory> {
        let mut memory = Memory::header_alone(PAGE)?;
        memory.records = records;
        memory.tail = tail;
        memory.head = head;
        memory.capacity = capacity;
        memory.kept = Some(kept);
        Ok(memory)
    }

    /// The same on a system that does not wipe it.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn unwiped(capacity: usize) -> io::Result<Memory> {
        let mut memory = Memory::new(capacity)?;
        let length = memory.own;
        // SAFETY: the pages are ours; the advice takes back the one that `new` gave.
        let result =
            unsafe { libc::madvise(memory.base.as_ptr().cast(), length, libc::MADV_KEEPONFORK) };
        assert_eq!(result, 0);
        memory.made_in = Some(hydra_core::fork_generation());
        Ok(memory)
    }

    #[inline(always)]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline(always)]
    pub(crate) fn header(&self) -> &Header {
        // SAFETY: `new` has written it there, and it is changed through its atomics alone. In the
        // child of a fork it is all zeroes, which are values of each of its atomics.
        unsafe { self.base.cast::<Header>().as_ref() }
    }

    /// Up to where records are accepted.
    #[inline(always)]
    pub(crate) fn tail(&self) -> &AtomicU64 {
        // SAFETY: it stands in the header or in the mapping, both kept by `self`; any bits are a
        // value of it. In the child of a fork the phase, asked before, says that it is not ours.
        unsafe { self.tail.as_ref() }
    }

    /// Up to where they were read, and may be written over.
    #[inline(always)]
    pub(crate) fn head(&self) -> &AtomicU64 {
        // SAFETY: as of the tail.
        unsafe { self.head.as_ref() }
    }

    /// The word that a fork wipes.
    #[inline(always)]
    pub(crate) fn phase_word(&self) -> &Word {
        &self.header().phase
    }

    /// What the word says, [`WIPED`] in the child of a fork on every system.
    #[inline(always)]
    pub(crate) fn phase(&self) -> u32 {
        match self.made_in {
            Some(process) if process != hydra_core::fork_generation() => WIPED,
            _ => self.phase_word().load(Relaxed),
        }
    }

    /// The `length` bytes from `offset` on, to be written.
    ///
    /// # Safety
    ///
    /// `offset + length <= capacity`, and while the slice lives nobody else has any of its bytes:
    /// the caller is the producer, and they lie between its tail and the consumer's head.
    #[inline(always)]
    #[allow(clippy::mut_from_ref, reason = "that no two overlap is the contract")]
    pub(crate) unsafe fn bytes_mut(&self, offset: usize, length: usize) -> &mut [u8] {
        debug_assert!(offset + length <= self.capacity);
        // SAFETY: in bounds and unshared by the contract; initialised, since the pages came zeroed.
        unsafe { slice::from_raw_parts_mut(self.records.as_ptr().add(offset), length) }
    }

    /// Has the processor fetch what the consumer reads next.
    #[inline(always)]
    pub(crate) fn prefetch(&self, offset: usize) {
        // A record of a ring file with three fields has as many cache lines.
        prefetch::to_read::<4>(self.records.as_ptr().wrapping_add(offset));
    }

    /// The `length` bytes from `offset` on, to be read.
    ///
    /// # Safety
    ///
    /// `offset + length <= capacity`, and while the slice lives nobody writes any of its bytes: the
    /// caller is the consumer, and they lie between its head and the tail that it has loaded.
    #[inline(always)]
    pub(crate) unsafe fn bytes(&self, offset: usize, length: usize) -> &[u8] {
        debug_assert!(offset + length <= self.capacity);
        // SAFETY: in bounds and unwritten by the contract; initialised, since the pages came zeroed.
        unsafe { slice::from_raw_parts(self.records.as_ptr().add(offset), length) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: neither end is left, so nobody reaches the memory any more; `map` has made it.
        unsafe {
            self.base.cast::<Header>().drop_in_place();
            pages::unmap(self.base, self.own);
        }
    }
}

#[cfg(target_os = "linux")]
mod pages {
    use std::io;
    use std::ptr::{self, NonNull};

    /// Zeroed pages, and whether a fork wipes them: a sandbox may not know how.
    pub(super) fn map(length: usize) -> io::Result<(NonNull<u8>, bool)> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping, at no address of ours.
        let base = unsafe { libc::mmap(ptr::null_mut(), length, access, kind, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the mapping is ours alone, and neither advice changes what is in it here. That a
        // core dump has it after all, where the first is unknown, is no reason not to log.
        let is_wiped = unsafe {
            libc::madvise(base, length, libc::MADV_DONTDUMP);
            libc::madvise(base, length, libc::MADV_WIPEONFORK) == 0
        };
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok((base, is_wiped))
    }

    /// # Safety
    ///
    /// `base` is from [`map`] with the same `length`, and nobody uses it any more.
    pub(super) unsafe fn unmap(base: NonNull<u8>, length: usize) {
        // SAFETY: by the contract. It fails for no whole mapping of ours.
        unsafe { libc::munmap(base.as_ptr().cast(), length) };
    }
}

#[cfg(not(target_os = "linux"))]
mod pages {
    use std::alloc::{self, Layout};
    use std::io;
    use std::ptr::NonNull;

    /// Zeroed memory, and whether a fork wipes it: it does not.
    pub(super) fn map(length: usize) -> io::Result<(NonNull<u8>, bool)> {
        // SAFETY: the length is not zero.
        let base = unsafe { alloc::alloc_zeroed(layout(length)?) };
        let base = NonNull::new(base).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok((base, false))
    }

    /// # Safety
    ///
    /// `base` is from [`map`] with the same `length`, and nobody uses it any more.
    pub(super) unsafe fn unmap(base: NonNull<u8>, length: usize) {
        if let Ok(layout) = layout(length) {
            // SAFETY: by the contract.
            unsafe { alloc::dealloc(base.as_ptr(), layout) };
        }
    }

    fn layout(length: usize) -> io::Result<Layout> {
        Layout::from_size_align(length, super::PAGE).map_err(io::Error::other)
    }
}
