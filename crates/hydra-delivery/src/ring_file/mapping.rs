//! Pages of a file that are this process's memory too, and the lock that says whose they are: the
//! one place of ring files where memory is reached by address.
//!
//! What is in the pages survives the process that wrote it, killed or not: the system has them. They
//! are allocated before they are mapped, so that no store finds the disk full, and nobody but the
//! owner of the lock writes them; what is cut off a file under its mapping is not survived (SIGBUS),
//! which is why the files lie in a directory of the owner's own.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::layout::{self, PAGE};
use crate::memory::Memory;

/// A part of a file in memory, until it is dropped.
pub(crate) struct Mapping {
    base: NonNull<u8>,
    length: usize,
}

// SAFETY: the bytes are reached through atomics, by `copy_in`, whose callers take turns, and by the
// ring's two ends, whose contract is that of `Memory`.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `length` bytes from `offset` on, which the file has: both multiples of a page.
    pub(crate) fn new(file: &File, offset: u64, length: usize) -> io::Result<Mapping> {
        debug_assert!(offset.is_multiple_of(PAGE as u64) && length.is_multiple_of(PAGE));
        let at = libc::off_t::try_from(offset).map_err(io::Error::other)?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // Each page is there before a record needs it.
        let kind = libc::MAP_SHARED | POPULATE;
        // SAFETY: a new mapping, at no address of ours, of an open file.
        let base =
            unsafe { libc::mmap(ptr::null_mut(), length, access, kind, file.as_raw_fd(), at) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Mapping { base, length })
    }

    /// The memory of a ring in an extent that is a ring, empty and in nobody's use.
    pub(crate) fn ring(self: Arc<Self>, capacity: usize) -> io::Result<Memory> {
        assert!(layout::RING_RECORDS + capacity <= self.length);
        let tail = NonNull::from(self.u64(layout::RING_TAIL));
        let head = NonNull::from(self.u64(layout::RING_HEAD));
        // SAFETY: in bounds, and mapped for as long as the memory keeps `self`. The pages of a file
        // are initialised, and of a ring's nobody reaches those of the records but its two ends.
        unsafe {
            let records = self.base.add(layout::RING_RECORDS);
            Memory::elsewhere(self, (records, capacity), tail, head)
        }
    }

    /// The number at a place, which is a multiple of 8.
    pub(crate) fn u64(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(8) && at + 8 <= self.length);
        // SAFETY: in bounds and aligned, since the base is aligned to a page; every bit pattern is a
        // value, and nobody reaches these bytes but through atomics.
        unsafe { self.base.add(at).cast().as_ref() }
    }

    /// The number at a place, which is a multiple of 4.
    pub(crate) fn u32(&self, at: usize) -> &AtomicU32 {
        assert!(at.is_multiple_of(4) && at + 4 <= self.length);
        // SAFETY: as for `u64`.
        unsafe { self.base.add(at).cast().as_ref() }
    }

    /// Copies bytes to a place that only the caller writes, at no time two callers at once, and that
    /// this process never reads.
    pub(crate) fn copy_in(&self, at: usize, bytes: &[u8]) {
        assert!(at <= self.length && bytes.len() <= self.length - at);
        // SAFETY: in bounds; `bytes` is memory of Rust's, and so does not overlap the mapping.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.base.add(at).as_ptr(), bytes.len()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: `new` has mapped it, and whoever had a part of it has had the mapping with it.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.length) };
    }
}

#[cfg(target_os = "linux")]
const POPULATE: libc::c_int = libc::MAP_POPULATE;
#[cfg(not(target_os = "linux"))]
const POPULATE: libc::c_int = 0;

/// Makes a file's bytes from `offset` on real ones, that no store finds missing.
pub(crate) fn allocate(file: &File, offset: u64, length: usize) -> io::Result<()> {
    let at = libc::off_t::try_from(offset).map_err(io::Error::other)?;
    let length = libc::off_t::try_from(length).map_err(io::Error::other)?;
    // SAFETY: of an open file. Where the file system cannot, the C library writes to each block.
    match unsafe { libc::posix_fallocate(file.as_raw_fd(), at, length) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Takes the lock that says who owns the file; `false`: somebody else has it.
///
/// It is of the kind that a fork does not hand on, so that a child that lives does not keep its dead
/// parent's file from being taken over. The price: to close any other descriptor of this file in
/// this process lets it go. So a process opens its own file once.
pub(crate) fn try_own(file: &File) -> io::Result<bool> {
    // SAFETY: all zeroes is a value of this plain structure.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = libc::F_WRLCK as libc::c_short;
    lock.l_whence = libc::SEEK_SET as libc::c_short;
    // SAFETY: the descriptor is open and the structure lives as long as the call.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw mut lock) } == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EACCES) => Ok(false),
        _ => Err(error),
    }
}
